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

// Which of the open containers are objects.
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
    const std::uint64_t below = bit == 1 ? 0 : word & (bit - 1);  // what is begun holds nothing
    word = object ? below | bit : below;
    ++depth_;
  }

  constexpr void close() noexcept { --depth_; }

 private:
  std::array<std::uint64_t, decoder_options::max_depth_ceiling / 64 + 1> words_;
  std::uint32_t depth_;
};

// Reads a body, or a value in it, and says where that stops being JSON of UTF-8 that nests no deeper
// than it may, if it does.
class syntax_check {
 public:
  constexpr syntax_check(std::string_view body, std::uint32_t max_depth) noexcept
      : begin_(body.data()),
        p_(begin_),
        end_(begin_ + body.size()),
        max_depth_(std::min(max_depth, decoder_options::max_depth_ceiling)) {}

  // All of the body.
  [[nodiscard]] constexpr std::optional<error> run() noexcept {
    const char* p = skip_space(begin_, end_);
    if (p == end_) return error{errc::empty_body, 0, {}};
    p = pass_value(p, 0);
    if (p == nullptr) return fault_;
    p = skip_space(p, end_);
    if (p == end_) return std::nullopt;
    return fault_at(begin_, {p, false}, end_, errc::trailing_content);
  }

  // The value that begins at `p`, in so many containers; returns the place behind it, or null.
  [[nodiscard]] constexpr const char* pass_value(const char* p, std::uint32_t depth) noexcept {
    p_ = p;
    depth_ = depth;
    open_ = nesting(depth);
    expects next = expects::value;
    while (true) {
      next = step(next);
      if (fault_) return nullptr;
      if (next == expects::nothing) return p_;
      p_ = skip_space(p_, end_);
    }
  }

  [[nodiscard]] constexpr const std::optional<error>& fault() const noexcept { return fault_; }

  // What is wrong at the end of `token`, which is not whole. A byte that no character begins with is no
  // matter of JSON.
  [[nodiscard]] static constexpr error fault_at(const char* begin, token_read token,
                                                const char* end,
                                                errc code = errc::invalid_json) noexcept {
    const bool is_utf8_fault =
        token.within_utf8 ||
        (token.at != end && step_utf8(token.at, token.at + 1).next == token.at);
    return {is_utf8_fault ? errc::invalid_utf8 : code,
            static_cast<std::uint32_t>(token.at - begin),
            {}};
  }

 private:
  enum class expects { value, element_or_end, key_or_end, key, colon, comma_or_end, nothing };

  constexpr expects step(expects now) noexcept {
    if (p_ == end_) return fail_at({p_, false});
    switch (now) {
      case expects::value: return value();
      case expects::element_or_end: return *p_ == ']' ? close() : value();
      case expects::key_or_end: return *p_ == '}' ? close() : key();
      case expects::key: return key();
      case expects::colon: return *p_ == ':' ? go_on(expects::value) : fail_at({p_, false});
      case expects::comma_or_end: return comma_or_end();
      case expects::nothing: break;
    }
    return expects::nothing;
  }

  constexpr expects value() noexcept {
    switch (*p_) {
      case '{': return open(expects::key_or_end);
      case '[': return open(expects::element_or_end);
      case '"': return behind(read_string(p_, end_));
      case 't':
      case 'f':
      case 'n': return behind(read_literal(p_, end_));
      default:
        if (*p_ == '-' || is_digit(*p_)) return behind(read_number(p_, end_));
        return fail_at({p_, false});
    }
  }

  constexpr expects key() noexcept {
    if (*p_ != '"') return fail_at({p_, false});
    return behind(read_string(p_, end_), expects::colon);
  }

  constexpr expects comma_or_end() noexcept {
    const bool object = open_.in_object();
    if (*p_ == ',') return go_on(object ? expects::key : expects::value);
    if (*p_ == (object ? '}' : ']')) return close();
    return fail_at({p_, false});
  }

  constexpr expects open(expects content) noexcept {
    if (open_.depth() == max_depth_) return fail_at({p_, false}, errc::too_deep);
    open_.open(*p_ == '{');
    return go_on(content);
  }

  constexpr expects close() noexcept {
    open_.close();
    return go_on(behind_value());
  }

  constexpr expects go_on(expects next) noexcept {
    ++p_;
    return next;
  }

  [[nodiscard]] constexpr expects behind_value() const noexcept {
    return open_.depth() == depth_ ? expects::nothing : expects::comma_or_end;
  }

  constexpr expects behind(token_read token) noexcept { return behind(token, behind_value()); }

  constexpr expects behind(token_read token, expects next) noexcept {
    if (!token.whole) return fail_at(token);
    p_ = token.at;
    return next;
  }

  constexpr expects fail_at(token_read token, errc code = errc::invalid_json) noexcept {
    fault_ = fault_at(begin_, token, end_, code);
    return expects::nothing;
  }

  const char* begin_;
  const char* p_;
  const char* end_;
  std::uint32_t max_depth_;
  std::uint32_t depth_ = 0;  // of what holds the value
  nesting open_{0};
  std::optional<error> fault_;
};

}  // namespace signhook::inline SIGNHOOK_ABI::detail
