// SPDX-License-Identifier: BSL-1.0
// detail/format/subscription.hpp, by format.hpp.
#include "catch.hpp"
#include <signhook/format.hpp>
#include <signhook/subscription.hpp>
#include <signhook/subscription/audit.hpp>

#include <string>
#include <string_view>

using namespace signhook;

TEST_CASE("request errors name the item and the offset in it") {
  CHECK(fmt::format("{:<14}|", request_errc::url_not_https) == "url_not_https |");
  CHECK(fmt::format("{}", request_error{request_errc::url_not_https, 0, 4}) ==
        "url_not_https in url at 4: the URL must begin with https://");
  CHECK(fmt::format("{}", request_error{request_errc::url_with_fragment, 0, 20}) ==
        "url_with_fragment in url at 20: the URL must not have a fragment");
  CHECK(fmt::format("{}", request_error{request_errc::too_many_event_types, 100, 0}) ==
        "too_many_event_types in events[100] at 0: more event types than the limit");
  CHECK(fmt::format("{}", request_error{request_errc::repeated_event_type, 2, 0}) ==
        "repeated_event_type in events[2] at 0: the event type is repeated");
  CHECK(fmt::format("{}", request_error{request_errc::too_many_headers, 100, 0}) ==
        "too_many_headers in headers[100] at 0: more headers than the limit");
  CHECK(fmt::format("{}", request_error{request_errc::header_value_not_utf8, 1, 3}) ==
        "header_value_not_utf8 in headers[1] at 3: not valid UTF-8");
  CHECK(fmt::format("{:.17}", request_error{request_errc::invalid_client_id, 0, 0}) ==
        "invalid_client_id");
  CHECK(fmt::format("{}", request_error{request_errc::buffer_too_small, 0, 0}) ==
        "buffer_too_small: the buffer is too small");
  constexpr auto most = static_cast<std::size_t>(-1);
  CHECK(fmt::format("{}", request_error{request_errc::invalid_header_value, most, most}).size() <
        200);
}

TEST_CASE("audit reports print on one line") {
  CHECK(fmt::format("{}", audit_report{}) == "no difference");
  audit_report report;
  report.not_handled = event_type_set::of<dossier_prepared, unknown_event>();
  report.not_subscribed = event_type_set::of<invite_viewed>();
  report.disabled = true;
  report.unauthenticated = true;
  CHECK(fmt::format("{}", report) ==
        "subscribed but not handled: dossier.prepared, unknown types; "
        "handled but not subscribed: dossier.invite.viewed; disabled; "
        "no secret header, so anybody can post");
  audit_report absent;
  absent.events_absent = true;
  CHECK(fmt::format("[{:>16}]", absent) == "[   events absent]");

  // The largest there can be.
  for (std::size_t i = 0; i < std::variant_size_v<event>; ++i) {
    report.not_handled.insert(i);
    report.not_subscribed.insert(i);
  }
  report.events_absent = true;
  CHECK(fmt::format("{}", report).size() > 2 * 200);
  CHECK(fmt::format("{}", event_type_set()).empty());
}

TEST_CASE("a subscription prints without what may be secret") {
  subscription of;
  of.url = "https://example.com/hook\n?token=SECRET";
  of.headers = {{"X-Key", "SECRET"}, {"A\x1b", "SECRET"}};
  CHECK(
      fmt::format("{}", of) ==
      "subscription id=00000000-0000-0000-0000-000000000000 url=https://example.com/hook\\x0a?... "
      "headers=[X-Key A\\x1b] updatedAt=1970-01-01T00:00:00+00:00 "
      "createdAt=1970-01-01T00:00:00+00:00");
  of.events.emplace();
  of.events->emplace_back("dossier.prepared");
  of.events->emplace_back("new\\");
  of.disabled = true;
  of.url = "https://example.com";
  of.headers.clear();
  CHECK(fmt::format("{}", of) ==
        "subscription id=00000000-0000-0000-0000-000000000000 url=https://example.com "
        "events=[dossier.prepared new\\\\] headers=[] disabled=true "
        "updatedAt=1970-01-01T00:00:00+00:00 createdAt=1970-01-01T00:00:00+00:00");
  CHECK(fmt::format("{}", api_error{404, "not\nfound"}) == "404: not\\x0afound");
}
