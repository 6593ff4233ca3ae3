// SPDX-License-Identifier: BSL-1.0
#include "json.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/src.hpp>

#include <algorithm>
#include <cstdint>

namespace reference {
namespace {

using boost::json::string_view;
using boost::system::error_code;

// What Boost.JSON tells of a text; only depth is of interest.
struct depth_handler {
  static constexpr std::size_t max_object_size = SIZE_MAX;
  static constexpr std::size_t max_array_size = SIZE_MAX;
  static constexpr std::size_t max_key_size = SIZE_MAX;
  static constexpr std::size_t max_string_size = SIZE_MAX;

  explicit depth_handler(std::size_t max) : max_depth(max) {}

  bool open(error_code& ec) {
    too_deep = ++depth > max_depth;
    if (too_deep) ec = make_error_code(boost::json::error::too_deep);
    return !too_deep;
  }
  bool close() {
    --depth;
    return true;
  }

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_array_begin(error_code& ec) { return open(ec); }
  bool on_array_end(std::size_t, error_code&) { return close(); }
  bool on_object_begin(error_code& ec) { return open(ec); }
  bool on_object_end(std::size_t, error_code&) { return close(); }
  bool on_string_part(string_view, std::size_t, error_code&) { return true; }
  bool on_string(string_view, std::size_t, error_code&) { return true; }
  bool on_key_part(string_view, std::size_t, error_code&) { return true; }
  bool on_key(string_view, std::size_t, error_code&) { return true; }
  bool on_number_part(string_view, error_code&) { return true; }
  bool on_int64(std::int64_t, string_view, error_code&) { return true; }
  bool on_uint64(std::uint64_t, string_view, error_code&) { return true; }
  bool on_double(double, string_view, error_code&) { return true; }
  bool on_bool(bool, error_code&) { return true; }
  bool on_null(error_code&) { return true; }
  bool on_comment_part(string_view, error_code&) { return true; }
  bool on_comment(string_view, error_code&) { return true; }

  std::size_t max_depth;
  std::size_t depth = 0;
  bool too_deep = false;
};

// UTF-8 by its definition (RFC 3629, section 3): decode, then ask for a scalar value that could not
// have been written shorter.
bool is_whole_character(std::string_view bytes) {
  const auto lead = static_cast<unsigned char>(bytes[0]);
  const std::size_t size = lead < 0x80       ? 1
                           : lead / 32 == 6  ? 2
                           : lead / 16 == 14 ? 3
                           : lead / 8 == 30  ? 4
                                             : 0;
  if (size == 0 || bytes.size() != size) return false;
  unsigned long c = size == 1 ? lead : lead % (1UL << (7 - size));
  for (std::size_t i = 1; i < size; ++i) {
    const auto next = static_cast<unsigned char>(bytes[i]);
    if (next / 64 != 2) return false;
    c = c * 64 + next % 64;
  }
  const unsigned long least[] = {0, 0, 0x80, 0x800, 0x10000};
  return c >= least[size] && c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
}

// Whether some bytes could make the beginning of a character whole. Trying the bounds of what may
// follow is enough, since what may follow is a range.
bool may_begin_character(const std::string& begun) {
  if (is_whole_character(begun)) return true;
  if (begun.size() == 4) return false;
  for (const char next : {'\x80', '\x8f', '\x90', '\x9f', '\xa0', '\xbf'}) {
    if (may_begin_character(begun + next)) return true;
  }
  return false;
}

// The first byte that no UTF-8 with the same beginning could have, or the size where the last
// character is cut; none for valid UTF-8.
std::optional<std::size_t> find_utf8_fault(std::string_view body) {
  std::size_t begin = 0;
  while (begin < body.size()) {
    if (static_cast<unsigned char>(body[begin]) < 0x80) {
      ++begin;
      continue;
    }
    std::size_t end = begin;
    std::string character;
    do {
      if (end == body.size()) return end;
      character += body[end];
      if (!may_begin_character(character)) return end;
      ++end;
    } while (!is_whole_character(character));
    begin = end;
  }
  return std::nullopt;
}

// Where an escape of half a surrogate pair (RFC 8259, section 7) is left without the other half.
// Boost.JSON tells only when it has read all digits, which may be behind where no pair can come any
// more. Meant for what is JSON otherwise: the caller takes the first of both faults.
std::optional<std::size_t> find_surrogate_fault(std::string_view body) {
  const auto is = [&](std::size_t at, std::string_view allowed) {
    return at < body.size() && allowed.find(body[at]) != std::string_view::npos;
  };
  std::size_t at = body.find('\\');
  while (at < body.size()) {
    std::size_t end = at + 2;
    if (is(at + 1, "u") && is(at + 2, "dD")) {
      if (is(at + 3, "cdefCDEF")) return at + 3;
      if (is(at + 3, "89abAB")) {
        end = at + 6;
        for (const std::string_view allowed : {"\\", "u", "dD", "cdefCDEF"}) {
          if (end < body.size() && !is(end, allowed)) return end;
          ++end;
        }
      }
    }
    at = body.find('\\', end);
  }
  return std::nullopt;
}

// The same body with 0 for every digit of an exponent: Boost.JSON rejects large ones, which RFC 8259
// (section 6) does not. In a string it may change characters, but not whether they are any.
std::string without_exponents(std::string_view body) {
  std::string changed(body);
  for (std::size_t at = 0; (at = changed.find_first_of("eE", at)) != std::string::npos;) {
    ++at;
    if (at < changed.size() && (changed[at] == '+' || changed[at] == '-')) ++at;
    for (; at < changed.size() && changed[at] >= '0' && changed[at] <= '9'; ++at) changed[at] = '0';
  }
  return changed;
}

std::optional<fault> find_json_fault(std::string_view body, std::size_t max_depth) {
  boost::json::parse_options options;
  options.max_depth = SIZE_MAX;
  error_code ec;
  // All at once, then byte by byte near where that stopped, so that the byte at fault is known.
  boost::json::basic_parser<depth_handler> whole(options, max_depth);
  const std::size_t stopped = whole.write_some(false, body.data(), body.size(), ec);
  if (!ec && stopped == body.size()) return std::nullopt;
  if (ec == boost::json::error::exponent_overflow)
    return find_json_fault(without_exponents(body), max_depth);

  std::size_t at = stopped - std::min<std::size_t>(stopped, 16);
  boost::json::basic_parser<depth_handler> parser(options, max_depth);
  if (at > 0) parser.write_some(true, body.data(), at, ec = {});
  for (; at < body.size(); ++at) {
    const std::size_t taken = parser.write_some(true, body.data() + at, 1, ec = {});
    if (parser.handler().too_deep) return fault{signhook::errc::too_deep, at};
    if (ec) return fault{signhook::errc::invalid_json, at};
    if (taken == 0) return fault{signhook::errc::trailing_content, at};
  }
  return fault{signhook::errc::invalid_json, body.size()};
}

class tree_reader {
 public:
  explicit tree_reader(std::string_view body) : body_(body) {}

