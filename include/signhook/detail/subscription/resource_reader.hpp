// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/decoder/options.hpp>
#include <signhook/detail/decode/diagnostics.hpp>
#include <signhook/detail/decode/field_walk.hpp>
#include <signhook/detail/decode/fields.hpp>
#include <signhook/detail/decode/noted_fields.hpp>
#include <signhook/detail/decode/scalar.hpp>
#include <signhook/detail/json/escape.hpp>
#include <signhook/detail/json/grammar.hpp>
#include <signhook/detail/json/locator.hpp>
#include <signhook/detail/json/type.hpp>
#include <signhook/detail/json/walker.hpp>
#include <signhook/detail/schema/traits.hpp>
#include <signhook/error.hpp>
#include <signhook/result.hpp>
#include <signhook/schema.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <vector>

// Reads the answers of the subscription API into structs that may allocate. The walk over the fields that decodes
// events finds the members; here are only the values that no event has. An answer's tokens are found without
// simdjson, so that subscription.hpp does not include it: answers are few and small.

namespace signhook::inline SIGNHOOK_ABI::detail {

template <>
struct scalar<std::string> {
  static constexpr json_type type = json_type::string;
};
template <>
struct scalar<bool> {
  static constexpr json_type type = json_type::boolean;
};
template <>
struct scalar<std::int32_t> {
  static constexpr json_type type = json_type::number;
};

// A text that is JSON, and the offsets of its tokens.
class resource_text {
 public:
  using token = walker::token;

  // The locator has found that `json` is JSON.
  explicit resource_text(std::string_view json) : body_(json) {
    const char* const begin = body_.data();
    const char* const end = begin + json.size();
    for (const char* p = skip_space(begin, end); p != end; p = skip_space(p, end)) {
      tokens_.push_back(static_cast<token>(p - begin));
      p = token_end(p, end);
    }
    tokens_.push_back(static_cast<token>(json.size()));
  }

  [[nodiscard]] const token* begin() const noexcept { return tokens_.data(); }

  [[nodiscard]] walker tokens() const noexcept {
    return {body_.data(), tokens_.data() + tokens_.size() - 1, decoder_options::max_depth_ceiling};
  }

 private:
  [[nodiscard]] static const char* token_end(const char* p, const char* end) noexcept {
    constexpr std::string_view structural = "{}[]:,";
    if (*p == '"') return read_string(p, end).at;
    if (structural.find(*p) != std::string_view::npos) return p + 1;
    while (p != end && !is_space(*p) && structural.find(*p) == std::string_view::npos) ++p;
    return p;
  }

  std::string_view body_;
  std::vector<token> tokens_{};
};

// The fault of a value.
struct value_fault {
  errc code;
  std::uint32_t offset;
  expectation expected = expectation::nothing;
};

// The characters of the string at a token.
[[nodiscard]] inline std::string text_at(const walker& tokens, const walker::token* t) {
  const std::string_view raw = tokens.string(t);
  if (!has_escape(raw)) return std::string(raw);
  std::string text(raw.size(), '\0');
  text.resize(unescape(raw, text.data()).size());
  return text;
}

// Reads the value at a token, or returns its fault. `unknown` tells what is done with unknown event types.
template <class Value>
struct value_reader {
  // A value that an event may have too.
  static std::optional<value_fault> read(const walker& tokens, const walker::token* t, unknown,
                                         Value& into) {
    const std::string text = text_at(tokens, t);
    const auto value = scalar<Value>::parse(text);
    if (!value) return value_fault{*scalar<Value>::validate(text, {}), *t};
    into = *value;
    return std::nullopt;
  }
};

template <>
struct value_reader<std::string> {
  static std::optional<value_fault> read(const walker& tokens, const walker::token* t, unknown,
                                         std::string& into) {
    into = text_at(tokens, t);
    return std::nullopt;
  }
};

template <>
struct value_reader<bool> {
  static std::optional<value_fault> read(const walker& tokens, const walker::token* t, unknown,
                                         bool& into) {
    into = tokens.first(t) == 't';
    return std::nullopt;
  }
};

template <>
struct value_reader<std::int32_t> {
  static std::optional<value_fault> read(const walker& tokens, const walker::token* t, unknown,
                                         std::int32_t& into) {
    const char* const next = tokens.at(t[1]);
    const auto [end, failed] = std::from_chars(tokens.at(t[0]), next, into);
    if (failed == std::errc() && skip_space(end, next) == next) return std::nullopt;
    return value_fault{errc::wrong_type, *t};
  }
};

// Reads one object.
template <class Object>
class object_reader {
 public:
  using token = walker::token;

