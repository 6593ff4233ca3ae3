// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/json/grammar.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace signhook::inline SIGNHOOK_ABI::detail {

// Walks JSON by the tokens of its index: the one place that knows which token may follow which. Each
// step takes the token it begins at and returns the one after what it read, or null where the text is
// not JSON or nests too deep; the locator then says where.
//
// After the last token stands the offset at which the body ends: no byte from there on is read.
class walker {
 public:
  using token = std::uint32_t;  // the offset of its first byte

  walker(const char* body, const token* end, std::uint32_t max_depth) noexcept
      : body_(body), end_(end), max_depth_(max_depth) {}

  [[nodiscard]] const token* end() const noexcept { return end_; }

  // The end of the body.
  [[nodiscard]] const char* text_end() const noexcept { return body_ + *end_; }

  [[nodiscard]] char first(const token* t) const noexcept { return body_[*t]; }

  [[nodiscard]] const char* at(std::uint32_t offset) const noexcept { return body_ + offset; }

  // The text of the string at a token. The index has checked that the string ends before the next token; white
  // space may stand between.
  [[nodiscard]] SIGNHOOK_HOT std::string_view string(const token* t) const noexcept {
    const char* const text = body_ + t[0] + 1;
    const char* quote = body_ + t[1] - 1;
    while (*quote != '"') --quote;
    return {text, static_cast<std::size_t>(quote - text)};
  }

  // The same with its quotes.
  [[nodiscard]] std::string_view quoted(const token* t) const noexcept {
    return {at(*t), string(t).size() + 2};
  }

  // Calls `member(value)` for each member of the object at `t`, whose key is two tokens before the value. It returns
  // the token after the value. A key's escapes are not checked.
  template <class F>
  [[nodiscard]] SIGNHOOK_HOT const token* object(const token* t, std::uint32_t depth,
                                                 F member) const noexcept {
    if (depth > max_depth_ || t + 1 == end_) return nullptr;
    ++t;
    if (first(t) == '}') return t + 1;
    while (true) {
      // A key, a colon, a value, and what follows it.
      if (end_ - t < 4 || first(t) != '"' || first(t + 1) != ':') return nullptr;
      t = member(t + 2);
      if (t == nullptr || t == end_) return nullptr;
      const char next = first(t);
      ++t;
      if (next == '}') return t;
      if (next != ',') return nullptr;
    }
  }

  // Calls `element(value)` for each element of the array at `t`, which returns the token after it.
  template <class F>
  [[nodiscard]] const token* array(const token* t, std::uint32_t depth, F element) const noexcept {
    if (depth > max_depth_ || t + 1 == end_) return nullptr;
    ++t;
    if (first(t) == ']') return t + 1;
    while (true) {
      if (end_ - t < 2) return nullptr;
      t = element(t);
      if (t == nullptr || t == end_) return nullptr;
      const char next = first(t);
      ++t;
      if (next == ']') return t;
      if (next != ',') return nullptr;
    }
  }

  // Skips any value, checking all of it; `depth` is that of the container that holds it.
  [[nodiscard]] const token* skip(const token* t, std::uint32_t depth) const noexcept {
    switch (first(t)) {
      case '{':
        return object(t, depth + 1, [this, depth](const token* value) noexcept {
          return has_valid_escapes(string(value - 2)) ? skip(value, depth + 1) : nullptr;
        });
      case '[':
        return array(t, depth + 1,
                     [this, depth](const token* value) noexcept { return skip(value, depth + 1); });
      case '"': return has_valid_escapes(string(t)) ? t + 1 : nullptr;
      default: return is_number_or_literal(body_ + t[0], body_ + t[1]) ? t + 1 : nullptr;
    }
  }

 private:
  // The index checks neither literals nor numbers.
  [[nodiscard]] static bool is_number_or_literal(const char* p, const char* end) noexcept {
    token_read read{p, false};
    if (*p == 't' || *p == 'f' || *p == 'n') read = read_literal(p, end);
    if (*p == '-' || is_digit(*p)) read = read_number(p, end);
    return read.whole && skip_space(read.at, end) == end;
  }

  const char* body_;
  const token* end_;
  std::uint32_t max_depth_;
};

}  // namespace signhook::inline SIGNHOOK_ABI::detail
