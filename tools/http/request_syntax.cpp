// SPDX-License-Identifier: BSL-1.0
#include "http/request_syntax.hpp"

#include <signhook/detail/http/token.hpp>

#include <algorithm>

namespace {

using signhook::detail::is_digit;
using signhook::detail::is_token;
using signhook::detail::token_at;

bool is_control(char c) { return (c >= '\0' && c < ' ' && c != '\t') || c == '\x7f'; }

// RFC 9112, section 3. A fragment is not part of any form of a target.
bool is_target(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](char c) { return c > ' ' && c < '\x7f' && c != '#'; });
}

std::optional<http_rejection> check_line(std::string_view line) {
  const std::size_t method = token_at(line, 0).size();
  if (method == 0) return http_rejection{400, "invalid method"};
  if (method == line.size() || line[method] != ' ') {
    return http_rejection{400, "invalid request line"};
  }
  line.remove_prefix(method + 1);
  const std::size_t target = line.find(' ');
  if (target == std::string_view::npos) return http_rejection{400, "no HTTP version"};
  if (!is_target(line.substr(0, target))) return http_rejection{400, "invalid target"};
  const std::string_view version = line.substr(target + 1);
  if (version.size() != 8 || !version.starts_with("HTTP/") || !is_digit(version[5]) ||
      version[6] != '.' || !is_digit(version[7])) {
    return http_rejection{400, "invalid HTTP version"};
  }
  if (version[5] != '1') return http_rejection{505, "unsupported HTTP version"};
  return std::nullopt;
}

std::optional<http_rejection> check_field(std::string_view line) {
  if (line.front() == ' ' || line.front() == '\t') {
    return http_rejection{400, "white space before a field"};  // sections 2.2 and 5.2
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return http_rejection{400, "a field without a colon"};
  const std::string_view name = line.substr(0, colon);
  if (name.ends_with(' ') || name.ends_with('\t')) {
    return http_rejection{400, "white space before a colon"};  // section 5.1
  }
  if (!is_token(name)) return http_rejection{400, "invalid field name"};
  return std::nullopt;
}

// Checks the lines after the first one, up to an empty one.
std::optional<http_rejection> check_fields(std::string_view lines) {
  std::size_t end = lines.find("\r\n");
  for (;;) {
    lines.remove_prefix(end + 2);
    end = lines.find("\r\n");
    if (end == 0 || end == std::string_view::npos) return std::nullopt;
    if (auto wrong = check_field(lines.substr(0, end))) return wrong;
  }
}

// Removes the end of the chunk before, which Beast takes for a part of the next one.
std::string_view chunk_line_in(std::string_view bytes) {
  if (bytes.starts_with("\r\n")) bytes.remove_prefix(2);
  return bytes;
}

}  // namespace

std::optional<http_rejection> head_scanner::scan(std::string_view bytes) {
  for (; scanned_ < bytes.size() && size_ == 0; ++scanned_) {
    const char c = bytes[scanned_];
    const bool is_after_cr = scanned_ > line_ && bytes[scanned_ - 1] == '\r';
    if (is_after_cr != (c == '\n')) return http_rejection{400, "a bare CR or LF"};
    if (c == '\n') {
      if (scanned_ == line_ + 1) size_ = scanned_ + 1;
      if (line_ == 0) line_size_ = scanned_ + 1;
      line_ = scanned_ + 1;
    } else if (c != '\r' && is_control(c)) {
      return http_rejection{400, "a control character"};
    }
  }
  return std::nullopt;
}

std::size_t empty_lines(std::string_view bytes) {
  std::size_t size = 0;
  while (bytes.substr(size).starts_with("\r\n")) size += 2;
  return size;
}

std::optional<http_rejection> check_syntax(std::string_view head) {
  if (auto wrong = check_line(head.substr(0, head.find("\r\n")))) return wrong;
  return check_fields(head);
}

bool has_endless_string(std::string_view bytes) {
  bytes = chunk_line_in(bytes);
  const std::string_view line = bytes.substr(0, bytes.find("\r\n"));
  if (line.size() == bytes.size()) return false;  // the line may go on
  bool is_open = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"') is_open = !is_open;
    if (line[i] == '\\' && is_open) ++i;
  }
  return is_open;
}

std::optional<http_rejection> check_trailers(std::string_view last_chunk) {
  last_chunk = chunk_line_in(last_chunk);
  if (auto wrong = head_scanner().scan(last_chunk)) return wrong;
  return check_fields(last_chunk);
}

bool has_no_control_character(std::string_view extensions) {
  return std::none_of(extensions.begin(), extensions.end(), is_control);
}
