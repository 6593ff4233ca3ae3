// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/text/decimal.hpp>
#include <signhook/detail/text/hex.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

// The destinations of text. `append_text(to, value)` appends the text of a value to any of them, and is the one
// place where that text is made: the overloads are in the other headers of this folder.

namespace signhook::inline SIGNHOOK_ABI::detail {

// The most bytes that one byte takes when it is shown.
inline constexpr std::size_t max_visible_size = 4;

// True for a byte that is shown as it is.
[[nodiscard]] constexpr bool is_shown_as_is(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x7f && c != '\\';
}

// The functions of all destinations, over `append(std::string_view)` of `To`.
template <class To>
class text_writer {
 public:
  constexpr void append(char c) { self().append(std::string_view(&c, 1)); }

  constexpr void append_number(std::uint64_t value) { self().append(decimal(value).view()); }
  constexpr void append_integer(std::int64_t value) {
    if (value < 0) append('-');
    const auto magnitude = static_cast<std::uint64_t>(value);
    append_number(value < 0 ? 0 - magnitude : magnitude);
  }

  // Appends a byte that is not printable ASCII as \xff and a backslash as two, so that different texts look
  // different.
  constexpr void append_visible(std::string_view text) {
    while (!text.empty()) {
      const auto end = std::find_if_not(text.begin(), text.end(), is_shown_as_is);
      const auto size = static_cast<std::size_t>(end - text.begin());
      self().append(text.substr(0, size));
      text.remove_prefix(size);
      if (text.empty()) return;
      append_escaped(text.front());
      text.remove_prefix(1);
    }
  }

 private:
  constexpr void append_escaped(char c) {
    if (c == '\\') {
      self().append("\\\\");
    } else {
      const auto byte = static_cast<unsigned char>(c);
      const std::array<char, max_visible_size> escaped = {'\\', 'x', hex_digits[byte >> 4U],
                                                          hex_digits[byte & 0x0fU]};
      self().append({escaped.data(), escaped.size()});
    }
  }

  constexpr To& self() noexcept { return static_cast<To&>(*this); }
};

// A text on the stack. What does not fit is cut; `text_capacity` is large enough for any value.
template <std::size_t Capacity>
class text_buffer : public text_writer<text_buffer<Capacity>> {
 public:
  using text_writer<text_buffer>::append;
  constexpr void append(std::string_view text) noexcept {
    const std::size_t size = (std::min)(text.size(), Capacity - size_);
    std::copy_n(text.data(), size, chars_.data() + size_);
    size_ += size;
  }
  [[nodiscard]] constexpr std::string_view view() const noexcept { return {chars_.data(), size_}; }

 private:
  std::array<char, Capacity> chars_{};
  std::size_t size_ = 0;
};

// A range of characters that belongs to the caller. Nothing is written past its end.
class text_range : public text_writer<text_range> {
 public:
  constexpr text_range(char* first, char* last) noexcept : end_(first), last_(last) {}

  using text_writer::append;
  constexpr void append(std::string_view text) noexcept {
    has_overflowed_ = has_overflowed_ || text.size() > static_cast<std::size_t>(last_ - end_);
    if (!has_overflowed_) end_ = std::copy(text.begin(), text.end(), end_);
  }
  [[nodiscard]] constexpr char* end() const noexcept { return end_; }
  [[nodiscard]] constexpr bool has_overflowed() const noexcept { return has_overflowed_; }

 private:
  char* end_;
  char* last_;
  bool has_overflowed_ = false;
};

// A string that grows.
class text_string : public text_writer<text_string> {
 public:
  using text_writer::append;
  void append(std::string_view text) { text_.append(text); }
  [[nodiscard]] std::string take() && noexcept { return std::move(text_); }

 private:
  std::string text_;
};

// An output iterator, such as that of a formatter's context.
template <class Out>
class text_output : public text_writer<text_output<Out>> {
 public:
  constexpr explicit text_output(Out out) : out_(std::move(out)) {}

  using text_writer<text_output>::append;
  constexpr void append(std::string_view text) {
    for (const char c : text) *out_++ = c;
  }
  [[nodiscard]] constexpr Out take() && { return std::move(out_); }

 private:
  Out out_;
};

// The types that have a text: those that `append_text` takes.
template <class T>
concept has_text = requires(text_range& to, const T& value) {
  append_text(to, value);
};

// The size of a text that has no limit.
inline constexpr auto unbounded = static_cast<std::size_t>(-1);

// The largest size of a type's text, or `unbounded`.
template <class T>
inline constexpr std::size_t text_capacity = 1024;

template <class T>
concept has_bounded_text = has_text<T> && text_capacity<T>
!= unbounded;

}  // namespace signhook::inline SIGNHOOK_ABI::detail
