// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>

#include <cstdint>

namespace signhook::inline SIGNHOOK_ABI {

/// The treatment of an event type, or a state, that the schema does not name.
enum class unknown : std::uint8_t {
  keep,    ///< it is data: an `unknown_event`, or a state of value `other`
  reject,  ///< it is an error: `unknown_type`, or `unknown_state`
};

/// The treatment of a member that the event does not have.
enum class unknown_members : std::uint8_t {
  ignore,  ///< its value must be JSON and is dropped
  reject,  ///< it is an error: `unknown_member`
};

/// The options of a decoder. The defaults are tolerant of what is new and strict about what is wrong:
/// CM.com may add to its bodies at any time, and a receiver should survive that.
struct decoder_options {
  /// The largest body, in bytes; the documented ones have fewer than 500. A decoder allocates about
  /// six times as much. At most `max_bytes_ceiling`; more counts as that.
  std::uint32_t max_bytes = 64 * 1024;

  /// The deepest nesting of objects and arrays, of which the body is the first level; the documented
  /// bodies need 3. At most `max_depth_ceiling`; more counts as that.
  std::uint32_t max_depth = 32;

  unknown types = unknown::keep;   ///< of events
  unknown states = unknown::keep;  ///< of dossiers, invitees and reassign requests
  unknown_members members = unknown_members::ignore;  ///< at any depth that the event has

  /// Offsets are 32 bits wide.
  static constexpr std::uint32_t max_bytes_ceiling = 1U << 30U;

  /// A level costs a stack frame.
  static constexpr std::uint32_t max_depth_ceiling = 1024;

  /// Returns options that accept only what the schema names: for tests against recorded bodies. In
  /// production every addition of the service would become an outage.
  [[nodiscard]] static constexpr decoder_options strict() noexcept {
    decoder_options options;
    options.types = unknown::reject;
    options.states = unknown::reject;
    options.members = unknown_members::reject;
    return options;
  }
};

}  // namespace signhook::inline SIGNHOOK_ABI
