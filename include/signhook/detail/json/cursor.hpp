// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/json/grammar.hpp>

#include <cstddef>
#include <string_view>

namespace signhook::inline SIGNHOOK_ABI::detail {

// Steps through text that `syntax_check` has found to be JSON, so it need not look for its end.
class cursor {
 public:
  constexpr cursor(const char* at, const char* end) noexcept : p_(skip_space(at, end)), end_(end) {}

  [[nodiscard]] constexpr const char* at() const noexcept { return p_; }

  // Over a string, to what follows. Returns the string with its quotes.
  constexpr std::string_view pass_string() noexcept {
    const char* const begin = p_;
    for (++p_; *p_ != '"'; ++p_) p_ += *p_ == '\\' ? 1 : 0;
    ++p_;
    const auto size = static_cast<std::size_t>(p_ - begin);
    pass_space();
    return {begin, size};
  }

  // Over any value, to what follows.
  constexpr void pass_value() noexcept {
    std::size_t depth = 0;
    do {
      if (*p_ == '"') {
        pass_string();
        continue;
      }
      if (*p_ == '{' || *p_ == '[') ++depth;
      if (*p_ == '}' || *p_ == ']') --depth;
      ++p_;
    } while (depth != 0);
    while (p_ != end_ && *p_ != ',' && *p_ != '}' && *p_ != ']') ++p_;
  }

  constexpr void pass_byte() noexcept {
    ++p_;
    pass_space();
  }

 private:
  constexpr void pass_space() noexcept { p_ = skip_space(p_, end_); }

  const char* p_;
  const char* end_;
};

}  // namespace signhook::inline SIGNHOOK_ABI::detail