  json_value read() {
    space();
    json_value value;
    value.offset = at_;
    value.kind = body_[at_];
    switch (body_[at_]) {
      case '{':
        for (next(); body_[at_] != '}'; comma()) {
          json_value::member member;
          member.offset = at_;
          member.key = string();
          next();  // the colon
          member.value = read();
          value.members.push_back(std::move(member));
        }
        next();
        break;
      case '[':
        for (next(); body_[at_] != ']'; comma()) value.elements.push_back(read());
        next();
        break;
      case '"': value.text = string(); break;
      case 't':
      case 'f':
      case 'n': static_cast<void>(scalar()); break;
      default: value.kind = '0'; value.text = scalar();
    }
    return value;
  }

 private:
  void space() { at_ = std::min(body_.find_first_not_of(" \t\r\n", at_), body_.size()); }
  void next() {
    ++at_;
    space();
  }
  void comma() {
    if (body_[at_] == ',') next();
  }
  std::string_view scalar() {
    const std::size_t begin = at_;
    at_ = std::min(body_.find_first_of(" \t\r\n,]}", at_), body_.size());
    const std::string_view text = body_.substr(begin, at_ - begin);
    space();
    return text;
  }
  std::string string() {
    const std::size_t begin = at_;
    do {
      at_ = body_.find_first_of("\"\\", at_ + 1);
      if (body_[at_] == '\\')
        ++at_;
      else
        break;
    } while (true);
    const std::string_view quoted = body_.substr(begin, at_ + 1 - begin);
    next();
    if (quoted.find('\\') == std::string_view::npos)
      return std::string(quoted.substr(1, quoted.size() - 2));
    const auto text = boost::json::parse({quoted.data(), quoted.size()}).as_string();
    return {text.data(), text.size()};
  }

  std::string_view body_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<fault> find_fault(std::string_view body, std::size_t max_depth) {
  if (body.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return fault{signhook::errc::empty_body, 0};
  }
  auto json = find_json_fault(body, max_depth);
  const auto surrogate = find_surrogate_fault(body);
  if (surrogate && (!json || *surrogate < json->offset)) {
    json = fault{signhook::errc::invalid_json, *surrogate};
  }
  const auto utf8 = find_utf8_fault(body);
  if (utf8 && (!json || *utf8 <= json->offset)) json = fault{signhook::errc::invalid_utf8, *utf8};
  if (json && json->offset == body.size()) json->code = signhook::errc::unexpected_end;
  return json;
}

json_value read_tree(std::string_view body) { return tree_reader(body).read(); }

}  // namespace reference
