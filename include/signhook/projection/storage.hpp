// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/projection.hpp>
#include <signhook/timestamp.hpp>
#include <signhook/uuid.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>

// A projection as bytes. The form does not depend on the machine or the compiler:
//
//   "shpr", version (1 byte), dossier (16), kinds with objects left out (1: bit 0 invites, bit 1 invitees,
//   bit 2 reassign requests), number of observations (2, the high byte first), and for each observation, in
//   the order of `for_each_observation`: kind (1), object (16), event (16), transition (1: 0 or 1),
//   created (length 1, RFC 3339), value (length 1, UTF-8).

namespace signhook::inline SIGNHOOK_ABI {

/// The version of the stored form. `load_projection` rejects any other.
inline constexpr std::uint8_t stored_version = 1;

namespace detail {

inline constexpr std::string_view stored_magic = "shpr";
inline constexpr std::size_t stored_header_size = stored_magic.size() + 1 + 16 + 1 + 2;
inline constexpr std::size_t stored_row_size =
    1 + 16 + 16 + 1 + (1 + timestamp::max_text_size) + (1 + observation_row::text::capacity);

template <class Projection>
struct projection_capacity;
template <std::size_t MaxInvites, std::size_t MaxInvitees, std::size_t MaxRequests>
struct projection_capacity<basic_dossier_projection<MaxInvites, MaxInvitees, MaxRequests>> {
  // A state with a conflict each, and for invitees and requests the id of another object.
  static constexpr std::size_t observations =
      2 + 2 * MaxInvites + 3 * MaxInvitees + 3 * MaxRequests;
  static_assert(observations <= 0xffff, "the stored form counts observations in two bytes");
};

// Reads from bytes that may be anything: after the first failure all that is read is empty.
class stored_reader {
 public:
  constexpr explicit stored_reader(std::string_view bytes) noexcept : left_(bytes) {}

  [[nodiscard]] constexpr bool failed() const noexcept { return failed_; }
  [[nodiscard]] constexpr bool is_at_end() const noexcept { return left_.empty(); }

  constexpr std::string_view text(std::size_t size) noexcept {
    if (failed_ || left_.size() < size) {
      failed_ = true;
      return {};
    }
    const std::string_view read = left_.substr(0, size);
    left_.remove_prefix(size);
    return read;
  }
  constexpr std::uint8_t byte() noexcept {
    const std::string_view read = text(1);
    return read.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(read[0]);
  }
  constexpr uuid id() noexcept {
    uuid read;
    const std::string_view bytes = text(read.bytes.size());
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      read.bytes[i] = static_cast<std::uint8_t>(bytes[i]);
    }
    return read;
  }
  constexpr std::optional<observation_row> row(const dossier_id& dossier) noexcept {
    observation_row read;
    read.kind = static_cast<observation_kind>(byte());
    read.dossier = dossier;
    read.object = id();
    read.event = event_id(id());
    read.is_transition = byte() == 1;
    const auto created = timestamp::parse(text(byte()));
    const auto value = observation_row::text::from(text(byte()));
    if (failed_ || !created || !value) return std::nullopt;
    read.created = *created;
    read.value = *value;
    return read;
  }

 private:
  std::string_view left_;
  bool failed_ = false;
};

// Bytes to compare with what is written through an iterator.
class comparison {
 public:
  constexpr explicit comparison(std::string_view expected) noexcept : left_(expected) {}

  class iterator {
   public:
    using iterator_category = std::output_iterator_tag;
    using value_type = void;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = void;

    constexpr explicit iterator(comparison& with) noexcept : with_(&with) {}

    constexpr const iterator& operator*() const noexcept { return *this; }
    constexpr iterator& operator++() noexcept { return *this; }
    constexpr iterator operator++(int) noexcept { return *this; }
    constexpr const iterator& operator=(
        char c) const noexcept {  // NOLINT(*-assign*, *unconventional*)
      with_->add(c);
      return *this;
    }

   private:
    comparison* with_;
  };

