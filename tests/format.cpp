// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include "printed.hpp"
#include <signhook/format.hpp>

#include <fmt/compile.h>
#include <fmt/ranges.h>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

namespace {

using namespace signhook;

std::string snippet(std::string_view body, errc code, std::uint32_t offset) {
  return fmt::format("{}", source_snippet{"f", body, error{code, offset, ""}});
}

}  // namespace

TEST_CASE("ids, times, states and codes print as their text, and are padded like strings") {
  const auto id = *uuid::parse("B659C273-954E-43CF-893A-0F74A7F87153");
  CHECK(fmt::format("{}", id) == "b659c273-954e-43cf-893a-0f74a7f87153");
  CHECK(fmt::format("{:.8}", id) == "b659c273");
  CHECK(fmt::format("[{:>40}]", dossier_id(id)) == "[    b659c273-954e-43cf-893a-0f74a7f87153]");
  CHECK(fmt::format("{}", *timestamp::parse("2026-01-01t00:00:00.50z")) ==
        "2026-01-01T00:00:00.5+00:00");
  CHECK(fmt::format("[{:*^9}]", open_state<dossier_state>(dossier_state::draft)) == "[**draft**]");
  CHECK(fmt::format("{}", *open_state<dossier_state>::from_text("lost")) == "lost");
  CHECK(fmt::format("{}", invitee_state::reassigned) == "reassigned");
  CHECK(fmt::format("{}", reassign_request_state::approved) == "approved");
  CHECK(fmt::format("{:<14}|", errc::too_deep) == "too_deep      |");
  CHECK(fmt::format("{}", severity::warning) == "warning");
  CHECK(fmt::format("{:>6}", location{6, 11}) == "  6:11");
  CHECK(fmt::format("{}", error{errc::wrong_type, 3, "/dossier"}) ==
        "wrong_type at /dossier: value of the wrong JSON type");
  CHECK(fmt::format("{}",
                    diagnostic{severity::warning, {errc::unknown_member, 3, "/dossier"}, "x"}) ==
        "warning: unknown_member at /dossier: unknown member");
  CHECK(fmt::format("{} {}", unknown::keep, unknown_members::ignore) == "keep ignore");
  CHECK(fmt::format("{} {}", health::warned, recovery::quiet_week) == "warned quiet_week");
  CHECK(fmt::format("{}; {:>8}", outcome_of(503), outcome_of(404)) ==
        "retried (documented); unknown (undocumented)");
  CHECK(fmt::format("[{:>38}]", result<uuid>(id)) == "[  b659c273-954e-43cf-893a-0f74a7f87153]");
  CHECK(fmt::format("{}", result<uuid>(unexpect, error{errc::wrong_type, 3, "/id"})) ==
        "wrong_type at /id: value of the wrong JSON type");
  CHECK(fmt::format("{}", error{errc::empty_body, 0, ""}) ==
        "empty_body at (body): the body is empty");
}

TEST_CASE("errors and sourced values are padded as a whole") {
  const error wrong{errc::empty_body, 0, ""};
  CHECK(fmt::format("[{:>42}]", wrong) == "[   empty_body at (body): the body is empty]");
  CHECK(fmt::format("[{:>42}]", result<uuid>(unexpect, wrong)) ==
        "[   empty_body at (body): the body is empty]");
  CHECK(fmt::format("[{:>{}.{}}]", result<uuid>(unexpect, wrong), 12, 10) == "[  empty_body]");
  CHECK(fmt::format("[{:<24}]", outcome_of(503)) == "[retried (documented)    ]");
  CHECK(fmt::format("[{:>5}]", max_retries) == "[    4 (documented)]");  // an int's format
  CHECK(fmt::format("{:x}", result<int>(unexpect, wrong)) ==
        "empty_body at (body): the body is empty");
}

TEST_CASE("aggregates with invalid values print without a crash") {
  const std::string longest(3000, 'x');
  const std::string control(3000, '\x01');
  for (const std::string& path : {longest, control}) {
    const std::string text = fmt::format("{}", error{errc::missing_member, 0, path});
    CHECK(text.size() < 1024);
    CHECK(text.find('\x01') == std::string::npos);
    CHECK(text.starts_with("missing_member at "));
    CHECK(text.find(": missing required member") != std::string::npos);
    CHECK(fmt::format("{}", diagnostic{severity::error, {errc::missing_member, 0, path}, ""}) ==
          "error: " + text);
    CHECK(fmt::format("{}", source_snippet{"f", "{}", {errc::missing_member, 0, path}})
              .starts_with("f:1:1: error: missing_member at "));
    receive_result of;
    of.verdict = verdict::accepted;
    of.status = -2147483647 - 1;
    of.fault = fault::schema;
    of.error = error{errc::missing_member, 0, path};
    of.event = samples[0];
    CHECK(fmt::format("{}", of).starts_with("accepted, answered -2147483648: schema: missing"));
  }
  CHECK(fmt::format("{}", location{UINT32_MAX, UINT32_MAX}) == "4294967295:4294967295");
}

