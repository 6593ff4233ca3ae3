// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/decoder_options.hpp>
#include <signhook/detail/decode/fields.hpp>
#include <signhook/detail/decode/scalar.hpp>
#include <signhook/detail/json/cursor.hpp>
#include <signhook/detail/json/escape.hpp>
#include <signhook/detail/json/grammar.hpp>
#include <signhook/detail/json/locator.hpp>
#include <signhook/error.hpp>
#include <signhook/result.hpp>
#include <signhook/schema.hpp>
#include <signhook/timestamp.hpp>
#include <signhook/uuid.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

// Reads an object of the table into a struct that may allocate, after `locator` has found the
// text to be JSON.

namespace signhook::inline SIGNHOOK_ABI::detail {

// What is wrong with a value, and where.
struct value_fault {
  errc code;
  const char* at;
};

struct reading {
  unknown types;
  unknown_members members;
};

// The characters of a string that is given with its quotes.
[[nodiscard]] inline std::string text_of(std::string_view quoted) {
  const std::string_view raw = quoted.substr(1, quoted.size() - 2);
  if (!has_escape(raw)) return std::string(raw);
  std::string text(raw.size(), '\0');
  text.resize(unescape(raw, text.data()).size());
  return text;
}

// Reads the value at a cursor, or says what is wrong with it.
template <class Value>
struct value_reader {
  // What an event may hold too.
  static std::optional<value_fault> read(cursor at, Value& into, const reading&) {
    const char* const begin = at.at();
    if (*begin != '"') return value_fault{errc::wrong_type, begin};
    const std::string text = text_of(at.pass_string());
    if (const auto value = scalar<Value>::parse(text)) {
      into = *value;
      return std::nullopt;
    }
    return value_fault{*scalar<Value>::validate(text, {}), begin};
  }
};

template <class Value>
struct value_reader<std::optional<Value>> {
  static std::optional<value_fault> read(cursor at, std::optional<Value>& into,
                                         const reading& how) {
    return value_reader<Value>::read(at, into.emplace(), how);
  }
};

template <>
struct value_reader<std::string> {
  static std::optional<value_fault> read(cursor at, std::string& into, const reading&) {
    if (*at.at() != '"') return value_fault{errc::wrong_type, at.at()};
    into = text_of(at.pass_string());
    return std::nullopt;
  }
};

template <>
struct value_reader<bool> {
  static std::optional<value_fault> read(cursor at, bool& into, const reading&) {
    if (*at.at() != 't' && *at.at() != 'f') return value_fault{errc::wrong_type, at.at()};
    into = *at.at() == 't';
    return std::nullopt;
  }
};

template <>
struct value_reader<std::int32_t> {
  static std::optional<value_fault> read(cursor at, std::int32_t& into, const reading&) {
    const char* const begin = at.at();
    at.pass_value();
    const auto [end, failed] = std::from_chars(begin, at.at(), into);
    if (failed != std::errc() || skip_space(end, at.at()) != at.at()) {
      return value_fault{errc::wrong_type, begin};
    }
    return std::nullopt;
  }
};

// The first key of an object that stands there a second time, whatever its spelling; null where there
// is none.
[[nodiscard]] inline const char* find_repeated_key(cursor brace) {
  std::vector<std::pair<std::string, const char*>> keys;
  for (brace.pass_byte(); *brace.at() != '}';) {
    const char* const begin = brace.at();
    keys.emplace_back(text_of(brace.pass_string()), begin);
    brace.pass_byte();  // the colon
    brace.pass_value();
    if (*brace.at() == ',') brace.pass_byte();
  }
  std::sort(keys.begin(), keys.end());
  const char* first = nullptr;
  for (std::size_t i = 1; i < keys.size(); ++i) {
    const bool is_same = keys[i].first == keys[i - 1].first;
    if (is_same && (first == nullptr || keys[i].second < first)) first = keys[i].second;
  }
  return first;
}

// The pointers (RFC 6901) of an object's members, one behind the other.
template <class Object>
class member_pointers {
 public:
  static constexpr std::size_t count = std::tuple_size_v<decltype(schema<Object>::members)>;

  consteval member_pointers() {
    std::size_t nth = 0;
    std::size_t used = 0;
    std::apply(
        [&](const auto&... member) {
          const auto add = [&](std::string_view name) {
            begins_[nth++] = used;
            chars_[used++] = '/';
            for (const char c : name) chars_[used++] = c;
            begins_[nth] = used;
          };
          (add(member.name), ...);
        },
        schema<Object>::members);
  }

  [[nodiscard]] constexpr std::string_view pointer(std::size_t nth) const noexcept {
    return {chars_.data() + begins_[nth], begins_[nth + 1] - begins_[nth]};
  }

