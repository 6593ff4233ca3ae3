// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/http/media_type.hpp>
#include <signhook/detail/http/token.hpp>
#include <signhook/detail/text/byte_text.hpp>

#include <concepts>
#include <cstddef>
#include <iterator>
#include <string_view>
#include <type_traits>
#include <utility>

// The header fields of a request in the containers of any HTTP library, and the search in them.

namespace signhook::inline SIGNHOOK_ABI::detail {

// The parts of a field by the names that libraries give them: Beast; signhook::header; maps.
struct name_part {
  template <class Field>
  static constexpr bool is_function = requires(const Field& field) {
    view_of(field.name_string());
  };
  template <class Field>
  static constexpr bool is_member = requires(const Field& field) {
    view_of(field.name);
  };
  template <class Field>
  static constexpr bool is_other_function = requires(const Field& field) {
    view_of(field.name());
  };
  template <class Field>
  static constexpr bool is_first = requires(const Field& field) {
    view_of(field.first);
  };

  template <class Field>
  static constexpr decltype(auto) of(const Field& field) {
    if constexpr (is_function<Field>) {
      return field.name_string();
    } else if constexpr (is_member<Field>) {
      return (field.name);
    } else if constexpr (is_other_function<Field>) {
      return field.name();
    } else if constexpr (is_first<Field>) {
      return (field.first);
    }
  }
};

struct value_part {
  template <class Field>
  static constexpr bool is_function = requires(const Field& field) {
    view_of(field.value());
  };
  template <class Field>
  static constexpr bool is_member = requires(const Field& field) {
    view_of(field.value);
  };
  template <class Field>
  static constexpr bool is_second = requires(const Field& field) {
    view_of(field.second);
  };

  template <class Field>
  static constexpr decltype(auto) of(const Field& field) {
    if constexpr (is_function<Field>) {
      return field.value();
    } else if constexpr (is_member<Field>) {
      return (field.value);
    } else if constexpr (is_second<Field>) {
      return (field.second);
    }
  }
};

template <class Part, class Field>
using part_type = decltype(Part::of(std::declval<const Field&>()));

template <class Field>
concept field_like = text_like<std::remove_cvref_t<part_type<name_part, Field>>> &&
    text_like<std::remove_cvref_t<part_type<value_part, Field>>>;

// True if the part's characters live on when the field that `*begin` returned is gone. If that is a
// reference, its members do. A temporary's may if they are views; a reference that a temporary returns
// may be into itself, unless it has nothing to destroy.
template <class Part, class Reference>
[[nodiscard]] consteval bool outlives_the_field() {
  using element = std::remove_cvref_t<Reference>;
  using part = part_type<Part, element>;
  if constexpr (is_view<std::remove_cvref_t<part>>) {
    return true;
  } else if constexpr (!std::is_reference_v<part>) {
    return false;
  } else {
    return std::is_lvalue_reference_v<Reference> ||
           (std::is_trivially_destructible_v<element> &&
            !std::is_trivially_destructible_v<std::remove_cvref_t<part>>);
  }
}

// Fields that are found by their names. None of several of the same name counts, as whoever is between
// sender and receiver may have added one.
struct found_field {
  std::string_view value{};
  std::size_t count = 0;

  constexpr void add(std::string_view one) noexcept {
    value = one;
    ++count;
  }

  [[nodiscard]] constexpr std::string_view only_value() const noexcept {
    return count == 1 ? value : std::string_view();
  }
};

// The search for the fields that a receiver looks at.
struct field_search {
  std::string_view secret_name{};
  found_field secret{};
  found_field content_type{};
  bool is_identity = true;  // every Content-Encoding

  constexpr void add(std::string_view name, std::string_view value) noexcept {
    if (equal_without_case(name, secret_name)) secret.add(value);
    if (equal_without_case(name, "content-type")) content_type.add(value);
    if (equal_without_case(name, "content-encoding")) {
      is_identity = is_identity && is_identity_coding(value);
    }
  }
};

}  // namespace signhook::inline SIGNHOOK_ABI::detail
