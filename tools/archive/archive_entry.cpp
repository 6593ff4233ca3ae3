// SPDX-License-Identifier: BSL-1.0
#include "archive/archive_entry.hpp"

#include "text/base64.hpp"
#include "text/json_text.hpp"
#include <signhook/detail/text/enumerators.hpp>
#include <signhook/event.hpp>
#include <signhook/timestamp.hpp>

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <utility>

namespace {

template <class Enum>
std::optional<Enum> enumerator_of(std::string_view text) {
  const auto& names = signhook::detail::enumerator_names<Enum>;
  const auto found = std::find(names.begin(), names.end(), text);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(found - names.begin());
}

template <class Enum>
std::string_view name_of(Enum value) {
  return signhook::detail::enumerator_names<Enum>[static_cast<std::size_t>(value)];
}

// Field values are bytes; those that are not UTF-8 are read as ISO 8859-1, as they once were.
std::string as_utf8(const std::string& bytes) {
  if (signhook::detail::is_utf8(bytes)) return bytes;
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      text += c;
    } else {
      text += static_cast<char>(0xc0U | byte >> 6U);
      text += static_cast<char>(0x80U | (byte & 0x3fU));
    }
  }
  return text;
}

bool has_failed(simdjson::error_code code) { return code != simdjson::SUCCESS; }

class entry_reader {
 public:
  explicit entry_reader(std::string_view line) : padded_(line) {}

  std::optional<archive_entry> read() {
    simdjson::ondemand::object all;
    if (has_failed(parser_.iterate(padded_).get(document_)) ||
        has_failed(document_.get_object().get(all))) {
      return std::nullopt;
    }
    archive_entry made;
    const auto time = signhook::timestamp::parse(text(all, "received"));
    const auto verdict = enumerator_of<request_verdict>(text(all, "verdict"));
    const auto fault = enumerator_of<signhook::fault>(text(all, "fault"));
    std::int64_t status = 0;
    if (!time || !verdict || !fault || has_failed(all["status"].get(status))) return std::nullopt;
    made.received = std::chrono::time_point_cast<std::chrono::system_clock::duration>(
        time->time() + time->subsecond());
    made.verdict = *verdict;
    made.fault = *fault;
    made.status = static_cast<int>(status);
    made.remote = text(all, "remote");
    made.method = text(all, "method");
    made.target = text(all, "target");
    read_headers(all, made);
    read_body(all, made);
    if (is_wrong_) return std::nullopt;
    return made;
  }

 private:
  std::string text(simdjson::ondemand::object& of, std::string_view name) {
    std::string_view found;
    is_wrong_ = is_wrong_ || has_failed(of[name].get(found));
    return std::string(found);
  }

  void read_headers(simdjson::ondemand::object& of, archive_entry& into) {
    simdjson::ondemand::array all;
    if (has_failed(of["headers"].get(all))) {
      is_wrong_ = true;
      return;
    }
    for (auto one : all) {
      simdjson::ondemand::array pair;
      is_wrong_ = is_wrong_ || has_failed(one.get(pair));
      if (is_wrong_) return;
      std::vector<std::string> parts;
      for (auto part : pair) {
        std::string_view found;
        if (part.is_null()) {
          parts.emplace_back();
        } else if (has_failed(part.get(found))) {
          is_wrong_ = true;
          return;
        } else {
          parts.emplace_back(found);
        }
      }
      is_wrong_ = is_wrong_ || parts.size() != 2;
      if (is_wrong_) return;
      into.headers.emplace_back(std::move(parts[0]), std::move(parts[1]));
    }
  }

  void read_body(simdjson::ondemand::object& of, archive_entry& into) {
    std::string_view found;
    if (!has_failed(of["body"].get(found))) {
      into.body = found;
    } else if (!has_failed(of["body_base64"].get(found))) {
      auto bytes = from_base64(found);
      is_wrong_ = is_wrong_ || !bytes;
      if (bytes) into.body = std::move(*bytes);
    } else {
      is_wrong_ = true;
    }
  }

  simdjson::padded_string padded_;
  simdjson::ondemand::parser parser_;
  simdjson::ondemand::document document_;
  bool is_wrong_ = false;
};

}  // namespace

std::string to_line(const archive_entry& of) {
  std::string line;
  const auto out = std::back_inserter(line);
  fmt::format_to(out, R"({{"received":"{}","verdict":"{}","fault":"{}","status":{},"remote":)",
                 time_text(of.received), name_of(of.verdict), name_of(of.fault), of.status);
  write_json_string(line, of.remote);
  line += R"(,"method":)";
  write_json_string(line, of.method);
  line += R"(,"target":)";
  write_json_string(line, as_utf8(of.target));
  line += R"(,"headers":[)";
  std::string_view comma;
  for (const auto& [name, value] : of.headers) {
    line += comma;
    line += '[';
    write_json_string(line, as_utf8(name));
    line += ',';
    value.empty() ? line += "null" : (write_json_string(line, as_utf8(value)), line);
    line += ']';
    comma = ",";
  }
  line += "],";
  if (signhook::detail::is_utf8(of.body)) {
    line += R"("body":)";
    write_json_string(line, of.body);
  } else {
    fmt::format_to(out, R"("body_base64":"{}")", to_base64(of.body));
  }
  line += "}\n";
  return line;
}

std::optional<archive_entry> from_line(std::string_view line) { return entry_reader(line).read(); }