  // Which member has that name; `count` where none has.
  [[nodiscard]] constexpr std::size_t find(std::string_view name) const noexcept {
    std::size_t nth = 0;
    while (nth != count && pointer(nth).substr(1) != name) ++nth;
    return nth;
  }

 private:
  std::array<char, 128> chars_{};
  std::array<std::size_t, count + 1> begins_{};
};

template <class Object>
class object_reader {
 public:
  object_reader(std::string_view body, const reading& how) : body_(body), how_(how) {}

  // `into` is whole exactly where nothing is said.
  [[nodiscard]] std::optional<error> read(cursor brace, Object& into) const {
    const char* const begin = brace.at();
    if (*begin != '{') return fault(errc::not_an_object, begin, {});
    if (const auto missing = find_missing(brace)) return missing;
    member_set seen{};
    for (brace.pass_byte(); *brace.at() != '}';) {
      const char* const key = brace.at();
      const std::size_t nth = pointers.find(text_of(brace.pass_string()));
      brace.pass_byte();  // the colon
      if (nth == pointers.count) {
        if (how_.members == unknown_members::reject) return fault(errc::unknown_member, key, {});
      } else if (std::exchange(seen[nth], true)) {
        return fault(errc::duplicate_member, key, pointers.pointer(nth));
      } else if (const auto wrong = read_member(nth, brace, into)) {
        return fault(wrong->code, wrong->at, pointers.pointer(nth));
      }
      brace.pass_value();
      if (*brace.at() == ',') brace.pass_byte();
    }
    return std::nullopt;
  }

 private:
  static constexpr member_pointers<Object> pointers{};
  using member_set = std::array<bool, pointers.count>;

  [[nodiscard]] error fault(errc code, const char* at, std::string_view path) const noexcept {
    return {code, static_cast<std::uint32_t>(at - body_.data()), path};
  }

  [[nodiscard]] std::optional<error> find_missing(cursor brace) const {
    const char* const begin = brace.at();
    member_set there{};
    for (brace.pass_byte(); *brace.at() != '}';) {
      const std::size_t nth = pointers.find(text_of(brace.pass_string()));
      if (nth != pointers.count) there[nth] = true;
      brace.pass_byte();  // the colon
      brace.pass_value();
      if (*brace.at() == ',') brace.pass_byte();
    }
    for (std::size_t nth = 0; nth != pointers.count; ++nth) {
      if (required[nth] && !there[nth]) {
        return fault(errc::missing_member, begin, pointers.pointer(nth));
      }
    }
    return std::nullopt;
  }

  [[nodiscard]] std::optional<value_fault> read_member(std::size_t nth, cursor at,
                                                       Object& into) const {
    std::optional<value_fault> wrong;
    std::size_t i = 0;
    const auto read_if = [&]<class Value>(const member<Object, Value>& member) {
      if (i++ == nth) wrong = value_reader<Value>::read(at, into.*member.pointer, how_);
    };
    std::apply([&](const auto&... members) { (read_if(members), ...); }, schema<Object>::members);
    return wrong;
  }

  static constexpr member_set required = std::apply(
      []<class... Member>(const Member&...) {
        return member_set{required_form<typename Member::value_type>::is_required...};
      },
      schema<Object>::members);

  std::string_view body_;
  reading how_;
};

template <class Options>
[[nodiscard]] std::optional<error> check_answer(std::string_view answer, const Options& options) {
  const std::uint32_t most = std::min(options.max_bytes, decoder_options::max_bytes_ceiling);
  if (answer.size() > most) return error{errc::body_too_large, 0, {}};
  return locator(answer, options.max_depth).run();
}

template <class Object, class Options>
[[nodiscard]] result<Object> read_object_answer(std::string_view answer, const Options& options) {
  if (const auto rejected = check_answer(answer, options)) return *rejected;
  const object_reader<Object> reader(answer, {options.types, options.members});
  Object made;
  const cursor top(answer.data(), answer.data() + answer.size());
  if (const auto rejected = reader.read(top, made)) return *rejected;
  return made;
}

template <class Object, class Options>
[[nodiscard]] result<std::vector<Object>> read_array_answer(std::string_view answer,
                                                            const Options& options) {
  if (const auto rejected = check_answer(answer, options)) return *rejected;
  const object_reader<Object> reader(answer, {options.types, options.members});
  std::vector<Object> made;
  cursor at(answer.data(), answer.data() + answer.size());
  if (*at.at() != '[') {
    return error{errc::wrong_type, static_cast<std::uint32_t>(at.at() - answer.data()), {}};
  }
  for (at.pass_byte(); *at.at() != ']';) {
    if (const auto rejected = reader.read(at, made.emplace_back())) return *rejected;
    at.pass_value();
    if (*at.at() == ',') at.pass_byte();
  }
  return made;
}

}  // namespace signhook::inline SIGNHOOK_ABI::detail
