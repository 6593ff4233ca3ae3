// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/delivery.hpp>
#include <signhook/error.hpp>
#include <signhook/event.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <type_traits>

// What a receiver says of a request, for those who handle it: neither simdjson nor locks.

namespace signhook::inline SIGNHOOK_ABI {

/// What became of a request.
enum class verdict : std::uint8_t {
  accepted,    ///< an event that was not there before: handle it, then answer
  duplicate,   ///< an event that was accepted before: nothing is to be done
  quarantine,  ///< no event, and it will not come again: keep the body, for a person to look at
  refused,     ///< no event, and the answer says so
  unauthenticated,  ///< from somebody who does not know a secret
  failed,           ///< what was to be handled or kept could not be: it shall come again
};

/// Why an authenticated request is no event; the first that applies.
enum class fault : std::uint8_t {
  none,
  method,        ///< not POST
  size,          ///< more bytes than `decoder_options::max_bytes`
  content_type,  ///< not `application/json`, with or without parameters
  json,          ///< not a JSON text, or nested too deep
  schema,        ///< JSON, but not an event
};

/// The HTTP status for each outcome. What the sender does with it is told by `outcome_of`.
struct answer_policy {
  int accepted = 200;         ///< an event that was not there before
  int duplicate = 200;        ///< an event that was there before
  int unauthenticated = 401;  ///< without an accepted secret
  int method = 200;           ///< not POST
  int size = 200;             ///< more than `decoder_options::max_bytes`
  int content_type = 200;     ///< not `application/json`
  int json = 200;             ///< not JSON
  int schema = 200;           ///< JSON, but not an event
  int failed = 503;           ///< the application's own failure: sent again

  /// Whether all of these are statuses of final answers (RFC 9110, section 15), 200 to 599.
  [[nodiscard]] constexpr bool is_valid() const noexcept {
    const auto all = {accepted,     duplicate, unauthenticated, method, size,
                      content_type, json,      schema,          failed};
    return std::all_of(all.begin(), all.end(), [](int one) { return one >= 200 && one < 600; });
  }

  /// The status for a fault; `accepted` for none.
  [[nodiscard]] constexpr int of(fault why) const noexcept {
    switch (why) {
      case fault::none: return accepted;
      case fault::method: return method;
      case fault::size: return size;
      case fault::content_type: return content_type;
      case fault::json: return json;
      case fault::schema: break;
    }
    return schema;
  }
};

/// What comes from somebody who knows the secret is answered 200, be it an event or not: the verdict
/// is `quarantine`, and the body is yours to keep. Of any other answer but 5xx nobody knows whether
/// the event is then lost; and with 5xx it comes four times more, no better.
inline constexpr answer_policy never_lose{};

/// As HTTP has it (RFC 9110, sections 15.5 and 9.1): for those who watch for 4xx. What the sender does
/// with those is not stated.
inline constexpr answer_policy strict_http{
    .method = 405, .size = 413, .content_type = 415, .json = 400, .schema = 422};

/// What a receiver says of a request.
struct receipt {
  signhook::verdict verdict{};  ///< what became of the request
  signhook::fault fault{};      ///< what was wrong with it, if anything

  /// The HTTP status to answer with; the body of the answer does not matter to the sender.
  int status = 0;

  /// What the sender does with an event that is answered so, before its last retry.
  sourced<delivery_outcome> then;

  /// There is one where the verdict is `accepted` or `duplicate`, and in what `failed` made of these.
  std::optional<signhook::event> event;

  /// Why the body is none, where it was decoded or too large: `fault` is `size`, `json` or `schema`.
  std::optional<signhook::error> error;
};

static_assert(std::is_trivially_copyable_v<receipt>);

}  // namespace signhook::inline SIGNHOOK_ABI
