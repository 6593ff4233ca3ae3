// SPDX-License-Identifier: BSL-1.0
// What the RFCs say of addresses, names and values: conformance/rfc3986.cpp and rfc9110.cpp.
#include "catch.hpp"
#include <signhook/subscription/request.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace signhook;

constexpr std::string_view good_url = "https://example.com";

std::optional<request_error> check_types(const std::vector<std::string_view>& types,
                                         const draft_options& options = {}) {
  return check({good_url, types, {}}, options);
}

std::optional<request_error> check_headers(const std::vector<custom_header>& headers,
                                           const draft_options& options = {}) {
  return check({good_url, {}, headers}, options);
}

draft_options keeping_types() {
  draft_options options;
  options.types = unknown::keep;
  return options;
}

// A draft in a constant expression.
constexpr std::array some_types = {schema<dossier_prepared>::type, schema<invite_viewed>::type};
constexpr std::array some_headers = {custom_header{"X-Secret", "0123456789abcdef"}};
static_assert(!check({"https://example.com/hook?tenant=1", some_types, some_headers}));
static_assert(check({"http://example.com", some_types, some_headers}) ==
              request_error{request_errc::url_not_https, 0, 4});

}  // namespace

TEST_CASE("the default types are those of the service's page") {
  CHECK(std::vector<std::string_view>(default_event_types.begin(), default_event_types.end()) ==
        std::vector<std::string_view>{"dossier.state.updated", "dossier.prepared",
                                      "dossier.invite.undelivered"});
}

TEST_CASE("a draft of nothing is rejected, and nothing is read of it") {
  CHECK(check(subscription_request{}) == request_error{request_errc::url_not_https, 0, 0});
  CHECK_FALSE(check({good_url}));
}

TEST_CASE("an address may have so many bytes") {
  std::string longest(good_url);
  longest.resize(draft_options().max_url_bytes, '/');
  CHECK_FALSE(check({longest}));
  longest += '/';
  CHECK(check({longest}) == request_error{request_errc::url_too_long, 0, 8000});
  draft_options options;
  options.max_url_bytes = good_url.size();
  CHECK_FALSE(check({good_url}, options));
  options.max_url_bytes -= 1;
  CHECK(check({good_url}, options) ==
        request_error{request_errc::url_too_long, 0, good_url.size() - 1});
}

TEST_CASE("types of event are known and unique, unless asked otherwise") {
  CHECK_FALSE(check_types({event_types.begin(), event_types.end()}));
  const std::string_view known = "dossier.prepared";
  CHECK(check_types({known, "dossier.Prepared"}) ==
        request_error{request_errc::unknown_event_type, 1, 0});
  CHECK(check_types({""}) == request_error{request_errc::unknown_event_type, 0, 0});
  CHECK(check_types({known, "dossier.state.updated", known}) ==
        request_error{request_errc::repeated_event_type, 2, 0});

  CHECK_FALSE(
      check_types({known, "dossier.Prepared", "new", "caf\xc3\xa9\n\x01"}, keeping_types()));
  CHECK(check_types({"new", known, "new"}, keeping_types()) ==
        request_error{request_errc::repeated_event_type, 2, 0});
  CHECK(check_types({known, "ne\xffw"}, keeping_types()) ==
        request_error{request_errc::event_type_not_utf8, 1, 2});
  CHECK(check_types({known, "n\xe2\x82"}, keeping_types()) ==
        request_error{request_errc::event_type_not_utf8, 1, 3});
  const std::string longest(type_text::capacity, 'x');
  CHECK_FALSE(check_types({longest}, keeping_types()));
  CHECK(check_types({known, longest + "x"}, keeping_types()) ==
        request_error{request_errc::event_type_too_long, 1, 79});
}

TEST_CASE("headers are unique without regard to case") {
  CHECK_FALSE(check_headers({{"X-A", "1"}, {"X-B", "1"}, {"X-AB", ""}}));
  CHECK(check_headers({{"X-A", "1"}, {"X-B", "2"}, {"x-a", "3"}}) ==
        request_error{request_errc::repeated_header_name, 2, 0});
  // What ASCII folds, and no more: "[" and "{" are no tokens, "^" and "~" are not one another.
  CHECK_FALSE(check_headers({{"X^", "1"}, {"X~", "2"}}));
  CHECK_FALSE(check_headers({{"K", "1"}, {"K1", "2"}}));
}

TEST_CASE("there may be so many types and headers") {
  std::vector<std::string> names;
  for (int i = 0; i <= 100; ++i) names.push_back("N" + std::to_string(i));
  std::vector<std::string_view> some(names.begin(), names.end() - 1);
  std::vector<custom_header> headers;
  for (const std::string_view name : some) headers.push_back({name, "v"});
  CHECK_FALSE(check_types(some, keeping_types()));
  CHECK_FALSE(check_headers(headers));
  some.emplace_back(names.back());
  headers.push_back({names.back(), "v"});
  CHECK(check_types(some, keeping_types()) ==
        request_error{request_errc::too_many_event_types, 100, 0});
  CHECK(check_headers(headers) == request_error{request_errc::too_many_headers, 100, 0});
  draft_options options = keeping_types();
  options.max_event_types = 1;
  options.max_headers = 0;
  CHECK(check_types(some, options) == request_error{request_errc::too_many_event_types, 1, 0});
  CHECK(check_headers(headers, options) == request_error{request_errc::too_many_headers, 0, 0});
  CHECK_FALSE(check({good_url}, options));
}

TEST_CASE("of several faults the first is observation: address, types, headers, each in order") {
  const std::array bad_types = {std::string_view("new"), std::string_view("newer")};
  const std::array bad_headers = {custom_header{"Host", "\n"}, custom_header{"", ""}};
  CHECK(name(check({"http://a", bad_types, bad_headers})->code) == "url_not_https");
  CHECK(check({good_url, bad_types, bad_headers}) ==
        request_error{request_errc::unknown_event_type, 0, 0});
  CHECK(check({good_url, {}, bad_headers}) ==
        request_error{request_errc::reserved_header_name, 0, 0});
}
