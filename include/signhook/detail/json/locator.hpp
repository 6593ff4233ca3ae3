// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/decoder/options.hpp>
#include <signhook/detail/json/grammar.hpp>
#include <signhook/detail/text/uninitialized_array.hpp>
#include <signhook/error.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace signhook::inline SIGNHOOK_ABI::detail {

// The kinds of the containers that are open, from the outside in.
class nesting {
 public:
  // The number of containers of unknown kinds, or fewer than 64 objects.
  constexpr explicit nesting(std::uint32_t depth, bool are_objects = false) noexcept
      : depth_(depth) {
    words_[depth / 64] = are_objects ? (std::uint64_t{1} << depth) - 1 : 0;
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
  uninitialized_array<std::uint64_t, decoder_options::max_depth_ceiling / 64 + 1> words_{};
  std::uint32_t depth_;
};

// The part of a body that something else has read as JSON: it ends after a member, and inside of `depth`
// objects. Empty where nothing has.
struct json_prefix {
  std::size_t size = 0;
  std::uint32_t depth = 0;  // less than 64
};

// Reads a text from the left and locates the first byte at which it stops being JSON of UTF-8 that nests
// no deeper than it may, and what was expected there. It runs after something else has failed, and over
// the values that the fast path skips.
class locator {
 public:
  constexpr locator(std::string_view body, std::uint32_t max_depth) noexcept
      : begin_(body.data()),
        end_(begin_ + body.size()),
        max_depth_((std::min)(max_depth, decoder_options::max_depth_ceiling)) {}

  // Reads all of the body that follows `known`.
  [[nodiscard]] constexpr std::optional<error> run(json_prefix known = {}) noexcept {
    const char* p = skip_space(begin_ + known.size, end_);
    if (known.size == 0) {
      if (p == end_) return error{errc::empty_body, 0, {}};
      p = skip_value(p, 0);
    } else {
      nesting open(known.depth, true);
      p = skip(p, expectation::comma_or_object_end, open, 0);
    }
    if (p == nullptr) return fault_;
    p = skip_space(p, end_);
    if (p == end_) return std::nullopt;
    return fault_at({p, false}, errc::trailing_content);
  }

  // The value that begins at `p`, in so many containers; returns what follows it, or null.
  [[nodiscard]] constexpr const char* skip_value(const char* p, std::uint32_t depth) noexcept {
    nesting open(depth);
    return skip(p, expectation::value, open, depth);
  }

 private:
  // Skips what follows `p` until no more than `depth` containers are open.
  [[nodiscard]] constexpr const char* skip(const char* p, expectation now, nesting& open,
                                           std::uint32_t depth) noexcept {
    while (true) {
      if (p != end_ && is_end(*p, now)) {
        open.close();
        ++p;
      } else if (now != expectation::comma_or_object_end) {
        if (now == expectation::key || now == expectation::key_or_object_end) {
          p = skip_key(p, now);
          if (p == nullptr) return nullptr;
          now = expectation::value;
        }
        if (p != end_ && (*p == '{' || *p == '[')) {
          if (open.depth() == max_depth_) return fail({p, false}, errc::too_deep);
          const bool is_object = *p == '{';
          open.open(is_object);
          now = is_object ? expectation::key_or_object_end : expectation::value_or_array_end;
          p = skip_space(p + 1, end_);
          continue;
        }
        const token_read read = read_scalar(p, now);
        if (!read.whole) return fail(read);
        p = read.at;
      }
      // After a value: the ends of containers, up to a comma.
      while (true) {
        if (open.depth() == depth) return p;
        now = open.in_object() ? expectation::comma_or_object_end : expectation::comma_or_array_end;
        p = skip_space(p, end_);
        if (p != end_ && *p == ',') break;
        if (p == end_ || !is_end(*p, now)) return fail({p, false, now});
        open.close();
        ++p;
      }
      now = open.in_object() ? expectation::key : expectation::value;
      p = skip_space(p + 1, end_);
    }
  }

  // True for what ends a container where that is expected.
  [[nodiscard]] static constexpr bool is_end(char c, expectation now) noexcept {
    using enum expectation;
    if (now == key_or_object_end || now == comma_or_object_end) return c == '}';
    return (now == value_or_array_end || now == comma_or_array_end) && c == ']';
  }

  // A key and its colon; returns where the value is expected, or null.
  [[nodiscard]] constexpr const char* skip_key(const char* p, expectation now) noexcept {
    if (p == end_ || *p != '"') return fail({p, false, now});
    const token_read read = read_string(p, end_);
    if (!read.whole) return fail(read);
    p = skip_space(read.at, end_);
    if (p == end_ || *p != ':') return fail({p, false, expectation::colon});
    return skip_space(p + 1, end_);
  }

  [[nodiscard]] constexpr token_read read_scalar(const char* p, expectation now) const noexcept {
    if (p == end_) return {p, false, now};
    switch (*p) {
      case '"': return read_string(p, end_);
      case 't':
      case 'f':
      case 'n': return read_literal(p, end_);
      default: break;
    }
    return *p == '-' || is_digit(*p) ? read_number(p, end_) : token_read{p, false, now};
  }

  constexpr const char* fail(token_read token, errc code = errc::invalid_json) noexcept {
    fault_ = fault_at(token, code);
    return nullptr;
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
  const char* end_;
  std::uint32_t max_depth_;
  std::optional<error> fault_{};
};

}  // namespace signhook::inline SIGNHOOK_ABI::detail
