// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/decoder/options.hpp>
#include <signhook/detail/decode/fields.hpp>
#include <signhook/detail/decode/scalar.hpp>
#include <signhook/detail/json/escape.hpp>
#include <signhook/detail/json/walker.hpp>
#include <signhook/error.hpp>

#include <cstdint>
#include <string_view>

namespace signhook::inline SIGNHOOK_ABI::detail {

// `source` is a part of `body`; of a code that `is_warning`, a warning.
template <class Root>
[[nodiscard]] constexpr diagnostic make_diagnostic(
    const char* body, const decoder_options& options, errc code, field_id id,
    std::string_view source, expectation expected = expectation::nothing) noexcept {
  const auto offset = static_cast<std::uint32_t>(source.data() - body);
  return {is_warning(code, options) ? severity::warning : severity::error,
          error{code, offset, pointer_of<Root>(id), expected}, source};
}

// Reports what is wrong with a document that is JSON, and what is new in it: by offset and then in the
// schema's order, as a handler of `field_walk`. `sink(diagnostic)` returns false to end it. The first
// occurrence of a member counts; a further one is a duplicate and is not looked into.
template <class Root, class Sink>
class diagnostics {
 public:
  using token = walker::token;
  static constexpr const auto& fields = fields_of<Root>;
  using mask = fields_mask<Root>;

  // `present` are the fields that the document has; `scratch` has the size of the body, or is null where
  // the body has no escapes.
  diagnostics(const walker& tokens, const decoder_options& options,
              const document_fields<fields.size>& document, const mask& present, char* scratch,
              Sink& sink) noexcept
      : tokens_(tokens),
        options_(options),
        document_(document),
        missing_(document.required.without(present)),
        scratch_(scratch),
        sink_(sink) {}

  [[nodiscard]] bool knows(field_id id) const noexcept { return document_.known.has(id); }
  [[nodiscard]] bool done() const noexcept { return done_; }

  void enter(field_id object, const token* brace) {
    field_id child = fields[object].first_child;
    for (; child != no_field; child = fields[child].next_sibling) {
      if (missing_.has(child)) report(errc::missing_member, child, {tokens_.at(*brace), 1});
    }
  }
  void unknown(field_id object, const token* key) {
    report(errc::unknown_member, object, tokens_.quoted(key));
  }
  void repeated(field_id id, const token* key) {
    report(errc::duplicate_member, id, tokens_.quoted(key));
  }
  void mistyped(field_id id, const token* value) {
    report(errc::wrong_type, id, {tokens_.at(*value), 1}, expected_type(fields[id].type));
  }
  void value(field_id id, const token* value) {
    const auto validate = fields[id].validate;
    if (validate == nullptr) return;
    const std::string_view raw = tokens_.string(value);
    const auto code = validate(scratch_ == nullptr ? raw : unescape(raw, scratch_), options_);
    if (code) report(*code, id, tokens_.quoted(value));
  }

 private:
  [[nodiscard]] static constexpr expectation expected_type(json_type type) noexcept {
    if (contains(type, json_type::object)) return expectation::object;
    if (contains(type, json_type::string)) return expectation::string;
    if (contains(type, json_type::array)) return expectation::array;
    return contains(type, json_type::number) ? expectation::number : expectation::boolean;
  }

  void report(errc code, field_id id, std::string_view source,
              expectation expected = expectation::nothing) {
    if (done_) return;
    done_ = !sink_(make_diagnostic<Root>(tokens_.at(0), options_, code, id, source, expected));
  }

  const walker& tokens_;
  const decoder_options& options_;
  const document_fields<fields.size>& document_;
  mask missing_;
  char* scratch_;
  Sink& sink_;
  bool done_ = false;
};

}  // namespace signhook::inline SIGNHOOK_ABI::detail