TEST_CASE("values that are not enumerators print as such") {
  CHECK(fmt::format("{}", static_cast<errc>(200)) == "(invalid)");
  CHECK(fmt::format("{}", static_cast<request_errc>(200)) == "(invalid)");
  CHECK(fmt::format("{}", static_cast<dossier_state>(200)) == "(invalid)");
  CHECK(fmt::format("{}", static_cast<apply_result>(200)) == "(invalid)");
  CHECK(fmt::format("{}", error{static_cast<errc>(200), 0, ""}).starts_with("(invalid) at (body)"));
  CHECK(fmt::format("{}", request_error{static_cast<request_errc>(200), 0, 0}) == "(invalid): ");
}

// Formats a value in each of fmt's ways and returns the text if all agree.
template <class T>
std::string formatted(const T& value) {
  std::string text = fmt::format("{}", value);
  CHECK(fmt::to_string(value) == text);
  CHECK(fmt::format(FMT_COMPILE("{}"), value) == text);
  std::string appended;
  fmt::format_to(std::back_inserter(appended), FMT_COMPILE("{}"), value);
  CHECK(appended == text);
  std::string buffer(text.size(), '?');
  CHECK(fmt::format_to(buffer.data(), FMT_COMPILE("{}"), value) == buffer.data() + text.size());
  CHECK(buffer == text);
  return text;
}

TEST_CASE("fmt prints every type as it prints its text, with to_string and FMT_COMPILE too") {
  printed::for_each([]<class T>(const T& value, const std::string& text) {
    CHECK(formatted(value) == text);
    if constexpr (printed::is_unbounded<T>) {
#if defined(__cpp_exceptions)
      CHECK_THROWS_AS(fmt::format(fmt::runtime("{:>8}"), value), fmt::format_error);
#endif
    } else if constexpr (!printed::is_number<T>) {
      const std::size_t width = text.size() + 7;
      for (const std::string_view format : {"{:<{}}", "{:*>{}}", "{:^{}}", "{:-^{}.5}"}) {
        CHECK(fmt::format(fmt::runtime(format), value, width) ==
              fmt::format(fmt::runtime(format), text, width));
      }
    }
  });
}

TEST_CASE("events print on one line, named as on the wire") {
  CHECK(fmt::format("{}", samples[4]) ==
        "dossier.invitee.state.updated id=12a1eded-01ca-4e56-9e6c-125842dca977 "
        "created=2026-01-01T00:00:00+00:00 "
        "dossier={id=b659c273-954e-43cf-893a-0f74a7f87153 state=pending} "
        "invitee={id=f6b72c37-9255-4272-8b21-f2f6ba9537ba state=approved}");
  CHECK(fmt::format("{}", std::get<invitee_state_updated>(samples[4]).invitee) ==
        "{id=f6b72c37-9255-4272-8b21-f2f6ba9537ba state=approved}");
  CHECK(fmt::format("{:.16}", std::get<dossier_prepared>(samples[5])) == "dossier.prepared");
  CHECK(fmt::format("{:400}", samples[5]).size() == 400);
}

TEST_CASE("texts from outside are escaped") {
  unknown_event unknown;
  unknown.type = *type_text::from("a\nb\x1b[31m\\\x7f\xc2\x85");
  CHECK(fmt::format("{}", event(unknown)) ==
        "a\\x0ab\\x1b[31m\\\\\\x7f\\xc2\\x85 id=00000000-0000-0000-0000-000000000000 "
        "created=1970-01-01T00:00:00+00:00");
  CHECK(fmt::format("{}", *open_state<dossier_state>::from_text("\r\n")) == "\\x0d\\x0a");

  // The largest there can be.
  const std::string worst(79, '\x01');
  unknown.type = *type_text::from(worst);
  unknown.dossier = dossier{{}, *open_state<dossier_state>::from_text(worst.substr(0, 46))};
  CHECK(fmt::format("{}", event(unknown)).size() > 4 * (79 + 46));
  const event reassign = reassign_request_state_updated{
      {},
      {},
      *unknown.dossier,
      {{},
       *open_state<reassign_request_state>::from_text(worst.substr(0, 46)),
       {{}, *open_state<invitee_state>::from_text(worst.substr(0, 46))}}};
  CHECK(fmt::format("{}", reassign).size() > 4 * 3 * 46);
}

