// SPDX-License-Identifier: BSL-1.0
#include "archive/archive_entry.hpp"

#include "text/base64.hpp"
#include "text/json_text.hpp"
#include "text/latin1.hpp"
#include <signhook/enumeration.hpp>
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

bool has_failed(simdjson::error_code code) { return code != simdjson::SUCCESS; }

// Returns the time, if a clock can express it: the year 9999 is too far for nanoseconds in 64 bits.
std::optional<std::chrono::system_clock::time_point> clock_time(const signhook::timestamp& of) {
  using clock = std::chrono::system_clock;
  const auto first = std::chrono::ceil<std::chrono::seconds>(clock::time_point::min());
  const auto last = std::chrono::floor<std::chrono::seconds>(clock::time_point::max());
  if (of.time() < first || of.time() >= last) return std::nullopt;
  return std::chrono::time_point_cast<clock::duration>(of.time() + of.subsecond());
}

// The whole line is parsed before anything is read, so that nothing may follow the object.
class entry_reader {
 public:
  std::optional<archive_entry> read(std::string_view line) {
    simdjson::dom::object all;
    if (has_failed(parser_.parse(line.data(), line.size()).get(all))) return std::nullopt;
    archive_entry made;
    const auto time = signhook::timestamp::parse(text(all, "received"));
    const auto verdict = signhook::from_name<request_verdict>(text(all, "verdict"));
    const auto fault = signhook::from_name<signhook::fault>(text(all, "fault"));
    std::int64_t status = 0;
    if (!time || !verdict || !fault || has_failed(all["status"].get(status))) return std::nullopt;
    const auto received = clock_time(*time);
    if (!received) return std::nullopt;
    made.received = *received;
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
  std::string text(const simdjson::dom::object& of, std::string_view name) {
    std::string_view found;
    is_wrong_ = is_wrong_ || has_failed(of[name].get(found));
    return std::string(found);
  }

  void read_headers(const simdjson::dom::object& of, archive_entry& into) {
    simdjson::dom::array all;
    is_wrong_ = is_wrong_ || has_failed(of["headers"].get(all));
    if (is_wrong_) return;
    for (const simdjson::dom::element one : all) {
      simdjson::dom::array pair;
      std::string_view name;
      std::string_view value;
      is_wrong_ = has_failed(one.get(pair)) || pair.size() != 2 ||
                  has_failed(pair.at(0).get(name)) ||
                  (!pair.at(1).is_null() && has_failed(pair.at(1).get(value)));
      if (is_wrong_) return;
      into.headers.emplace_back(name, value);
    }
  }

  void read_body(const simdjson::dom::object& of, archive_entry& into) {
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

  simdjson::dom::parser parser_;
  bool is_wrong_ = false;
};

}  // namespace

std::string to_line(const archive_entry& of) {
  return json_object([&](json_text_writer& to) {
           to.member("received", time_text(of.received));
           to.member("verdict", signhook::name(of.verdict));
           to.member("fault", signhook::name(of.fault));
           to.member("status", of.status);
           to.member("remote", of.remote);
           to.member("method", of.method);
           to.member("target", as_utf8(of.target));
           to.key("headers");
           to.begin_array();
           for (const auto& [name, value] : of.headers) {
             to.begin_array();
             to.string(as_utf8(name));
             if (value.empty()) {
               to.null();
             } else {
               to.string(as_utf8(value));
             }
             to.end_array();
           }
           to.end_array();
           if (signhook::detail::is_utf8(of.body)) {
             to.member("body", of.body);
           } else {
             to.member("body_base64", to_base64(of.body));
           }
         }) +
         '\n';
}

std::optional<std::chrono::system_clock::time_point> time_of_line(std::string_view beginning) {
  constexpr std::string_view before = R"({"received":")";
  if (!beginning.starts_with(before)) return std::nullopt;
  beginning.remove_prefix(before.size());
  const auto time = signhook::timestamp::parse(beginning.substr(0, beginning.find('"')));
  return time ? clock_time(*time) : std::nullopt;
}

std::optional<archive_entry> from_line(std::string_view line) { return entry_reader().read(line); }
