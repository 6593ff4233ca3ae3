// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>

#include <concepts>
#include <cstddef>
#include <iterator>
#include <string_view>
#include <type_traits>
#include <utility>

// Text and bytes in the containers, views and buffers of any library.

namespace signhook::inline SIGNHOOK_ABI::detail {

template <class T>
concept byte_like = std::is_same_v<T, char> || std::is_same_v<T, unsigned char> ||
    std::is_same_v<T, char8_t> || std::is_same_v<T, std::byte>;

// Strings of any library, and vectors and spans of bytes.
template <class Text>
concept text_like = std::convertible_to<const Text&, std::string_view> ||
    requires(const Text& text) {
  requires byte_like<std::remove_cvref_t<decltype(*text.data())>>;
  { text.size() } -> std::convertible_to<std::size_t>;
};

// A type that does not own the characters it gives out: a pointer, or trivial and no larger than a
// pointer with a size, which no string that owns is.
template <class Text>
inline constexpr bool is_view =
    !std::is_array_v<Text> && std::is_trivially_copyable_v<Text> &&
    std::is_trivially_destructible_v<Text> && sizeof(Text) <= 2 * sizeof(void*);

template <class Text>
concept viewing_text = text_like<Text> && is_view<Text>;
template <class Text>
concept owning_text = text_like<Text> && !is_view<Text>;

template <text_like Text>
[[nodiscard]] constexpr std::string_view view_of(const Text& text) {
  if constexpr (std::convertible_to<const Text&, std::string_view>) {
    return text;
  } else if constexpr (std::is_same_v<std::remove_cvref_t<decltype(*text.data())>, char>) {
    return {text.data(), static_cast<std::size_t>(text.size())};
  } else {
    return {reinterpret_cast<const char*>(text.data()), static_cast<std::size_t>(text.size())};
  }
}

// A buffer of untyped bytes: that of Asio and Beast, and the `iovec` of POSIX.
template <class Buffer>
concept asio_buffer = requires(const Buffer& buffer) {
  requires std::is_void_v<std::remove_pointer_t<decltype(buffer.data())>>;
  { buffer.size() } -> std::convertible_to<std::size_t>;
};
template <class Buffer>
concept io_vector = requires(const Buffer& buffer) {
  { buffer.iov_base } -> std::convertible_to<const void*>;
  { buffer.iov_len } -> std::convertible_to<std::size_t>;
};
template <class Buffer>
concept buffer_like = text_like<Buffer> || asio_buffer<Buffer> || io_vector<Buffer>;

template <buffer_like Buffer>
[[nodiscard]] constexpr std::string_view bytes_of(const Buffer& buffer) {
  if constexpr (text_like<Buffer>) {
    return view_of(buffer);
  } else if constexpr (io_vector<Buffer>) {
    return {static_cast<const char*>(buffer.iov_base), buffer.iov_len};
  } else {
    return {static_cast<const char*>(buffer.data()), buffer.size()};
  }
}

// Buffers that are not of a type which a function takes anyhow.
template <class Buffer>
concept other_buffer = buffer_like<Buffer> && !std::convertible_to<const Buffer&, std::string_view>;

// A range of buffers, whose bytes do not end with an element that the range makes on the way.
template <class Range, class Element = decltype(*std::begin(std::declval<const Range&>()))>
concept range_of_buffers = requires(const Range& all) {
  { std::begin(all) != std::end(all) } -> std::convertible_to<bool>;
}
&&buffer_like<std::remove_cvref_t<Element>> &&
    (std::is_reference_v<Element> || is_view<std::remove_cvref_t<Element>>);

}  // namespace signhook::inline SIGNHOOK_ABI::detail
