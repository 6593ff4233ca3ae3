// SPDX-License-Identifier: BSL-1.0
// detail/format_webhook.hpp, as a part of format.hpp.
#include "catch.hpp"
#include <signhook/format.hpp>

#include <string>
#include <string_view>

using namespace signhook;

TEST_CASE("errors of drafts say which item and where in it") {
  CHECK(fmt::format("{:<14}|", request_errc::url_not_https) == "url_not_https |");
  CHECK(fmt::format("{}", request_error{request_errc::url_not_https, 0, 4}) ==
        "url_not_https in url at 4: the address must begin with https://");
  CHECK(fmt::format("{}", request_error{request_errc::url_with_fragment, 0, 20}) ==
        "url_with_fragment in url at 20: no request carries a fragment");
  CHECK(fmt::format("{}", request_error{request_errc::too_many_event_types, 100, 0}) ==
        "too_many_event_types in events[100] at 0: more types of event than the limit");
  CHECK(fmt::format("{}", request_error{request_errc::repeated_event_type, 2, 0}) ==
        "repeated_event_type in events[2] at 0: the type occurs again");
  CHECK(fmt::format("{}", request_error{request_errc::too_many_headers, 100, 0}) ==
        "too_many_headers in headers[100] at 0: more headers than the limit");
  CHECK(fmt::format("{}", request_error{request_errc::header_value_not_utf8, 1, 3}) ==
        "header_value_not_utf8 in headers[1] at 3: this byte cannot stand here in UTF-8");
  CHECK(fmt::format("{:.17}", request_error{request_errc::invalid_client_id, 0, 0}) ==
        "invalid_client_id");
  CHECK(fmt::format("{}", request_error{request_errc::buffer_too_small, 0, 0}) ==
        "buffer_too_small: the buffer is too small");
  constexpr auto most = static_cast<std::size_t>(-1);
  CHECK(fmt::format("{}", request_error{request_errc::invalid_header_value, most, most}).size() <
        200);
}

TEST_CASE("audits print on one line") {
  CHECK(fmt::format("{}", audit_report{}) == "nothing to repair");
  audit_report report;
  report.not_handled = event_type_set::of<dossier_prepared, unknown_event>();
  report.not_subscribed = event_type_set::of<invite_viewed>();
  report.disabled = true;
  report.unauthenticated = true;
  CHECK(fmt::format("{}", report) ==
        "subscribed but not handled: dossier.prepared, unknown types; "
        "handled but not subscribed: dossier.invite.viewed; disabled; "
        "no custom header, so anybody may post");
  audit_report not_told;
  not_told.events_not_told = true;
  CHECK(fmt::format("[{:>26}]", not_told) == "[   types of event not told]");

  // The largest there can be.
  for (std::size_t i = 0; i < 9; ++i) {
    report.not_handled.insert(i);
    report.not_subscribed.insert(i);
  }
  report.events_not_told = true;
  CHECK(fmt::format("{}", report).size() > 2 * 200);
  CHECK(fmt::format("{}", event_type_set()).empty());
}

TEST_CASE("a webhook prints without what may be secret") {
  webhook of;
  of.url = "https://example.com/hook\n?token=SECRET";
  of.headers = {{"X-Key", "SECRET"}, {"A\x1b", "SECRET"}};
  CHECK(fmt::format("{}", of) ==
        "webhook id=00000000-0000-0000-0000-000000000000 url=https://example.com/hook\\x0a?... "
        "headers=[X-Key A\\x1b] updatedAt=1970-01-01T00:00:00+00:00 "
        "createdAt=1970-01-01T00:00:00+00:00");
  of.events.emplace();
  of.events->emplace_back("dossier.prepared");
  of.events->emplace_back("new\\");
  of.disabled = true;
  of.url = "https://example.com";
  of.headers.clear();
  CHECK(fmt::format("{}", of) ==
        "webhook id=00000000-0000-0000-0000-000000000000 url=https://example.com "
        "events=[dossier.prepared new\\\\] headers=[] disabled=true "
        "updatedAt=1970-01-01T00:00:00+00:00 createdAt=1970-01-01T00:00:00+00:00");
  CHECK(fmt::format("{}", api_error{404, "not\nfound"}) == "404: not\\x0afound");
}
