// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/http/token.hpp>
#include <signhook/detail/text/ascii.hpp>
#include <signhook/detail/text/hex.hpp>
#include <signhook/subscription/request_error.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

// URIs (RFC 3986), read from the left, so that a fault is found at the first byte that no valid URI with the
// same beginning could have.

namespace signhook::inline SIGNHOOK_ABI::detail {

// RFC 3986, section 2.3.
[[nodiscard]] constexpr bool is_unreserved(char c) noexcept {
  return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

// RFC 3986, section 2.2.
[[nodiscard]] constexpr bool is_sub_delim(char c) noexcept {
  return std::string_view("!$&'()*+,;=").find(c) != std::string_view::npos;
}

// Reads an IP-literal (RFC 3986, section 3.2.2) after its opening bracket, up to and including the
// closing one. A zone (RFC 6874) has no meaning outside the machine that wrote it, and is rejected.
class ip_literal_reader {
 public:
  constexpr ip_literal_reader(const char* at, const char* end) noexcept : p_(at), end_(end) {}

  // The end of the literal, or its first byte at fault.
  [[nodiscard]] constexpr const char* at() const noexcept { return p_; }

  [[nodiscard]] constexpr bool read() noexcept {
    const bool whole = is('v') || is('V') ? read_future() : read_ipv6();
    return whole && skip(']');
  }

 private:
  [[nodiscard]] constexpr bool is(char c) const noexcept { return p_ != end_ && *p_ == c; }

  constexpr bool skip(char c) noexcept {
    if (!is(c)) return false;
    ++p_;
    return true;
  }

  // Skips at most `most` hexadecimal digits and returns their number.
  constexpr std::size_t skip_hex(std::size_t most) noexcept {
    std::size_t count = 0;
    for (; count != most && p_ != end_ && hex_value(*p_) <= 0x0f; ++count) ++p_;
    return count;
  }

  // "v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" )
  constexpr bool read_future() noexcept {
    ++p_;
    if (skip_hex(static_cast<std::size_t>(end_ - p_)) == 0 || !skip('.')) return false;
    const char* const begin = p_;
    while (p_ != end_ && (is_unreserved(*p_) || is_sub_delim(*p_) || *p_ == ':')) ++p_;
    return p_ != begin;
  }

  // Eight groups, or at most seven and "::" once for the others. The last two groups may be an IPv4address.
  constexpr bool read_ipv6() noexcept {
    std::size_t groups = 0;
    bool elided = false;
    const auto skip_elision = [&] {
      elided = true;
      ++p_;
      return is(']');
    };
    if (skip(':')) {
      if (!is(':')) return false;
      if (skip_elision()) return true;
    }
    while (true) {
      const std::size_t most = elided ? 7 : 8;
      if (groups == most) return false;
      const char* const group = p_;
      if (skip_hex(4) == 0) return false;
      if (is('.')) {
        const bool fits = elided ? groups + 2 <= most : groups + 2 == most;
        return fits && read_ipv4_from(group);
      }
      ++groups;
      if (is(']')) return elided || groups == most;
      if (groups == most || !skip(':')) return false;
      if (is(':')) {
        if (elided) return false;
        if (skip_elision()) return true;
      }
    }
  }

  // Reads an IPv4address whose first number, at `first`, was already read as a group.
  constexpr bool read_ipv4_from(const char* first) noexcept {
    const char* const dot = p_;
    p_ = first;
    if (!read_octet() || p_ != dot) {
      p_ = dot;  // up to here it is a valid group
      return false;
    }
    for (int i = 0; i < 3; ++i) {
      if (!skip('.') || !read_octet()) return false;
    }
    return true;
  }

  // dec-octet: 0 to 255 without a leading zero
  constexpr bool read_octet() noexcept {
    if (p_ == end_ || !is_digit(*p_)) return false;
    auto value = static_cast<unsigned>(*p_++ - '0');
    if (value == 0) return true;
    for (; p_ != end_ && is_digit(*p_); ++p_) {
      const unsigned next = value * 10 + static_cast<unsigned>(*p_ - '0');
      if (next > 255) return true;  // the digit that follows is the fault
      value = next;
    }
    return true;
  }

  const char* p_;
  const char* end_;
};

// Validates a URI of the scheme https to which a request can be sent.
class https_url_validator {
 public:
  constexpr explicit https_url_validator(std::string_view url) noexcept
      : begin_(url.data()), p_(begin_), end_(begin_ + url.size()) {}

  [[nodiscard]] constexpr std::optional<request_error> run() noexcept {
    for (const char c : prefix) {
      if (p_ == end_ || to_lower(*p_) != c) return fault(request_errc::url_not_https);
      ++p_;
    }
    if (const auto found = authority()) return found;
    if (is('/') && !skip(":@/", "?#")) return fault(request_errc::invalid_url_path);
    if (is('?')) {
      ++p_;
      if (!skip(":@/?", "#")) return fault(request_errc::invalid_url_query);
    }
    if (p_ != end_) return fault(request_errc::url_with_fragment);
    return std::nullopt;
  }

  static constexpr std::string_view prefix = "https://";

 private:
  [[nodiscard]] constexpr bool is(char c) const noexcept { return p_ != end_ && *p_ == c; }

  [[nodiscard]] constexpr bool is_one_of(std::string_view chars) const noexcept {
    return p_ != end_ && chars.find(*p_) != std::string_view::npos;
  }

  // Skips unreserved and percent-encoded characters, sub-delims and those of `more`, up to the end or one of
  // `after`; returns false at any other byte.
  constexpr bool skip(std::string_view more, std::string_view after) noexcept {
    while (p_ != end_) {
      if (*p_ == '%') {
        ++p_;
        for (int i = 0; i < 2; ++i, ++p_) {
          if (p_ == end_ || hex_value(*p_) > 0x0f) return false;
        }
      } else if (is_unreserved(*p_) || is_sub_delim(*p_) || is_one_of(more)) {
        ++p_;
      } else {
        return is_one_of(after);
      }
    }
    return true;
  }

  constexpr std::optional<request_error> authority() noexcept {
    const char* const begin = p_;
    const bool is_user = skip(":", "@") && is('@');
    p_ = begin;
    if (is_user) return fault(request_errc::url_with_user);
    if (p_ == end_ || is_one_of(":/?#")) return fault(request_errc::url_without_host);
    if (!host()) return fault(request_errc::invalid_url_host);
    if (is(':') && !port()) return fault(request_errc::invalid_url_port);
    return std::nullopt;
  }

  constexpr bool host() noexcept {
    if (!is('[')) return skip("", ":/?#");  // a reg-name; an IPv4address is one too
    ip_literal_reader literal(p_ + 1, end_);
    const bool whole = literal.read();
    p_ = literal.at();
    return whole && (p_ == end_ || is_one_of(":/?#"));
  }

  // *DIGIT, where none is the scheme's default. Port 0 is reserved (RFC 6335, section 6).
  constexpr bool port() noexcept {
    ++p_;
    const char* const begin = p_;
    std::uint32_t value = 0;
    for (; p_ != end_ && is_digit(*p_); ++p_) {
      value = std::min<std::uint32_t>(value * 10 + static_cast<std::uint32_t>(*p_ - '0'), 65536);
    }
    if (p_ != end_ && !is_one_of("/?#")) return false;
    if (p_ == begin || (value != 0 && value <= 65535)) return true;
    p_ = begin;
    return false;
  }

  [[nodiscard]] constexpr request_error fault(request_errc code) const noexcept {
    return {code, 0, static_cast<std::size_t>(p_ - begin_)};
  }

  const char* begin_;
  const char* p_;
  const char* end_;
};

// Writes text as a segment of a path or a part of a query: percent-encodes all but unreserved characters
// (RFC 3986, section 2.1), with digits in upper case as the RFC asks.
template <class Out>
constexpr Out write_percent_encoded(Out out, std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (const char c : text) {
    if (is_unreserved(c)) {
      *out++ = c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    *out++ = '%';
    *out++ = digits[byte >> 4U];
    *out++ = digits[byte & 0x0fU];
  }
  return out;
}

}  // namespace signhook::inline SIGNHOOK_ABI::detail
