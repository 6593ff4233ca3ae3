// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/decoder_options.hpp>
#include <signhook/detail/grammar.hpp>
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
  [[nodiscard]] constexpr std::uint32_t depth() const noexcept { return depth_; }

  [[nodiscard]] constexpr bool in_object() const noexcept {
    return (words_[(depth_ - 1) / 64] >> ((depth_ - 1) % 64) & 1U) != 0;
  }

  constexpr void open(bool object) noexcept {
    std::uint64_t& word = words_[depth_ / 64];
    const std::uint64_t bit = std::uint64_t{1} << (depth_ % 64);
    word = object ? word | bit : word & ~bit;
    ++depth_;
  }

  constexpr void close() noexcept { --depth_; }

 private:
  std::array<std::uint64_t, decoder_options::max_depth_ceiling / 64> words_{};
  std::uint32_t depth_ = 0;
};

// Reads all of a body, and says where it stops being a JSON text of UTF-8 that nests no deeper than
// it may, if it does. It runs after a body has been refused, and for `validate`.
class syntax_check {
 public:
  constexpr syntax_check(std::string_view body, std::uint32_t max_depth) noexcept
      : begin_(body.data()),
        p_(begin_),
        end_(begin_ + body.size()),
        max_depth_(std::min(max_depth, decoder_options::max_depth_ceiling)) {}

  [[nodiscard]] constexpr std::optional<error> run() noexcept {
    p_ = skip_space(p_, end_);
    if (p_ == end_) return error{errc::empty_body, 0, {}};
    expects next = expects::value;
    while (next != expects::nothing) {
      next = step(next);
      if (fault_) return fault_;
      p_ = skip_space(p_, end_);
    }
    if (p_ != end_) fail_at({p_, false}, errc::trailing_content);
    return fault_;
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
    return open_.depth() == 0 ? expects::nothing : expects::comma_or_end;
  }

  constexpr expects behind(token_read token) noexcept { return behind(token, behind_value()); }

  constexpr expects behind(token_read token, expects next) noexcept {
    if (!token.whole) return fail_at(token);
    p_ = token.at;
    return next;
  }

  // A byte that no character begins with is no matter of JSON.
  constexpr expects fail_at(token_read token, errc code = errc::invalid_json) noexcept {
    const bool is_utf8_fault =
        token.within_utf8 ||
        (token.at != end_ && step_utf8(token.at, token.at + 1).next == token.at);
    fault_ = error{is_utf8_fault ? errc::invalid_utf8 : code,
                   static_cast<std::uint32_t>(token.at - begin_),
                   {}};
    return expects::nothing;
  }

  const char* begin_;
  const char* p_;
  const char* end_;
  std::uint32_t max_depth_;
  nesting open_;
  std::optional<error> fault_;
};

}  // namespace signhook::inline SIGNHOOK_ABI::detail
