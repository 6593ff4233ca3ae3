// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/decoder_options.hpp>
#include <signhook/delivery.hpp>
#include <signhook/detail/inbox/duplicate_table.hpp>
#include <signhook/detail/http/token.hpp>
#include <signhook/detail/http/secrets.hpp>
#include <signhook/receipt.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace signhook::inline SIGNHOOK_ABI {

/// Why there is no receiver.
enum class receiver_errc : std::uint8_t {
  invalid_header_name,  ///< the name is not a token (RFC 9110, section 5.1)
  no_secret,            ///< without one anybody could post
  too_many_secrets,     ///< more than `receiver_options::max_secrets`
  secret_too_short,     ///< less than `receiver_options::min_secret_size` bytes
  secret_too_long,      ///< more than `receiver_options::max_secret_size` bytes
  invalid_secret,       ///< not visible ASCII: it would not come through as it is
  invalid_status,       ///< the policy has a status that is none
};

/// What a receiver accepts, and how it answers.
struct receiver_options {
  /// The name of the custom header that the subscription gives to each delivery, in any case.
  std::string_view secret_header;

  /// Its values that are accepted: one, or while it is changed the old and the new.
  /// *Lifetime*: the receiver copies them; overwrite yours.
  std::span<const std::string_view> secrets;

  answer_policy policy = never_lose;  ///< which status answers what

  decoder_options decoding = {};  ///< which bodies are events

  /// How many events are remembered, to know them again; 48 bytes each. Where more arrive within the
  /// window the oldest go first. None with 0; at most `max_remembered`, more counts as that.
  std::uint32_t remembered = 64 * 1024;

  /// How long an event is known again.
  std::chrono::milliseconds window = duplicate_window.value;

  static constexpr std::uint32_t max_remembered =
      detail::duplicate_table::max_capacity;  ///< the most of `remembered`

  static constexpr std::size_t max_secrets = detail::secrets::max_count;  ///< the most of `secrets`

  /// Credentials that no person types must not be guessed with a chance of more than 2^-128 (RFC 6749,
  /// section 10.10), and so many characters of base64 hold 128 bits. They must also be random, which
  /// nobody can see from here: `openssl rand -base64 24`.
  static constexpr std::size_t min_secret_size = 22;

  static constexpr std::size_t max_secret_size =
      detail::secrets::max_size;  ///< the longest secret, in bytes

  /// What is wrong with these, if anything.
  [[nodiscard]] constexpr std::optional<receiver_errc> check() const noexcept {
    if (!detail::is_token(secret_header)) return receiver_errc::invalid_header_name;
    if (secrets.empty()) return receiver_errc::no_secret;
    if (secrets.size() > max_secrets) return receiver_errc::too_many_secrets;
    for (const std::string_view secret : secrets) {
      if (secret.size() < min_secret_size) return receiver_errc::secret_too_short;
      if (secret.size() > max_secret_size) return receiver_errc::secret_too_long;
      const bool is_visible =
          std::all_of(secret.begin(), secret.end(), [](char c) { return c > ' ' && c < '\x7f'; });
      if (!is_visible) return receiver_errc::invalid_secret;
    }
    if (!policy.is_valid()) return receiver_errc::invalid_status;
    return std::nullopt;
  }
};

}  // namespace signhook::inline SIGNHOOK_ABI
