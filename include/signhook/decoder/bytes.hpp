// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/text/byte_text.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <span>
#include <string_view>

// The bytes of a body, in whatever a program has them in.

namespace signhook::inline SIGNHOOK_ABI {

/// A view of text or bytes that every string converts to: of the standard library, of any version of
/// Boost, a vector or span of bytes, whatever has `data()` and `size()`.
class text_view {
 public:
  constexpr text_view() noexcept = default;

  /// Views `text`.
  /// *Lifetime*: of `text`; a temporary lives to the end of the full expression, as in
  /// `receive(decoder, {.method = text(), ...})`.
  template <detail::owning_text Text>
  constexpr text_view(const Text& text SIGNHOOK_LIFETIMEBOUND)  // NOLINT(*-explicit-*)
      : view_(detail::view_of(text)) {}
  /// Views what `text` views.
  /// *Lifetime*: of that.
  template <detail::viewing_text Text>
  constexpr text_view(const Text& text)  // NOLINT(*-explicit-*)
      : view_(detail::view_of(text)) {}

  /// Returns the same as the standard library's view.
  [[nodiscard]] constexpr std::string_view view() const noexcept { return view_; }

 private:
  std::string_view view_{};
};

/// A sequence of buffers that in a row are the bytes of a body: a range of anything that `text_view` takes, of
/// Asio's buffers (`data()` is a `const void*`) or of `iovec`s; what Beast and `readv` give.
template <class Buffers>
concept buffer_sequence = !detail::buffer_like<Buffers> && detail::range_of_buffers<Buffers>;

/// Returns the bytes of a sequence in a row: a view of the only buffer that is not empty, or a copy of all in
/// `into`; nothing where they are more than that.
/// *Lifetime*: of the buffers or of `into`.
/// *Complexity*: linear; constant for one buffer.
template <buffer_sequence Buffers>
[[nodiscard]] constexpr std::optional<std::string_view> join(
    const Buffers& buffers SIGNHOOK_LIFETIMEBOUND, std::span<char> into SIGNHOOK_LIFETIMEBOUND) {
  std::string_view first;
  std::size_t size = 0;
  const auto append = [&](std::string_view bytes) {
    if (into.size() - size < bytes.size()) return false;
    std::copy_n(bytes.data(), bytes.size(), into.data() + size);
    size += bytes.size();
    return true;
  };
  const auto end = std::end(buffers);
  for (auto at = std::begin(buffers); at != end; ++at) {
    const std::string_view bytes = detail::bytes_of(*at);
    if (bytes.empty()) continue;
    if (size != 0) {
      if (!append(bytes)) return std::nullopt;
    } else if (first.empty()) {
      first = bytes;
    } else if (!append(first) || !append(bytes)) {
      return std::nullopt;
    }
  }
  return size == 0 ? first : std::string_view(into.data(), size);
}

}  // namespace signhook::inline SIGNHOOK_ABI
