// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string_view>

namespace signhook::inline SIGNHOOK_ABI::detail {

// A few secrets, each in as much room as the largest may take, and overwritten before it is freed.
class secrets {
 public:
  static constexpr std::size_t max_size = 256;
  static constexpr std::size_t max_count = 4;

  secrets() : kept_(new room) {}

  // At most `max_count` times, with at most `max_size` bytes.
  void add(std::string_view secret) noexcept {
    one& next = kept_->all[kept_->count++];
    secret.copy(reinterpret_cast<char*>(next.bytes.data()), secret.size());
    next.size = secret.size();
  }

  // Whether this is one of them. As many instructions are executed for everything that is not,
  // whatever its bytes and its length: tests/constant_time.cmake counts them. Wherever a byte
  // differs, all of every secret is compared.
  [[nodiscard]] bool contain(std::string_view sent) const noexcept {
    const padded shown = pad(sent);
    unsigned matches = 0;
    for (std::size_t i = 0; i < kept_->count; ++i) {
      const one& secret = kept_->all[i];
      std::size_t differs = secret.size ^ sent.size();
      for (std::size_t at = 0; at < max_size; ++at)
        differs |= std::size_t{secret.bytes[at]} ^ shown[at];
      hide(differs);
      matches |= static_cast<unsigned>(is_zero(differs));
    }
    return matches != 0;
  }

 private:
  using padded = std::array<std::uint8_t, max_size>;

  struct one {
    padded bytes{};  // zero behind the secret
    std::size_t size = 0;
  };

  struct room {
    std::array<one, max_count> all;
    std::size_t count = 0;
  };

  struct overwrite {
    void operator()(room* gone) const noexcept {
      // A compiler may leave out what nobody can see, but no volatile access.
      for (one& secret : gone->all) {
        for (volatile std::uint8_t& byte : secret.bytes) byte = 0;
      }
      std::default_delete<room>()(gone);
    }
  };

  // The compiler must not know the value from here on, so that it does not stop when it is settled.
  static void hide(std::size_t& value) noexcept {
#if defined(__GNUC__)
    asm volatile("" : "+r"(value));
#else
    volatile std::size_t hidden = value;
    value = hidden;
#endif
  }

  static constexpr int top_bit = std::numeric_limits<std::size_t>::digits - 1;

  // 1 or 0, without a branch.
  [[nodiscard]] static constexpr std::size_t is_zero(std::size_t value) noexcept {
    return ((value | (std::size_t{0} - value)) >> top_bit) ^ 1U;
  }

  // The first `max_size` bytes of `text`, then zeros, by as many steps for any size.
  [[nodiscard]] static padded pad(std::string_view text) noexcept {
    static constexpr char nothing = 0;
    const std::array<const char*, 2> sources = {&nothing, text.data()};
    const char* const from = sources[is_zero(text.size()) ^ 1U];
    padded made;
    for (std::size_t at = 0; at < max_size; ++at) {
      // All ones where `at < text.size()`, which is below half of what a size may be.
      const std::size_t inside = std::size_t{0} - ((at - text.size()) >> top_bit);
      made[at] = static_cast<std::uint8_t>(static_cast<unsigned char>(from[at & inside]) & inside);
    }
    return made;
  }

  std::unique_ptr<room, overwrite> kept_;
};

}  // namespace signhook::inline SIGNHOOK_ABI::detail
