// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/delivery.hpp>
#include <signhook/error.hpp>
#include <signhook/event.hpp>

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <type_traits>

// The verdict on a request and the status that answers it. This header needs no simdjson.

namespace signhook::inline SIGNHOOK_ABI {

/// The verdict on one request, of which nothing but the request is known: duplicates are the inbox's
/// business.
enum class verdict : std::uint8_t {
  unauthenticated,  ///< it does not show an accepted secret
  rejected,         ///< it is no event, and the answer says so
  quarantine,       ///< it is no event, and it is answered as delivered: keep the body for a person
  accepted,         ///< it is an event
};

/// The first fault found in an authenticated request.
enum class fault : std::uint8_t {
  none,
  method,          ///< the method is not POST
  size,            ///< the body has more bytes than `decoder_options::max_bytes`
  content_type,    ///< the media type is not `application/json`, with or without parameters
  content_coding,  ///< the body is compressed or otherwise encoded: there is a Content-Encoding
  json,            ///< the body is not JSON, or is nested too deep
  schema,          ///< the body is JSON, but not an event
};

/// The HTTP status for each outcome. `outcome_of` tells how the sender reacts to it.
struct answer_policy {
  int accepted = 200;         ///< an event that is handled, or was before
  int unauthenticated = 401;  ///< no accepted secret
  int method = 200;           ///< `fault::method`
  int size = 200;             ///< `fault::size`
  int content_type = 200;     ///< `fault::content_type`
  int content_coding = 200;   ///< `fault::content_coding`
  int json = 200;             ///< `fault::json`
  int schema = 200;           ///< `fault::schema`
  int failed = 503;  ///< an event that is not handled yet, or a body that could not be kept

  /// Returns true if all of these are final statuses (RFC 9110, section 15): 200 to 599.
  [[nodiscard]] constexpr bool has_valid_statuses() const noexcept {
    const auto all = {accepted, unauthenticated, method, size, content_type, content_coding,
                      json,     schema,          failed};
    return std::all_of(all.begin(), all.end(), [](int one) { return one >= 200 && one < 600; });
  }

  /// Returns true if success is answered 2xx and failure is not: the sender forgets an event that is
  /// answered 2xx, and sends one that is answered 5xx again. A fault may be answered with any status,
  /// as its body is quarantined.
  [[nodiscard]] constexpr bool is_safe() const noexcept {
    return outcome_of(accepted).value == delivery_outcome::delivered &&
           outcome_of(failed).value == delivery_outcome::retried &&
           outcome_of(unauthenticated).value != delivery_outcome::delivered;
  }

  /// Returns the status for a fault; `accepted` for none.
  [[nodiscard]] constexpr int of(fault why) const noexcept {
    switch (why) {
      case fault::none: return accepted;
      case fault::method: return method;
      case fault::size: return size;
      case fault::content_type: return content_type;
      case fault::content_coding: return content_coding;
      case fault::json: return json;
      case fault::schema: break;
    }
    return schema;
  }

  friend constexpr bool operator==(const answer_policy&, const answer_policy&) noexcept = default;
};

/// Answers 200 to every authenticated request that is kept, event or not. "The status code should be in
/// the 2xx range": after a 2xx the sender is done. A body that is no event would come back four more
/// times after a 5xx, no better, and the failures count towards disabling; the reaction to a 4xx is
/// undocumented, so an event could be lost behind one.
inline constexpr answer_policy always_acknowledge{};

/// Answers a fault with the status that HTTP has for it (RFC 9110, section 15.5), for those who watch for
/// 4xx. The sender documents no reaction to those: it may retry or drop, and may count a failure.
inline constexpr answer_policy http_semantics{.method = 405,
                                              .size = 413,
                                              .content_type = 415,
                                              .content_coding = 415,
                                              .json = 400,
                                              .schema = 422};

/// Answers 503 to requests without an accepted secret, for the time of a rotation: "In case of status code
/// 5xx, the webhook will be retried several times", so a delivery with a secret that this receiver does
/// not accept yet comes again. Go back to another policy afterwards: every stranger's request gets a 503,
/// and the sender counts those it sent as failures.
inline constexpr answer_policy secret_rotation{.unauthenticated = 503};

/// A receiver's verdict on a request. A default one is no success.
struct receive_result {
  signhook::verdict verdict{};  ///< the verdict
  signhook::fault fault{};      ///< the fault, if it is no event

  /// The HTTP status of the answer, provided that an event is handled and a quarantined body is kept
  /// before. The sender ignores the answer's body.
  int status = 503;

  /// The event if the verdict is `accepted`.
  std::optional<signhook::event> event{};

  /// The error if the body was decoded or is too large: `fault` is `size`, `json` or `schema`.
  std::optional<signhook::error> error{};

  /// Returns how the sender reacts to the status before its last retry.
  [[nodiscard]] constexpr sourced<delivery_outcome> sender_reaction() const noexcept {
    return outcome_of(status);
  }
};

static_assert(std::is_trivially_copyable_v<receive_result>);
static_assert(always_acknowledge.is_safe() && http_semantics.is_safe() &&
              secret_rotation.is_safe());

}  // namespace signhook::inline SIGNHOOK_ABI
