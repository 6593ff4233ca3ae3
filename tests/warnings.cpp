// SPDX-License-Identifier: BSL-1.0
// All headers, and uses of their templates, with the warnings that users may have on: tests/warnings.cmake lists them.
#include "uses.hpp"

#include <signhook_headers.hpp>

#include <iterator>
#include <tuple>
#include <type_traits>

namespace warnings {

using namespace signhook;

// Values that are made without arguments, in which compilers look for members without a value.
using values =
    std::tuple<attempt, answer_policy, audit_report, custom_header, decoded_line, decoder_options,
               diagnostic, duration_bounds, error, event, header, health_options, inbox_entry,
               known_invite, known_invitee, known_reassign_request,
               latest<open_state<dossier_state>>, lines_summary, location, memory_inbox_options,
               observation<invite_id>, observation_row, open_state<invitee_state>, outage,
               process_result, quarantine_entry, queue_lease, queue_options, receive_result,
               receiver_options, request, request_error, request_options, retry_assumptions,
               subscription, subscription_options, subscription_request, take_result, work_result>;

values make_values();
values make_values() { return {}; }

std::string run();
std::string run() {
  decoder decoding;
  return use_all(decoding, make_receiver());
}

template <class Inbox>
int answer(Inbox& box, std::string_view body) {
  decoder decoding;
  const auto receiver = make_receiver();
  const std::vector<header> headers = {{"Content-Type", "application/json"},
                                       {"x-secret", secrets[0]}};
  return process(receiver, decoding, box, {.method = "POST", .headers = headers, .body = body},
                 handle)
      .status;
}

#if __has_include(<sqlite3.h>)
int answer_with_sqlite(sqlite3* connection, std::string_view body);
int answer_with_sqlite(sqlite3* connection, std::string_view body) {
  auto box = sqlite_inbox::make(connection);
  if (!box) return 0;
  decoder decoding;
  const work_result done = work(decoding, *box, handle);
  return done.outcome == work_outcome::handled ? 0 : answer(*box, body);
}
#endif

#if __has_include(<libpq-fe.h>)
int answer_with_postgresql(PGconn* connection, std::string_view body);
int answer_with_postgresql(PGconn* connection, std::string_view body) {
  auto box = postgresql_inbox::make(connection);
  if (!box) return 0;
  decoder decoding;
  const work_result done = work(decoding, *box, handle);
  return done.outcome == work_outcome::handled ? 0 : answer(*box, body);
}
#endif

}  // namespace warnings