  [[nodiscard]] constexpr bool is_equal() const noexcept { return is_equal_ && left_.empty(); }

 private:
  constexpr void add(char c) noexcept {
    is_equal_ = is_equal_ && !left_.empty() && left_.front() == c;
    if (!left_.empty()) left_.remove_prefix(1);
  }

  std::string_view left_;
  bool is_equal_ = true;
};

}  // namespace detail

/// The greatest number of bytes that `store_to` writes for a type of projection.
template <class Projection>
inline constexpr std::size_t max_stored_size =
    detail::stored_header_size +
    detail::projection_capacity<Projection>::observations* detail::stored_row_size;

/// Writes a projection as bytes: at most `max_stored_size` of them, from `out` on. Returns the end. Equal
/// projections have equal bytes.
template <std::output_iterator<char> Out, std::size_t MaxInvites, std::size_t MaxInvitees,
          std::size_t MaxRequests>
constexpr Out store_to(
    const basic_dossier_projection<MaxInvites, MaxInvitees, MaxRequests>& projection, Out out) {
  const auto put_byte = [&out](std::size_t value) { *out++ = static_cast<char>(value); };
  const auto put_text = [&out](std::string_view text) {
    out = std::copy(text.begin(), text.end(), out);
  };
  const auto put_id = [&put_byte](const uuid& id) {
    std::for_each(id.bytes.begin(), id.bytes.end(), put_byte);
  };

  std::size_t count = 0;
  for_each_observation(projection, [&count](const observation_row&) { ++count; });
  put_text(detail::stored_magic);
  put_byte(stored_version);
  put_id(projection.id().value);
  put_byte((projection.invites().is_complete() ? 0U : 1U) |
           (projection.invitees().is_complete() ? 0U : 2U) |
           (projection.reassign_requests().is_complete() ? 0U : 4U));
  put_byte(count >> 8U);
  put_byte(count & 0xffU);
  for_each_observation(projection, [&](const observation_row& row) {
    std::array<char, timestamp::max_text_size> buffer{};
    const auto size = static_cast<std::size_t>(row.created.write_to(buffer.data()) - buffer.data());
    put_byte(static_cast<std::size_t>(row.kind));
    put_id(row.object);
    put_id(row.event.value);
    put_byte(row.is_transition ? 1U : 0U);
    put_byte(size);
    put_text({buffer.data(), size});
    put_byte(row.value.view().size());
    put_text(row.value.view());
  });
  return out;
}

/// Returns the projection that `store_to` wrote as these bytes, or nothing for any other bytes: of
/// another version, damaged, or with more objects than `Projection` holds. A projection that left
/// objects out loads only with the capacity that it had. The bytes may come from anywhere: they are
/// checked in full, but carry no checksum, so a changed state is a state.
template <class Projection = dossier_projection>
[[nodiscard]] constexpr std::optional<Projection> load_projection(std::string_view bytes) noexcept {
  if (bytes.size() > max_stored_size<Projection>) return std::nullopt;
  detail::stored_reader reader(bytes);
  if (reader.text(detail::stored_magic.size()) != detail::stored_magic) return std::nullopt;
  if (reader.byte() != stored_version) return std::nullopt;
  Projection loaded{dossier_id(reader.id())};
  const unsigned left_out = reader.byte();
  std::size_t count = reader.byte();
  count = count << 8U | reader.byte();
  for (; count != 0; --count) {
    const std::optional<observation_row> row = reader.row(loaded.id());
    if (!row || loaded.apply(*row) != apply_result::changed) return std::nullopt;
  }
  if (reader.failed() || !reader.is_at_end()) return std::nullopt;
  if (!detail::projection_access::set_left_out(loaded, left_out)) return std::nullopt;
  // Only the bytes that the projection is stored as are accepted.
  detail::comparison stored(bytes);
  store_to(loaded, detail::comparison::iterator(stored));
  if (!stored.is_equal()) return std::nullopt;
  return loaded;
}

}  // namespace signhook::inline SIGNHOOK_ABI
