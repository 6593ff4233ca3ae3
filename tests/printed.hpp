// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/delivery.hpp>
#include <signhook/error.hpp>
#include <signhook/error/message.hpp>
#include <signhook/event.hpp>
#include <signhook/inbox.hpp>
#include <signhook/inbox/postgresql_error.hpp>
#include <signhook/inbox/queue.hpp>
#include <signhook/inbox/sqlite_error.hpp>
#include <signhook/projection.hpp>
#include <signhook/receiver.hpp>
#include <signhook/receiver/result.hpp>
#include <signhook/result.hpp>
#include <signhook/schema/json_schema.hpp>
#include <signhook/subscription.hpp>
#include <signhook/subscription/audit.hpp>

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <variant>

// A value of each type that has a text, with that text, which to_string, to_chars, ostream.hpp, format.hpp and
// std_format.hpp must print.

namespace printed {

using namespace signhook;

// Calls `check(value, text)` for each.
template <class Check>
void for_each(Check check) {
  const std::string id = "b659c273-954e-43cf-893a-0f74a7f87153";
  const std::string nil = "00000000-0000-0000-0000-000000000000";
  const std::string epoch = "1970-01-01T00:00:00+00:00";
  const uuid bytes = *uuid::parse(id);
  const std::string worst(255, '\x01');  // each byte takes four
  const auto escaped = [](std::size_t count) {
    std::string text;
    for (; count != 0; --count) text += "\\x01";
    return text;
  };

  check(uuid(), nil);
  check(bytes, id);
  check(event_id(bytes), id);
  check(dossier_id(bytes), id);
  check(timestamp(), epoch);
  check(*timestamp::parse("2026-01-01t00:00:00.50z"), "2026-01-01T00:00:00.5+00:00");
  check(*timestamp::parse("2016-12-31T23:59:60.123456789-00:00"),
        "2016-12-31T23:59:60.123456789-00:00");
  check(type_text(), "");
  check(*type_text::from("a\nb\\c\x7f"), "a\\x0ab\\\\c\\x7f");
  check(*inline_text<255>::from(worst), escaped(255));
  check(open_state<dossier_state>(dossier_state::draft), "draft");
  check(*open_state<invitee_state>::from_text("lost"), "lost");
  check(*open_state<invitee_state>::from_text(worst.substr(0, 46)), escaped(46));

  check(errc::too_deep, "too_deep");
  check(static_cast<errc>(200), "(invalid)");
  check(expectation::comma_or_array_end, "comma_or_array_end");
  check(severity::warning, "warning");
  check(unknown::keep, "keep");
  check(unknown_members::ignore, "ignore");
  check(dossier_state::completed, "completed");
  check(static_cast<dossier_state>(200), "(invalid)");
  check(invitee_state::reassigned, "reassigned");
  check(reassign_request_state::other, "other");
  check(invite_status::undelivered, "undelivered");
  check(apply_result::rejected, "rejected");
  check(observation_kind::original_invitee, "original_invitee");
  check(source::undocumented, "undocumented");
  check(delivery_outcome::dropped, "dropped");
  check(health::warned, "warned");
  check(recovery::quiet_week, "quiet_week");
  check(verdict::quarantine, "quarantine");
  check(fault::content_coding, "content_coding");
  check(receiver_errc::no_secret, "no_secret");
  check(begin_outcome::in_progress, "in_progress");
  check(process_outcome::not_committed, "not_committed");
  check(take_outcome::taken, "taken");
  check(retry_outcome::scheduled, "scheduled");
  check(work_outcome::unrecorded, "unrecorded");
  check(request_errc::url_not_https, "url_not_https");
  check(sqlite_errc::not_wal, "not_wal");
  check(postgresql_errc::lost_lease, "lost_lease");

  const error wrong{errc::wrong_type, 3, "/dossier"};
  const std::string wrong_text = "wrong_type at /dossier: value of the wrong JSON type";
  check(wrong, wrong_text);
  check(error{errc::empty_body, 0, ""}, "empty_body at (body): the body is empty");
  check(diagnostic{severity::warning, wrong, "x"}, "warning: " + wrong_text);
  check(location{6, 11}, "6:11");
  check(location{std::numeric_limits<std::uint32_t>::max(),
                 std::numeric_limits<std::uint32_t>::max()},
        "4294967295:4294967295");
  check(result<uuid>(bytes), id);
  check(result<uuid>(unexpect, wrong), wrong_text);
  check(outcome_of(503), "retried (documented)");
  check(max_retries, "4 (documented)");
  check(sourced<int>{std::numeric_limits<int>::min(), source::assumed}, "-2147483648 (assumed)");

  check(dossier{dossier_id(bytes), dossier_state::draft}, "{id=" + id + " state=draft}");
  check(dossier_prepared{event_id(bytes), {}, {}},
        "dossier.prepared id=" + id + " created=" + epoch + " dossier={id=" + nil + " state=}");
  check(event(unknown_event{event_id(), *type_text::from(worst.substr(0, 79)), {}, {}}),
        escaped(79) + " id=" + nil + " created=" + epoch);
  check(event(reassign_request_state_updated{
            {},
            {},
            {{}, *open_state<dossier_state>::from_text(worst.substr(0, 46))},
            {{},
             *open_state<reassign_request_state>::from_text(worst.substr(0, 46)),
             {{}, *open_state<invitee_state>::from_text(worst.substr(0, 46))}}}),
        "dossier.invitee.reassignRequest.state.updated id=" + nil + " created=" + epoch +
            " dossier={id=" + nil + " state=" + escaped(46) + "} reassignRequest={id=" + nil +
            " state=" + escaped(46) + " originalInvitee={id=" + nil + " state=" + escaped(46) +
            "}}");

  receive_result received;
  check(received, "unauthenticated, answered 503");
  received.verdict = verdict::accepted;
  received.status = std::numeric_limits<int>::min();
  received.fault = fault::schema;
  received.error = wrong;
  received.event = dossier_prepared{};
  check(received, "accepted, answered -2147483648: schema: " + wrong_text +
                      ": dossier.prepared id=" + nil + " created=" + epoch + " dossier={id=" + nil +
                      " state=}");
  process_result processed;
  processed.outcome = process_outcome::handled;
  processed.status = 200;
  processed.id = event_id(bytes);
  check(processed, "handled, answered 200: " + id);
  processed.fault = fault::json;
  processed.error = wrong;
  check(processed, "handled, answered 200: json: " + wrong_text + ": " + id);
  check(queue_lease{event_id(bytes), 2, {}}, id + ", attempt 2");
  check(take_result{}, "unavailable");
  check(take_result{take_outcome::taken, {event_id(bytes), 4294967295U, {}}},
        "taken: " + id + ", attempt 4294967295");
  check(work_result{work_outcome::idle, {}, {}}, "idle");
  check(work_result{work_outcome::scheduled, {event_id(bytes), 2, {}}, {}},
        "scheduled: " + id + ", attempt 2");

  using reassigned = open_state<reassign_request_state>;
  const observation<reassigned> seen{*reassigned::from_text(worst.substr(0, 46)),
                                     *timestamp::parse("2026-01-01T00:00:00.123456789Z"),
                                     event_id(bytes)};
  const std::string seen_text = escaped(46) + " at 2026-01-01T00:00:00.123456789+00:00 by " + id;
  check(seen, seen_text);
  check(latest<reassigned>{seen}, seen_text);
  check(latest<reassigned>{seen, seen}, seen_text + ", or " + seen_text);

  constexpr auto most = std::numeric_limits<std::size_t>::max();
  check(request_error{request_errc::url_with_fragment, 0, 20},
        "url_with_fragment in url at 20: the URL must not have a fragment");
  check(request_error{request_errc::repeated_event_type, 2, 0},
        "repeated_event_type in events[2] at 0: the event type is repeated");
  check(request_error{request_errc::padded_header_value, most, most},
        "padded_header_value in headers[" + std::to_string(most) + "] at " + std::to_string(most) +
            ": leading and trailing white space is not transmitted");
  check(request_error{request_errc::buffer_too_small, 0, 0},
        "buffer_too_small: the buffer is too small");
  check(sqlite_error{sqlite_errc::database, 13, *inline_text<255>::from("disk full")},
        "database: disk full (SQLite 13)");
  check(sqlite_error{sqlite_errc::no_claim, std::numeric_limits<int>::min(),
                     *inline_text<255>::from(worst)},
        "no_claim: " + escaped(255) + " (SQLite -2147483648)");
  check(postgresql_error{postgresql_errc::no_claim, {}, *inline_text<255>::from("none\n")},
        "no_claim: none\\x0a");
  check(postgresql_error{postgresql_errc::failed_transaction,
                         *inline_text<5>::from(worst.substr(0, 5)), *inline_text<255>::from(worst)},
        "failed_transaction: " + escaped(255) + " (SQLSTATE " + escaped(5) + ")");

  check(event_type_set(), "");
  check(event_type_set::of<dossier_prepared, unknown_event>(), "dossier.prepared, unknown types");
  audit_report report;
  check(report, "no difference");
  std::string all;
  for (std::size_t i = 0; i < std::variant_size_v<event>; ++i) {
    report.not_handled.insert(i);
    report.not_subscribed.insert(i);
    all += i < event_types.size() ? std::string(event_types[i]) + ", " : "unknown types";
  }
  report.events_absent = report.disabled = report.unauthenticated = true;
  check(report, "subscribed but not handled: " + all + "; handled but not subscribed: " + all +
                    "; events absent; disabled; no secret header, so anybody can post");
  check(event_name("new\n"), "new\\x0a");
  check(api_error{-404, "not\nfound"}, "-404: not\\x0afound");
  subscription subscribed;
  subscribed.url = "https://example.com/hook\n?token=SECRET";
  subscribed.headers = {{"X-Key", "SECRET"}, {"A\x1b", "SECRET"}};
  check(subscribed, "subscription id=" + nil +
                        " url=https://example.com/hook\\x0a?... headers=[X-Key A\\x1b] updatedAt=" +
                        epoch + " createdAt=" + epoch);
  subscribed.events.emplace().emplace_back("dossier.prepared");
  subscribed.events->emplace_back("new\\");
  subscribed.disabled = true;
  subscribed.url = "https://example.com";
  subscribed.headers.clear();
  check(subscribed, "subscription id=" + nil +
                        " url=https://example.com events=[dossier.prepared new\\\\] headers=[] "
                        "disabled=true updatedAt=" +
                        epoch + " createdAt=" + epoch);
  check(source_snippet{"f", "{", {errc::too_deep, 1, ""}},
        "f:1:2: error: too_deep at (body): nested deeper than the limit\n    1 | {\n      |  ^");
  check(source_snippet{"f", "{", {errc::too_deep, 1, ""}, severity::warning, 41, false},
        "f:42:2: warning: too_deep at (body): nested deeper than the limit");
}

// True for the types whose text has no limit, so that format.hpp and std_format.hpp take no width for it.
template <class T>
inline constexpr bool is_unbounded = false;
template <>
inline constexpr bool is_unbounded<subscription> = true;
template <>
inline constexpr bool is_unbounded<event_name> = true;
template <>
inline constexpr bool is_unbounded<api_error> = true;
template <>
inline constexpr bool is_unbounded<source_snippet> = true;

// True for those that take the format of an int.
template <class T>
inline constexpr bool is_number = false;
template <>
inline constexpr bool is_number<sourced<int>> = true;

}  // namespace printed
