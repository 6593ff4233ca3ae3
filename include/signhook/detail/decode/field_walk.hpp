// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/decode/fields.hpp>
#include <signhook/detail/json/escape.hpp>
#include <signhook/detail/json/walker.hpp>

#include <cstdint>
#include <string_view>

namespace signhook::inline SIGNHOOK_ABI::detail {

// Walks a document by its fields, with members in any order: the one place that tells which member is
// missing, unknown, repeated or of the wrong type. The handler does with it what it is for:
//
//   knows(field)              false for a field that this document does not have
//   enter(field, brace)       an object whose members follow
//   unknown(object, key)      a member that the document does not have
//   repeated(field, key)      a member that was there before
//   mistyped(field, value)    a value of a type that the field does not have
//   value(field, value)       a value that is no object; escapes of a string are not checked
//   done()                    true ends the walk
//
// Objects are named by their field and places by their token.
template <class Root, class Handler>
class field_walk {
 public:
  using token = walker::token;

  // `scratch` has the size of the body.
  field_walk(const walker& tokens, Handler& handler, char* scratch) noexcept
      : tokens_(tokens), handler_(handler), scratch_(scratch) {}

  // The document's object begins at `t`. Returns the token after it, or null.
  [[nodiscard]] const token* run(const token* t) noexcept { return object(t, root_field, 1); }

  // The fields that are there.
  [[nodiscard]] const fields_mask<Root>& present() const noexcept { return present_; }

 private:
  [[nodiscard]] const token* object(const token* t, field_id of, std::uint32_t depth) noexcept {
    handler_.enter(of, t);
    if (handler_.done()) return nullptr;
    return tokens_.object(
        t, depth, [=, this](const token* value) noexcept { return member(of, value, depth); });
  }

  [[nodiscard]] SIGNHOOK_HOT const token* member(field_id of, const token* value,
                                                 std::uint32_t depth) noexcept {
    const token* const key_at = value - 2;
    const char* const name = tokens_.at(*key_at) + 1;
    field_id id = find_child<Root>(of, name, tokens_.text_end());
    if (id == no_field) {
      const std::string_view key = tokens_.string(key_at);
      if (has_escape(key)) {
        if (!has_valid_escapes(key)) return nullptr;
        id = fields_of<Root>.child(of, unescape(key, scratch_));
      } else if (tokens_.text_end() - name < child_names<Root>::reach) {
        id = fields_of<Root>.child(of, key);
      }
    }
    if (id == no_field || !handler_.knows(id)) {
      handler_.unknown(of, key_at);
    } else if (present_.has(id)) {
      handler_.repeated(id, key_at);
    } else {
      return known_member(id, value, depth);
    }
    return handler_.done() ? nullptr : tokens_.skip(value, depth);
  }

  [[nodiscard]] SIGNHOOK_HOT const token* known_member(field_id id, const token* value,
                                                       std::uint32_t depth) noexcept {
    present_.add(id);
    const field& of = fields_of<Root>[id];
    const char first = tokens_.first(value);
    if (first != of.opens && !contains(of.type, type_of_value(first))) {
      handler_.mistyped(id, value);
      return handler_.done() ? nullptr : tokens_.skip(value, depth);
    }
    if (of.has_fields()) return object(value, id, depth + 1);
    handler_.value(id, value);
    if (handler_.done()) return nullptr;
    return first == '"' ? value + 1 : tokens_.skip(value, depth);
  }

  const walker& tokens_;
  Handler& handler_;
  char* scratch_;
  fields_mask<Root> present_{};
};

}  // namespace signhook::inline SIGNHOOK_ABI::detail
