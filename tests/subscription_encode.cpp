// SPDX-License-Identifier: BSL-1.0
// The requests equal the documented ones, are read back by simdjson, and allocate nothing.
#include "allocations.hpp"
#include "catch.hpp"
#include <signhook/subscription.hpp>

#include <simdjson.h>

#include <array>
#include <cstddef>
#include <iterator>
#include <list>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace signhook;

// Returns JSON without the white space between tokens.
std::string minified(std::string_view json) {
  std::string text(json.size(), '\0');
  std::size_t size = 0;
  REQUIRE(simdjson::minify(json.data(), json.size(), text.data(), size) == simdjson::SUCCESS);
  return text.substr(0, size);
}

std::string created(const subscription_request& request, const request_options& options = {}) {
  std::string body;
  const auto written = encode_create_to(request, std::back_inserter(body), options);
  return written ? body : std::string(name(written.error().code)) + (body.empty() ? "" : "!");
}

std::string updated(const auto& of, const request_options& options = {}) {
  std::string body;
  const auto written = encode_update_to(of, std::back_inserter(body), options);
  return written ? body : std::string(name(written.error().code)) + (body.empty() ? "" : "!");
}

request_options with_unknown_types() {
  request_options options;
  options.types = unknown::keep;
  return options;
}

std::vector<event_name> default_names() {
  std::vector<event_name> names;
  for (const std::string_view name : default_event_types) names.emplace_back(std::string(name));
  return names;
}

// Paths are written in constant expressions too.
constexpr std::size_t constant_path_size = [] {
  std::array<char, 64> buffer{};
  const auto path = create_path("kid", buffer);
  return path->size();
}();
static_assert(constant_path_size == std::string_view("/clients/kid/webhooks").size());

}  // namespace

TEST_CASE("the documented request with types") {
  const std::string documented = minified(R"({
"url": "https://example.com",
"events": [
"dossier.state.updated",
"dossier.prepared",
"dossier.invite.undelivered"
]
})");
  CHECK(created({"https://example.com", default_names(), {}}) == documented);
}

TEST_CASE("the documented request with a header") {
  CHECK(created({"https://example.com", {}, {{"My-Custom-Header", "Example"}}}) == minified(R"({
"url": "https://example.com",
"headers": {
"My-Custom-Header": "Example"
}
})"));
}

TEST_CASE("the documented update that re-enables") {
  CHECK(reenable_body == R"({"disabled":false})");
}