  object_reader(const walker& tokens, std::size_t body_size, const decoder_options& options)
      : tokens_(tokens), options_(options), scratch_(body_size, '\0') {}

  // Reads the object at `t` and moves `t` after it, or returns the fault at the lowest offset.
  [[nodiscard]] std::optional<error> read(const token*& t, Object& into) {
    if (tokens_.first(t) != '{') {
      return error{errc::not_an_object, *t, {}, expectation::object};
    }
    noted_fields<Object> noted(tokens_);
    field_walk<Object, noted_fields<Object>> walk(tokens_, noted, scratch_.data());
    const token* const after = walk.run(t);
    std::optional<error> first = violation(t, walk.present());
    const auto read_if_there = [&]<class Value>(const member<Object, Value>& member) {
      const field_id id = fields.child(root_field, member.name);
      if (!walk.present().has(id) || noted.mistyped().has(id)) return;
      const auto fault = read_value(noted.value(id), fields[id].type, into.*member.pointer);
      if (!fault || (first && first->offset <= fault->offset)) return;
      first = error{fault->code, fault->offset, pointer_of<Object>(id), fault->expected};
    };
    std::apply([&](const auto&... members) { (read_if_there(members), ...); },
               schema<Object>::members);
    t = after;
    return first;
  }

 private:
  static constexpr const auto& fields = fields_of<Object>;

  // The first error that the walk over the fields finds.
  [[nodiscard]] std::optional<error> violation(const token* t,
                                               const fields_mask<Object>& present) noexcept {
    std::optional<error> first;
    auto keep_first = [&first](const diagnostic& found) noexcept {
      if (found.severity == severity::warning) return true;
      first = found.error;
      return false;
    };
    using handler_type = diagnostics<Object, decltype(keep_first)>;
    handler_type handler(tokens_, options_, fields.documents[0], present, scratch_.data(),
                         keep_first);
    field_walk<Object, handler_type> walk(tokens_, handler, scratch_.data());
    static_cast<void>(walk.run(t));
    return first;
  }

  template <class Value>
  [[nodiscard]] std::optional<value_fault> read_value(const token* t, json_type type, Value& into) {
    // The walk takes a string for a value of any type but an array.
    if (!contains(type, type_of_value(tokens_.first(t)))) {
      return value_fault{errc::wrong_type, *t};
    }
    if constexpr (required_form<Value>::is_required) {
      return value_reader<Value>::read(tokens_, t, options_.types, into);
    } else {
      return value_reader<typename Value::value_type>::read(tokens_, t, options_.types,
                                                            into.emplace());
    }
  }

  const walker& tokens_;
  const decoder_options& options_;
  std::string scratch_;
};

template <class Options>
[[nodiscard]] std::optional<error> find_syntax_fault(std::string_view answer,
                                                     const Options& options) {
  const std::uint32_t most = (std::min)(options.max_bytes, decoder_options::max_bytes_ceiling);
  if (answer.size() > most) return error{errc::body_too_large, 0, {}};
  return locator(answer, options.max_depth).run();
}

template <class Options>
[[nodiscard]] decoder_options options_of(const Options& options) noexcept {
  decoder_options made;
  made.types = options.types;
  made.members = options.members;
  return made;
}

template <class Object, class Options>
[[nodiscard]] result<Object> read_object_answer(std::string_view answer, const Options& options) {
  if (const auto fault = find_syntax_fault(answer, options)) return unexpected(*fault);
  const resource_text text(answer);
  const walker tokens = text.tokens();
  const decoder_options how = options_of(options);
  Object made;
  const walker::token* t = text.begin();
  if (const auto fault = object_reader<Object>(tokens, answer.size(), how).read(t, made)) {
    return unexpected(*fault);
  }
  return made;
}

template <class Object, class Options>
[[nodiscard]] result<std::vector<Object>> read_array_answer(std::string_view answer,
                                                            const Options& options) {
  if (const auto fault = find_syntax_fault(answer, options)) return unexpected(*fault);
  const resource_text text(answer);
  const walker tokens = text.tokens();
  const decoder_options how = options_of(options);
  const walker::token* t = text.begin();
  if (tokens.first(t) != '[')
    return unexpected(error{errc::wrong_type, *t, {}, expectation::array});
  object_reader<Object> reader(tokens, answer.size(), how);
  std::vector<Object> made;
  for (++t; tokens.first(t) != ']';) {
    if (const auto fault = reader.read(t, made.emplace_back())) return unexpected(*fault);
    if (tokens.first(t) == ',') ++t;
  }
  return made;
}

}  // namespace signhook::inline SIGNHOOK_ABI::detail
