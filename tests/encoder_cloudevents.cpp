// SPDX-License-Identifier: BSL-1.0
// specifications/ has what is written read by the CloudEvents SDK; uri_mutations.cpp compares URI-references with
// uriparser.
#include "catch.hpp"
#include <signhook/decoder.hpp>
#include <signhook/encoder/cloudevents.hpp>

#include <array>
#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>

namespace {

using namespace signhook;

std::string cloud_event(std::string_view body, cloud_event_source source = {}) {
  decoder decoder;
  std::string text;
  write_cloud_event(std::back_inserter(text), decoder.decode(body).value(), body, source);
  return text;
}

std::string attribute(const event& of, std::string_view wanted) {
  std::string found = "(none)";
  for_each_cloud_event_attribute(of, {}, [&](std::string_view name, std::string_view value) {
    if (name == wanted) found = value;
  });
  return found;
}

event event_of_type(std::string_view type) {
  unknown_event made;
  made.type = type_text::from(type).value();
  return made;
}

// In a constant expression, into an array.
constexpr std::size_t cloud_event_size = [] {
  std::array<char, 1024> text{};
  return static_cast<std::size_t>(write_cloud_event(text.data(), samples[0], "{}") - text.data());
}();

}  // namespace

TEST_CASE("a CloudEvent has its attributes in order, and the body's bytes as they are") {
  const std::string body =
      "{\"id\" :\"B041A287-bc92-4469-801e-ae1a39c08f6e\",\n\t\"new\":[1.50,\"\\u00e9\"],"
      "\"type\":\"dossier.prepared\",\"created\":\"2026-01-01T01:02:03.120-01:30\","
      "\"dossier\":{\"state\":\"draft\",\"id\":\"b659c273-954e-43cf-893a-0f74a7f87153\"}}";
  const std::string expected =
      R"({"specversion":"1.0","id":"b041a287-bc92-4469-801e-ae1a39c08f6e",)"
      R"("source":"https://api.cm.com/sign/v1","type":"com.cm.sign.dossier.prepared",)"
      R"("subject":"dossiers/b659c273-954e-43cf-893a-0f74a7f87153",)"
      R"("time":"2026-01-01T01:02:03.12-01:30","datacontenttype":"application/json","data":)" +
      body + "}";
  CHECK(cloud_event(body) == expected);
  CHECK(cloud_event(" \t\r\n" + body + "\n") == expected);
}

TEST_CASE("a CloudEvent of an event without a dossier has no subject") {
  CHECK(attribute(event_of_type("new"), "subject") == "(none)");
  CHECK(attribute(samples[0], "subject").starts_with("dossiers/"));
}

TEST_CASE("each known event's type is the CloudEvent's, after a prefix") {
  for (const event& sample : samples) {
    CHECK(attribute(sample, "type") == "com.cm.sign." + std::string(type_of(sample)));
  }
}

TEST_CASE("characters that CloudEvents forbids are percent-encoded in the type") {
  struct row {
    std::string_view type;
    std::string_view expected;
  };
  for (const row& one :
       {row{"", ""}, row{"a b%", "a b%"}, row{std::string_view("\0", 1), "%00"},
        row{"\x1f\x20", "%1F\x20"}, row{"~\x7f", "~%7F"},
        row{"\xc2\x80\xc2\x9f\xc2\xa0", "%C2%80%C2%9F\xc2\xa0"}, row{"\xc3\x80", "\xc3\x80"},
        row{"\xef\xb7\x8f\xef\xb7\x90", "\xef\xb7\x8f%EF%B7%90"},
        row{"\xef\xb7\xaf\xef\xb7\xb0", "%EF%B7%AF\xef\xb7\xb0"},
        row{"\xef\xbf\xbd\xef\xbf\xbe\xef\xbf\xbf", "\xef\xbf\xbd%EF%BF%BE%EF%BF%BF"},
        row{"\xee\xbf\xbf\xe0\xbf\xbf", "\xee\xbf\xbf\xe0\xbf\xbf"},
        row{"\xf0\x9f\xbf\xbd\xf0\x9f\xbf\xbe", "\xf0\x9f\xbf\xbd%F0%9F%BF%BE"},
        row{"\xf4\x8f\xbf\xbf", "%F4%8F%BF%BF"}, row{"\xf0\x9e\xbf\xbf", "\xf0\x9e\xbf\xbf"},
        row{"\xf0\x9f\xbe\xbf", "\xf0\x9f\xbe\xbf"}}) {
    INFO(one.expected);
    CHECK(attribute(event_of_type(one.type), "type") == "com.cm.sign." + std::string(one.expected));
  }
  // The longest of them.
  const std::string nuls(type_text::capacity, '\0');
  CHECK(attribute(event_of_type(nuls), "type").size() ==
        sizeof("com.cm.sign.") - 1 + 3 * nuls.size());
}

TEST_CASE("a source is a URI-reference that is not empty") {
  for (const std::string_view good :
       {"/", "a", "urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66", "https://api.cm.com/sign/v1",
        "//host", "mailto:a@b", "#f", "?q", "a/b:c", "https://[::1]:80/x?y#z", "1-555-123-4567"}) {
    INFO(good);
    const auto source = cloud_event_source::from(good);
    REQUIRE(source);
    CHECK(source->view() == good);
  }
  for (const std::string_view bad : {"", " ", "a b", "1a:b", ":", "%", "%4", "%4g", "http://[::1",
                                     "http://a:b", "a#b#c", "\xc3\xa9", "a\n"}) {
    INFO(bad);
    CHECK_FALSE(cloud_event_source::from(bad));
  }
  CHECK(cloud_event_source().view() == production_base);
  CHECK(cloud_event_source::from(production_base) == cloud_event_source());
}

TEST_CASE("a CloudEvent is written at compile time too") {
  std::string text;
  write_cloud_event(std::back_inserter(text), samples[0], "{}", {});
  CHECK(text.size() == cloud_event_size);
}