TEST_CASE("empty types and headers are left out, but an update has its headers") {
  CHECK(created({"https://example.com"}) == R"({"url":"https://example.com"})");
  CHECK(updated(subscription_request{"https://example.com"}) ==
        R"({"url":"https://example.com","headers":{}})");
}

TEST_CASE("the scheme is written in lower case, and the rest unchanged") {
  CHECK(created({"HTTPS://Example.COM/%7eA?b"}) == R"({"url":"https://Example.COM/%7eA?b"})");
}

TEST_CASE("a subscription is written as an update") {
  subscription of;
  of.url = "https://example.com";
  CHECK(updated(of) == R"({"url":"https://example.com","headers":{}})");
  of.events.emplace();
  of.disabled = true;
  CHECK(updated(of) == R"({"url":"https://example.com","events":[],"headers":{},"disabled":true})");
  of.events->emplace_back("dossier.prepared");
  of.headers.push_back({"X-A", "1"});
  of.headers.push_back({"X-B", ""});
  of.disabled = false;
  CHECK(
      updated(of) ==
      R"({"url":"https://example.com","events":["dossier.prepared"],"headers":{"X-A":"1","X-B":""},)"
      R"("disabled":false})");

  of.events->emplace_back("new");
  CHECK(validate(of) == request_error{request_errc::unknown_event_type, 1, 0});
  CHECK(updated(of) == "unknown_event_type");
  CHECK(updated(of, with_unknown_types()).find(R"(["dossier.prepared","new"])") !=
        std::string::npos);
  of.headers.push_back({"x-a", "2"});
  CHECK(validate(of, with_unknown_types()) ==
        request_error{request_errc::repeated_header_name, 2, 0});
  of.url = "ftp://example.com";
  CHECK(validate(of) == request_error{request_errc::url_not_https, 0, 0});
}

TEST_CASE("every Unicode character is read back unchanged") {
  simdjson::dom::parser parser;
  const auto compare = [&parser](const std::string& text) {
    const std::string value = "a" + text + "b";
    const std::vector types = {event_name(text)};
    const std::vector headers = {custom_header{"X", value}};
    const bool is_value = !detail::check_field_value(value, 0);
    const std::string body = is_value ? created({"https://a", types, headers}, with_unknown_types())
                                      : created({"https://a", types, {}}, with_unknown_types());
    simdjson::dom::element json;
    if (parser.parse(body).get(json) != simdjson::SUCCESS) FAIL(body);
    std::string_view read;
    if (json["events"].at(0).get(read) != simdjson::SUCCESS || read != text) FAIL(body);
    if (!is_value) return;
    if (json["headers"]["X"].get(read) != simdjson::SUCCESS || read != value) FAIL(body);
  };
  // Characters below U+0100 one by one, the others a few together.
  std::array<char, 4> bytes{};
  std::string text;
  for (char32_t c = 0; c <= 0x10ffff; ++c) {
    if (c >= 0xd800 && c <= 0xdfff) continue;
    text.append(bytes.data(), detail::write_utf8(bytes.data(), c));
    if (c > 0xff && c != 0x10ffff && text.size() + 4 <= type_text::capacity) continue;
    compare(text);
    text.clear();
  }
}

TEST_CASE("a buffer that is too small for a request is not written to") {
  const subscription_request request{
      "https://example.com", default_names(), {{"X-Secret", "0123456789"}}};
  subscription of;
  of.url = request.url;
  of.headers.push_back({"X-Secret", "0123456789"});
  const auto check_all = [](const std::string& whole, auto encode) {
    std::string buffer(whole.size() + 1, '?');
    for (std::size_t room = 0; room <= whole.size() + 1; ++room) {
      buffer.assign(whole.size() + 1, '?');
      const request_result<std::string_view> body = encode(std::span(buffer.data(), room));
      REQUIRE(body.has_value() == (room >= whole.size()));
      if (body) {
        CHECK(*body == whole);
        CHECK(buffer == whole + "?");
      } else {
        CHECK(body.error() == request_error{request_errc::buffer_too_small, 0, 0});
        CHECK(buffer == std::string(whole.size() + 1, '?'));
      }
    }
  };
  check_all(created(request), [&](std::span<char> to) { return encode_create(request, to); });
  check_all(updated(request), [&](std::span<char> to) { return encode_update(request, to); });
  check_all(updated(of), [&](std::span<char> to) { return encode_update(of, to); });
  const subscription_id id;
  check_all("/clients/k%20d/webhooks", [](std::span<char> to) { return create_path("k d", to); });
  check_all("/clients/k/webhooks/00000000-0000-0000-0000-000000000000",
            [&](std::span<char> to) { return subscription_path("k", id, to); });
}

TEST_CASE("nothing is written if a request is rejected") {
  const std::vector types = {event_name("new")};
  const std::vector headers = {custom_header{"X", "a\nb"}};
  CHECK(created({"http://example.com"}) == "url_not_https");
  CHECK(created({"https://example.com", types, {}}) == "unknown_event_type");
  CHECK(created({"https://example.com", {}, headers}) == "invalid_header_value");
  CHECK(updated(subscription_request{"https://example.com", {}, headers}) ==
        "invalid_header_value");
  std::string buffer(100, '?');
  CHECK_FALSE(encode_create({"http://example.com"}, buffer));
  CHECK_FALSE(encode_update(subscription_request{"http://example.com"}, buffer));
  CHECK(buffer == std::string(100, '?'));
}

TEST_CASE("a request is written to any output iterator") {
  std::list<char> list;
  CHECK(encode_create_to({"https://example.com"}, std::back_inserter(list)));
  CHECK(std::string(list.begin(), list.end()) == R"({"url":"https://example.com"})");
}

TEST_CASE("paths follow a base address") {
  // Documented: POST https://api.cm.com/sign/v1/clients/{kid}/webhooks
  std::string path(production_base);
  CHECK(create_path_to("4ae51a91-9c4c-4c1d-8f4f-1f8a8b3b6a2e", std::back_inserter(path)));
  CHECK(path == "https://api.cm.com/sign/v1/clients/4ae51a91-9c4c-4c1d-8f4f-1f8a8b3b6a2e/webhooks");
  CHECK(sandbox_base == "https://api.cm.com/sign-sandbox/v1");

  const auto id = *subscription_id::parse("77E79832-1708-4a49-9528-3536ba4057d7");
  path.clear();
  CHECK(subscription_path_to("k", id, std::back_inserter(path)));
  CHECK(path == "/clients/k/webhooks/77e79832-1708-4a49-9528-3536ba4057d7");
}

TEST_CASE("a client id is one segment of the path, whatever is in it") {
  struct row {
    std::string_view kid;
    std::string_view segment;
  };
  using namespace std::string_view_literals;
  for (const row& one : {
           row{"azAZ09-._~", "azAZ09-._~"},  // RFC 3986, section 2.3
           row{"a/b", "a%2Fb"},
           row{"../x", "..%2Fx"},
           row{"...", "..."},
           row{" %?#", "%20%25%3F%23"},
           row{"!$&'()*+,;=:@[]", "%21%24%26%27%28%29%2A%2B%2C%3B%3D%3A%40%5B%5D"},
           row{"\0\x7f\xff"sv, "%00%7F%FF"},
           row{"\xc3\xa9", "%C3%A9"},
       }) {
    std::string path;
    CHECK(create_path_to(one.kid, std::back_inserter(path)));
    CHECK(path == "/clients/" + std::string(one.segment) + "/webhooks");
    // A base address with the path is a valid URL.
    CHECK_FALSE(validate({std::string(production_base) + path}));
  }
  for (const std::string_view kid : {"", ".", ".."}) {
    std::string path;
    const auto written = create_path_to(kid, std::back_inserter(path));
    REQUIRE_FALSE(written);
    CHECK(written.error() == request_error{request_errc::invalid_client_id, 0, 0});
    CHECK_FALSE(subscription_path_to(kid, {}, std::back_inserter(path)));
    CHECK(path.empty());
    std::array<char, 100> buffer{};
    CHECK_FALSE(create_path(kid, buffer));
    CHECK_FALSE(subscription_path(kid, {}, buffer));
  }
}

TEST_CASE("writing a request allocates nothing", "[allocations]") {
  const subscription_request good{
      "https://example.com", default_names(), {{"X-Secret", "0123456789"}}};
  const subscription_request bad{
      "https://example.com", default_names(), {{"X-Secret", " 0123456789"}}};
  subscription of;
  of.url = "https://example.com/a/path/that/is/longer/than/what/a/string/keeps/inside";
  of.events.emplace().emplace_back("dossier.invitee.reassignRequest.state.updated");
  of.headers.push_back({"X-Secret-With-A-Long-Name", "0123456789abcdef0123456789abcdef"});
  std::array<char, 1024> buffer{};
  std::array<char, 10> small{};
  std::size_t written = 0;
  std::size_t rejected = 0;
  const auto count = [&](const auto& body) { (body ? written : rejected) += 1; };
  const std::size_t before = allocations::count();
  for (int i = 0; i < 1000; ++i) {
    count(encode_create(good, buffer));
    count(encode_create(bad, buffer));
    count(encode_update(good, buffer));
    count(encode_update(of, buffer));
    count(encode_update(of, small));
    count(create_path("client", buffer));
    count(subscription_path("client", of.id, buffer));
    count(subscription_path("..", of.id, buffer));
  }
  const std::size_t after = allocations::count();
  CHECK(after == before);
  CHECK(written == 5000);
  CHECK(rejected == 3000);
}