TEST_CASE("a source snippet shows the line of an error and a mark") {
  const std::string body =
      "{\n  \"type\": \"x\",\n  \"dossier\": {\n    \"id\": \"b659c273-954e\",\n  }\n}";
  const auto offset = static_cast<std::uint32_t>(body.find("\"b659"));
  CHECK(fmt::format("{}", source_snippet{"state.json", body,
                                         error{errc::invalid_uuid, offset, "/dossier/id"}}) ==
        "state.json:4:11: error: invalid_uuid at /dossier/id: expected a UUID\n"
        "    4 |     \"id\": \"b659c273-954e\",\n"
        "      |           ^");
  CHECK(
      fmt::format("{}", source_snippet{"state.json", body, error{errc::unknown_member, offset, ""},
                                       severity::warning, 6, false}) ==
      "state.json:10:11: warning: unknown_member at (body): unknown member \"b659c273-954e\"");
  // More lines than 32 bits count, and the mark still below its place.
  CHECK(fmt::format("{}", source_snippet{"lines", "[1]", error{errc::not_an_object, 0, ""},
                                         severity::error, 5'000'000'000}) ==
        "lines:5000000001:1: error: not_an_object at (body): expected an object, found an array\n"
        "5000000001 | [1]\n"
        "           | ^");
}

TEST_CASE("source snippets of hostile bodies are harmless") {
  struct row {
    std::string body;
    std::uint32_t offset;
    std::string text;
  };
  const std::string head = " error: too_deep at (body): nested deeper than the limit\n";
  for (const row& one : {
           row{"", 0, "f:1:1:" + head + "    1 | \n      | ^"},
           row{"", 9, "f:1:1:" + head + "    1 | \n      | ^"},
           row{"{", 1, "f:1:2:" + head + "    1 | {\n      |  ^"},
           row{"{\n", 2, "f:2:1:" + head + "    2 | \n      | ^"},
           row{"{\r\n}x\r\n", 4, "f:2:2:" + head + "    2 | }x\n      |  ^"},
           row{"\ta\x1b[2J\xff\x7f.", 7, "f:1:8:" + head + "    1 |  a?[2J??.\n      |        ^"},
           row{std::string("a\0b", 3), 1, "f:1:2:" + head + "    1 | a?b\n      |  ^"},
           row{std::string(200, 'x') + "!" + std::string(200, 'y'), 200,
               "f:1:201:" + head + "    1 | ..." + std::string(60, 'x') + "!" +
                   std::string(59, 'y') + "...\n      | " + std::string(63, ' ') + "^"},
           // Just short enough to be shown as a whole.
           row{std::string(60, 'x') + "!" + std::string(59, 'y'), 60,
               "f:1:61:" + head + "    1 | " + std::string(60, 'x') + "!" + std::string(59, 'y') +
                   "\n      | " + std::string(60, ' ') + "^"},
           row{std::string(61, 'x') + "!" + std::string(60, 'y'), 61,
               "f:1:62:" + head + "    1 | ..." + std::string(60, 'x') + "!" +
                   std::string(59, 'y') + "...\n      | " + std::string(63, ' ') + "^"},
       }) {
    CHECK(snippet(one.body, errc::too_deep, one.offset) == one.text);
  }
}

TEST_CASE("a space is printable, and what comes before it is not") {
  unknown_event of;
  of.type = *type_text::from("a b\x1f");
  CHECK(fmt::format("{}", event(of)).find("a b\\x1f") != std::string::npos);
}

TEST_CASE("a latest value prints on one line, with its conflict") {
  dossier_projection projection(*dossier_id::parse("b659c273-954e-43cf-893a-0f74a7f87153"));
  projection.apply(schema<dossier_state_updated>::sample);
  CHECK(fmt::format("{}", *projection.state()) ==
        "completed at 2026-01-01T00:00:00+00:00 by b041a287-bc92-4469-801e-ae1a39c08f6e");
  projection.apply(schema<dossier_prepared>::sample);
  CHECK(fmt::format("{}", *projection.state()) ==
        "completed at 2026-01-01T00:00:00+00:00 by b041a287-bc92-4469-801e-ae1a39c08f6e, or "
        "draft at 2026-01-01T00:00:00+00:00 by c36f5fc9-b412-4aeb-9cbd-bdb6cdca581f");
  CHECK(fmt::format("[{:>10.9}]", projection.state()->last) == "[ completed]");
  projection.apply(schema<invite_viewed>::sample);
  CHECK(fmt::format("{:.34}", projection.invites().begin()->status) ==
        "viewed at 2026-01-01T00:00:00+00:0");
  CHECK(fmt::format("{:.36}", *projection.invitees().begin()->viewed) ==
        "87aa2c40-7ad1-4493-8ede-640eab6d2f4e");
  CHECK(fmt::format("{} {} {}", invite_status::undelivered, apply_result::rejected,
                    observation_kind::viewed) == "undelivered rejected viewed");

  // The largest there can be.
  const auto worst = *open_state<reassign_request_state>::from_text(std::string(46, '\x01'));
  observation<open_state<reassign_request_state>> longest{
      worst, *timestamp::parse("2026-01-01T00:00:00.123456789Z"), {}};
  const std::string written = fmt::format("{}", longest);
  CHECK(written.size() == 4 * 46 + 4 + 35 + 4 + 36);
  CHECK(fmt::format("{}", latest<open_state<reassign_request_state>>{longest, longest}) ==
        written + ", or " + written);
}
