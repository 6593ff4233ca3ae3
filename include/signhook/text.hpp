// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/format/enumeration.hpp>
#include <signhook/detail/format/errors.hpp>
#include <signhook/detail/format/events.hpp>
#include <signhook/detail/format/projection.hpp>
#include <signhook/detail/format/results.hpp>
#include <signhook/detail/format/subscription.hpp>
#include <signhook/detail/format/writers.hpp>

#include <charconv>
#include <string>
#include <system_error>
#include <utility>

// The texts of this library's values. `ostream.hpp`, `format.hpp` (fmt) and `std_format.hpp` (std::format) print
// the same ones.

namespace signhook::inline SIGNHOOK_ABI {

/// A type with a text:
///
/// | type | text |
/// |---|---|
/// | an id, a timestamp | as on the wire |
/// | a state, the type of an unknown event | as on the wire, escaped where it is not printable ASCII |
/// | every enumeration of this library | the enumerator's name; `(invalid)` for another value |
/// | `error` | `invalid_uuid at /dossier/id: expected a UUID` |
/// | `diagnostic` | `warning: unknown_member at /dossier: unknown member` |
/// | `location` | `6:11` |
/// | an event, or an object of one | `dossier.prepared id=... created=... dossier={id=... state=draft}` |
/// | `result` | that of the value or of the error |
/// | `sourced` | `retried (documented)` |
/// | `receive_result`, `process_result` | `quarantine, answered 200: json: invalid_json at (body): invalid JSON` |
/// | `take_result`, `work_result` | `scheduled: b041a287-bc92-4469-801e-ae1a39c08f6e, attempt 2` |
/// | `observation`, `latest` | `completed at 2026-01-01T00:00:00+00:00 by b041a287-..., or draft at ...` |
/// | `request_error` | `invalid_header_value in headers[1] at 3: not a valid header value` |
/// | `sqlite_error`, `postgresql_error` | `database: database or disk is full (SQLite 13)` |
/// | `event_type_set` | `dossier.prepared, dossier.state.updated, unknown types` |
/// | `audit_report` | `subscribed but not handled: dossier.prepared; disabled` |
/// | `subscription` | all but the values of headers and the query of the URL, which may be secrets |
/// | `event_name`, `api_error` | the name; `404: not found` |
/// | `source_snippet` | lines as compilers show them |
///
/// Texts from outside are escaped, so that they can neither forge a line of a log nor reach a terminal's controls.
template <class T>
concept printable = detail::has_text<T>;

/// Writes a value's text into `[first, last)`, as `std::to_chars` writes a number: returns the end of the text and
/// `std::errc()`, or `last` and `std::errc::value_too_large` if there are fewer characters than the text has. The
/// characters are unspecified then. Nothing is written after the text.
/// *Allocation*: none.
template <printable T>
[[nodiscard]] constexpr std::to_chars_result to_chars(char* first, char* last,
                                                      const T& value) noexcept {
  detail::text_range to(first, last);
  append_text(to, value);
  if (to.has_overflowed()) return {last, std::errc::value_too_large};
  return {to.end(), std::errc()};
}

/// Returns a value's text.
template <printable T>
[[nodiscard]] std::string to_string(const T& value) {
  if constexpr (detail::has_bounded_text<T>) {
    detail::text_buffer<detail::text_capacity<T>> to;
    append_text(to, value);
    return std::string(to.view());
  } else {
    detail::text_string to;
    append_text(to, value);
    return std::move(to).take();
  }
}

}  // namespace signhook::inline SIGNHOOK_ABI
