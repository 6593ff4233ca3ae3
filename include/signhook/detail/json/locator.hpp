// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/decoder_options.hpp>
#include <signhook/detail/json/grammar.hpp>
#include <signhook/error.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace signhook::inline SIGNHOOK_ABI::detail {

// The kinds of the containers that are open, from the outside in.
class nesting {
 public:
  constexpr explicit nesting(std::uint32_t depth) noexcept : depth_(depth) {
    words_[depth / 64] = 0;
  }

  [[nodiscard]] constexpr std::uint32_t depth() const noexcept { return depth_; }

  [[nodiscard]] constexpr bool in_object() const noexcept {
    return (words_[(depth_ - 1) / 64] >> ((depth_ - 1) % 64) & 1U) != 0;
  }

  constexpr void open(bool object) noexcept {
    std::uint64_t& word = words_[depth_ / 64];
    const std::uint64_t bit = std::uint64_t{1} << (depth_ % 64);
    const std::uint64_t below = bit == 1 ? 0 : word & (bit - 1);  // a new container holds nothing
    word = object ? below | bit : below;
    ++depth_;
  }

  constexpr void close() noexcept { --depth_; }

 private:
  std::array<std::uint64_t, decoder_options::max_depth_ceiling / 64 + 1> words_;
  std::uint32_t depth_;
};

// Reads a text from the left and locates the first byte at which it stops being JSON of UTF-8 that nests
// no deeper than it may, and what was expected there. It runs after something else has failed, and over
// the values that the fast path skips.
class locator {
 public:
  constexpr locator(std::string_view body, std::uint32_t max_depth) noexcept
      : begin_(body.data()),
        p_(begin_),
        end_(begin_ + body.size()),
        max_depth_(std::min(max_depth, decoder_options::max_depth_ceiling)) {}

  // All of the body.
  [[nodiscard]] constexpr std::optional<error> run() noexcept {
    const char* p = skip_space(begin_, end_);
    if (p == end_) return error{errc::empty_body, 0, {}};
    p = skip_value(p, 0);
    if (p == nullptr) return fault_;
    p = skip_space(p, end_);
    if (p == end_) return std::nullopt;
    return fault_at({p, false}, errc::trailing_content);
  }

  // The value that begins at `p`, in so many containers; returns what follows it, or null.
  [[nodiscard]] constexpr const char* skip_value(const char* p, std::uint32_t depth) noexcept {
    p_ = p;
    depth_ = depth;
    open_ = nesting(depth);
    expectation next = expectation::value;
    while (true) {
      next = step(next);
      if (fault_) return nullptr;
      if (next == expectation::nothing) return p_;
      p_ = skip_space(p_, end_);
    }
  }

 private:
  constexpr expectation step(expectation now) noexcept {
    if (p_ == end_) return fail_at({p_, false, now});
    switch (now) {
      case expectation::value: return value(now);
      case expectation::value_or_array_end: return *p_ == ']' ? close() : value(now);
      case expectation::key_or_object_end: return *p_ == '}' ? close() : key(now);
      case expectation::key: return key(now);
      case expectation::colon:
        return *p_ == ':' ? go_on(expectation::value) : fail_at({p_, false, now});
      case expectation::comma_or_array_end:
        if (*p_ == ',') return go_on(expectation::value);
        return *p_ == ']' ? close() : fail_at({p_, false, now});
      case expectation::comma_or_object_end:
        if (*p_ == ',') return go_on(expectation::key);
        return *p_ == '}' ? close() : fail_at({p_, false, now});
      default: return expectation::nothing;
    }
  }

  constexpr expectation value(expectation now) noexcept {
    switch (*p_) {
      case '{': return open(expectation::key_or_object_end);
      case '[': return open(expectation::value_or_array_end);
      case '"': return after(read_string(p_, end_), after_value());
      case 't':
      case 'f':
      case 'n': return after(read_literal(p_, end_), after_value());
      default:
        if (*p_ == '-' || is_digit(*p_)) return after(read_number(p_, end_), after_value());
        return fail_at({p_, false, now});
    }
  }

  constexpr expectation key(expectation now) noexcept {
    if (*p_ != '"') return fail_at({p_, false, now});
    return after(read_string(p_, end_), expectation::colon);
  }

  constexpr expectation open(expectation content) noexcept {
    if (open_.depth() == max_depth_) return fail_at({p_, false}, errc::too_deep);
    open_.open(*p_ == '{');
    return go_on(content);
  }

  constexpr expectation close() noexcept {
    open_.close();
    return go_on(after_value());
  }

  constexpr expectation go_on(expectation next) noexcept {
    ++p_;
    return next;
  }

  [[nodiscard]] constexpr expectation after_value() const noexcept {
    if (open_.depth() == depth_) return expectation::nothing;
    return open_.in_object() ? expectation::comma_or_object_end : expectation::comma_or_array_end;
  }

  constexpr expectation after(token_read token, expectation next) noexcept {
    if (!token.whole) return fail_at(token);
    p_ = token.at;
    return next;
  }

  constexpr expectation fail_at(token_read token, errc code = errc::invalid_json) noexcept {
    fault_ = fault_at(token, code);
    return expectation::nothing;
  }

  // The fault at the end of `token`, which is not whole. A byte that no character begins with is a
  // fault of UTF-8, not of JSON.
  [[nodiscard]] constexpr error fault_at(token_read token, errc code) const noexcept {
    if (token.at == end_) {
      code = errc::unexpected_end;
    } else if (token.within_utf8 || step_utf8(token.at, token.at + 1).next == token.at) {
      code = errc::invalid_utf8;
    }
    return {code, static_cast<std::uint32_t>(token.at - begin_), {}, token.expected};
  }

  const char* begin_;
  const char* p_;
  const char* end_;
  std::uint32_t max_depth_;
  std::uint32_t depth_ = 0;  // of the container that holds the value
  nesting open_{0};
  std::optional<error> fault_;
};

}  // namespace signhook::inline SIGNHOOK_ABI::detail
