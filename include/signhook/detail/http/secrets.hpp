// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/text/uninitialized_array.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string_view>

namespace signhook::inline SIGNHOOK_ABI::detail {

// A few secrets, each padded to the capacity of the largest, and overwritten before they are freed.
class secrets {
 public:
  static constexpr std::size_t max_size = 256;
  static constexpr std::size_t max_count = 4;

  secrets() : kept_(new storage) {}

  // At most `max_count` times, with at most `max_size` bytes.
  void add(std::string_view secret) noexcept {
    one& next = kept_->all[kept_->count++];
    secret.copy(reinterpret_cast<char*>(next.bytes.data()), secret.size());
    next.size = secret.size();
    while (kept_->compared < secret.size()) kept_->compared += step;
  }

  // Returns true if `sent` is one of them. Every other text takes the same number of instructions,
  // whatever its bytes and its length: tests/constant_time.cmake counts them. All of every secret is
  // compared, wherever a byte differs; the number of steps follows from the longest secret alone. No copy of `sent` stays on the stack: tests/secret_wipe looks.
  [[nodiscard]] bool contain(std::string_view sent) const noexcept {
    if (!kept_) return false;  // moved from
    const std::size_t compared = kept_->compared;
    const wiped_copy copy(sent, compared);
    const padded& shown = copy.bytes;
    unsigned matches = 0;
    for (std::size_t i = 0; i < kept_->count; ++i) {
      const one& secret = kept_->all[i];
      std::size_t differs = secret.size ^ sent.size();
      for (std::size_t block = 0; block < compared; block += step) {
        std::uint8_t bits = 0;
        for (std::size_t at = block; at < block + step; ++at) {
          bits = static_cast<std::uint8_t>(bits | (secret.bytes[at] ^ shown[at]));
        }
        differs |= bits;
      }
      hide(differs);
      matches |= static_cast<unsigned>(is_zero(differs));
    }
    return matches != 0;
  }

 private:
  static constexpr std::size_t step = 32;  // bytes, which a compiler compares at once
  static_assert(max_size % step == 0);

  using padded = std::array<std::uint8_t, max_size>;

  struct one {
    padded bytes{};  // zeros after the secret
    std::size_t size = 0;
  };

  struct storage {
    std::array<one, max_count> all{};
    std::size_t count = 0;
    std::size_t compared = 0;  // the longest secret's size, rounded up
  };

  struct wipe_and_delete {
    void operator()(storage* gone) const noexcept {
      for (one& secret : gone->all) wipe(secret.bytes);
      std::default_delete<storage>()(gone);
    }
  };

  // A compiler may drop writes that nobody reads; it cannot know what the assembler does not read, and
  // keeps volatile ones.
  static void wipe(padded& bytes) noexcept {
#if defined(__GNUC__)
    bytes.fill(0);
    asm volatile("" : : "r"(bytes.data()) : "memory");
#else
    for (volatile std::uint8_t& byte : bytes) byte = 0;
#endif
  }

  struct wiped_copy {
    wiped_copy(std::string_view text, std::size_t size) noexcept { pad(text, bytes, size); }
    ~wiped_copy() { wipe(bytes); }
    wiped_copy(const wiped_copy&) = delete;
    wiped_copy& operator=(const wiped_copy&) = delete;

    uninitialized_array<std::uint8_t, max_size> bytes{};
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

  // Writes the first `size` bytes of `text` and zeros after them, in as many steps for any text.
  static void pad(std::string_view text, padded& into, std::size_t size) noexcept {
    static constexpr char nothing = 0;
    const std::array<const char*, 2> sources = {&nothing, text.data()};
    const char* const from = sources[is_zero(text.size()) ^ 1U];
    for (std::size_t at = 0; at < size; ++at) {
      // All ones if `at < text.size()`, which is less than half of what a size can be.
      const std::size_t inside = std::size_t{0} - ((at - text.size()) >> top_bit);
      into[at] = static_cast<std::uint8_t>(static_cast<unsigned char>(from[at & inside]) & inside);
    }
  }

  std::unique_ptr<storage, wipe_and_delete> kept_;
};

}  // namespace signhook::inline SIGNHOOK_ABI::detail
