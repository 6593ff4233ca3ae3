// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/text/hex.hpp>
#include <signhook/detail/text/word.hpp>

#include <array>
#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string_view>
#include <type_traits>

namespace signhook::inline SIGNHOOK_ABI {

namespace detail {

// The positions of the two digits of each byte in 8-4-4-4-12.
inline constexpr std::array<std::uint8_t, 16> uuid_digit_places = {0,  2,  4,  6,  9,  11, 14, 16,
                                                                   19, 21, 24, 26, 28, 30, 32, 34};

#if defined(SIGNHOOK_VECTORS)
// Parses the 36 characters at `p`; returns false if they are not of the form.
[[nodiscard]] inline bool read_uuid(const char* p, std::array<std::uint8_t, 16>& into) noexcept {
  // 8-4-4-4-12 without the dashes, which are looked at together.
  constexpr byte_vector dashes = {0xff, 0, 0, 0, 0, 0xff, 0, 0, 0, 0, 0xff, 0, 0, 0, 0, 0xff};
  const long_vector first = {load<std::uint64_t>(p), load_twice(p + 9, p + 14)};
  const long_vector last = {load_twice(p + 19, p + 24), load<std::uint64_t>(p + 28)};
  return read_hex(std::bit_cast<byte_vector>(first), std::bit_cast<byte_vector>(last),
                  (load_bytes(p + 8) ^ '-') & dashes, into);
}
#endif

}  // namespace detail

/// A UUID: 16 bytes in the order of their digits.
///
/// Every value is one: all versions and variants, the nil and the max UUID
/// (RFC 9562, sections 4, 5.9 and 5.10).
struct uuid {
  /// All 128 bits, the first two digits first.
  std::array<std::uint8_t, 16> bytes{};

  /// Length of the text form.
  static constexpr std::size_t text_size = 36;

  /// Reads the text form, 8-4-4-4-12 hexadecimal digits in either case (RFC 9562, section 4),
  /// and nothing before or after it.
  [[nodiscard]] static constexpr std::optional<uuid> parse(std::string_view text) noexcept {
    if (text.size() != text_size) return std::nullopt;
    uuid read;
#if defined(SIGNHOOK_VECTORS)
    if (!std::is_constant_evaluated()) {
      if (!detail::read_uuid(text.data(), read.bytes)) return std::nullopt;
      return read;
    }
#endif
    if (text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-')
      return std::nullopt;
    unsigned bad = 0;
    for (std::size_t i = 0; i < 16; ++i) {
      const std::size_t place = detail::uuid_digit_places[i];
      const unsigned high = detail::hex_value(text[place]);
      const unsigned low = detail::hex_value(text[place + 1]);
      bad |= high | low;
      read.bytes[i] = static_cast<std::uint8_t>((high << 4U) | low);
    }
    if (bad > 0x0f) return std::nullopt;
    return read;
  }

  /// Writes the text form in lower case: `text_size` characters from `out` on. Returns their end.
  constexpr char* write_to(char* out) const noexcept {
    out[8] = out[13] = out[18] = out[23] = '-';
    for (std::size_t i = 0; i < 16; ++i) {
      const std::size_t place = detail::uuid_digit_places[i];
      out[place] = detail::hex_digits[bytes[i] >> 4U];
      out[place + 1] = detail::hex_digits[bytes[i] & 0x0fU];
    }
    return out + text_size;
  }

  friend constexpr bool operator==(const uuid&, const uuid&) noexcept = default;
  friend constexpr std::strong_ordering operator<=>(const uuid&,
                                                    const uuid&) noexcept = default;  // NOLINT
};

/// A UUID that says what it names, so that the id of an invite is never taken for that of a dossier.
///
///     dossier_id d = e.dossier.id;
///     invite_id i = d;               // does not compile
template <class Tag>
struct tagged_id {
  /// The id itself, for where its kind does not matter.
  uuid value{};

  constexpr tagged_id() noexcept = default;
  /// The caller's word that this is what the UUID names.
  constexpr explicit tagged_id(const uuid& of) noexcept : value(of) {}

  /// As `uuid::parse`.
  [[nodiscard]] static constexpr std::optional<tagged_id> parse(std::string_view text) noexcept {
    const auto read = uuid::parse(text);
    if (!read) return std::nullopt;
    return tagged_id{*read};
  }

  /// As `uuid::write_to`.
  constexpr char* write_to(char* out) const noexcept { return value.write_to(out); }

  friend constexpr bool operator==(const tagged_id&, const tagged_id&) noexcept = default;
  friend constexpr std::strong_ordering operator<=>(const tagged_id&,
                                                    const tagged_id&) noexcept = default;  // NOLINT
};

using event_id = tagged_id<struct event_tag>;                        ///< of one event
using dossier_id = tagged_id<struct dossier_tag>;                    ///< of a `dossier`
using invite_id = tagged_id<struct invite_tag>;                      ///< of an `invite`
using invitee_id = tagged_id<struct invitee_tag>;                    ///< of an `invitee`
using reassign_request_id = tagged_id<struct reassign_request_tag>;  ///< of a `reassign_request`
using subscription_id = tagged_id<struct subscription_tag>;          ///< of a `subscription`

static_assert(std::is_trivially_copyable_v<uuid> && sizeof(uuid) == 16);
static_assert(std::is_trivially_copyable_v<event_id> && sizeof(event_id) == 16);

}  // namespace signhook::inline SIGNHOOK_ABI

/// Mixes all 16 bytes: ids come from outside, and some versions of UUID hold little that varies in
/// any one place. It is not keyed: where a sender may choose ids freely, bound the table.
template <>
struct std::hash<signhook::uuid> {
  [[nodiscard]] std::size_t operator()(const signhook::uuid& id) const noexcept {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    std::memcpy(&high, id.bytes.data(), 8);
    std::memcpy(&low, id.bytes.data() + 8, 8);
    return signhook::detail::low_bits(mix(mix(high) + low));
  }

 private:
  // The finaliser of MurmurHash3: every bit of the input reaches every bit of the output.
  [[nodiscard]] static constexpr std::uint64_t mix(std::uint64_t bits) noexcept {
    bits = (bits ^ (bits >> 33U)) * 0xff51afd7ed558ccdULL;
    bits = (bits ^ (bits >> 33U)) * 0xc4ceb9fe1a85ec53ULL;
    return bits ^ (bits >> 33U);
  }
};

template <class Tag>
struct std::hash<signhook::tagged_id<Tag>> {
  [[nodiscard]] std::size_t operator()(const signhook::tagged_id<Tag>& id) const noexcept {
    return std::hash<signhook::uuid>{}(id.value);
  }
};
