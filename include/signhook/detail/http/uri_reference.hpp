// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/http/token.hpp>
#include <signhook/detail/http/uri.hpp>
#include <signhook/detail/text/ascii.hpp>
#include <signhook/detail/text/hex.hpp>

#include <string_view>

namespace signhook::inline SIGNHOOK_ABI::detail {

// Recognises a URI-reference (RFC 3986, section 4.1): a URI of any scheme, or a reference relative to one.
class uri_reference_reader {
 public:
  constexpr explicit uri_reference_reader(std::string_view text) noexcept
      : p_(text.data()), end_(p_ + text.size()) {}

  [[nodiscard]] constexpr bool run() noexcept {
    const bool has_scheme = skip_scheme();
    if (is('/') && p_ + 1 != end_ && p_[1] == '/') {
      p_ += 2;
      if (!authority() || !(p_ == end_ || is_one_of("/?#"))) return false;
    } else if (!has_scheme) {
      // path-noscheme: its first segment has no colon, which would end a scheme.
      skip("@");
      if (is(':')) return false;
    }
    skip(":@/");
    if (skip_one('?')) skip(":@/?");
    if (skip_one('#')) skip(":@/?");
    return p_ == end_;
  }

 private:
  [[nodiscard]] constexpr bool is(char c) const noexcept { return p_ != end_ && *p_ == c; }

  [[nodiscard]] constexpr bool is_one_of(std::string_view chars) const noexcept {
    return p_ != end_ && chars.find(*p_) != std::string_view::npos;
  }

  constexpr bool skip_one(char c) noexcept {
    if (!is(c)) return false;
    ++p_;
    return true;
  }

  // Skips unreserved and percent-encoded characters, sub-delims and those of `more`.
  constexpr void skip(std::string_view more) noexcept {
    while (p_ != end_) {
      if (*p_ == '%') {
        if (end_ - p_ < 3 || hex_value(p_[1]) > 0x0f || hex_value(p_[2]) > 0x0f) return;
        p_ += 3;
      } else if (is_unreserved(*p_) || is_sub_delim(*p_) || is_one_of(more)) {
        ++p_;
      } else {
        return;
      }
    }
  }

  // ALPHA *( ALPHA / DIGIT / "+" / "-" / "." ) ":"
  constexpr bool skip_scheme() noexcept {
    const char* p = p_;
    if (p == end_ || !is_letter(*p)) return false;
    while (p != end_ && (is_letter(*p) || is_digit(*p) || *p == '+' || *p == '-' || *p == '.')) ++p;
    if (p == end_ || *p != ':') return false;
    p_ = p + 1;
    return true;
  }

  // [ userinfo "@" ] host [ ":" port ]
  constexpr bool authority() noexcept {
    const char* const begin = p_;
    skip(":");
    if (!skip_one('@')) p_ = begin;
    if (is('[')) {
      ip_literal_reader literal(p_ + 1, end_);
      if (!literal.read()) return false;
      p_ = literal.at();
    } else {
      skip("");
    }
    if (skip_one(':')) {
      while (p_ != end_ && is_digit(*p_)) ++p_;
    }
    return true;
  }

  const char* p_;
  const char* end_;
};

[[nodiscard]] constexpr bool is_uri_reference(std::string_view text) noexcept {
  return uri_reference_reader(text).run();
}

}  // namespace signhook::inline SIGNHOOK_ABI::detail
