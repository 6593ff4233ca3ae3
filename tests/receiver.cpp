// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include <signhook/encoder.hpp>
#include <signhook/format.hpp>
#include <signhook/receiver.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

// Beast needs exceptions.
#if __has_include(<boost/beast/http/fields.hpp>) && defined(__cpp_exceptions)
#define SIGNHOOK_WITH_BEAST 1
#include <boost/beast/http/fields.hpp>
#endif

namespace {

using namespace signhook;
using namespace std::chrono_literals;

using header_list = std::vector<std::pair<std::string, std::string>>;

constexpr std::string_view old_secret = "ZG8gbm90IHRha2UgdGhpcyBvbmU=";
constexpr std::string_view new_secret = "bm9yIHRoaXMgb25lLCBwbGVhc2U=!";
constexpr std::array<std::string_view, 2> kept_secrets = {old_secret, new_secret};
constexpr std::chrono::sys_days received{std::chrono::year(2026) / 1 / 1};

receiver_options options_with(const answer_policy& policy = never_lose) {
  return {.secret_header = "X-Signhook-Secret", .secrets = kept_secrets, .policy = policy};
}

receiver make_one(const receiver_options& of = options_with()) {
  auto made = receiver::make(of);
  REQUIRE(made);
  return std::move(*made);
}

header_list with_secret(std::string_view secret = old_secret) {
  return {{"Content-Type", "application/json"}, {"x-signhook-secret", std::string(secret)}};
}

std::string body_of(std::size_t at = 0) {
  std::array<char, max_encoded_size> buffer{};
  return std::string(*encode(samples[at], buffer));
}

std::string other_id(std::string body) {
  body[body.find("\"id\":\"") + 6] ^= 1;
  return body;
}

static_assert(header_range<header_list> && header_range<std::map<std::string, std::string>>);
static_assert(header_range<std::array<header, 3>> && header_range<header[3]>);
static_assert(header_range<std::unordered_multimap<std::string_view, std::string>>);
// A look-up by name is no range: it tells one of several values.
static_assert(!header_range<decltype([](std::string_view) { return std::string_view(); })>);
static_assert(!header_range<std::string> && !header_range<std::vector<int>> && !header_range<int>);

// The policies, by what the sender says of their statuses.
static_assert(never_lose.is_valid() && strict_http.is_valid());
static_assert(outcome_of(never_lose.accepted).value == delivery_outcome::delivered);
static_assert(outcome_of(never_lose.failed) ==
              sourced<delivery_outcome>{delivery_outcome::retried, source::documented});
static_assert(outcome_of(strict_http.failed) ==
              sourced<delivery_outcome>{delivery_outcome::retried, source::documented});
static_assert(outcome_of(strict_http.schema).source == source::undocumented);

}  // namespace

TEST_CASE("an event is accepted once") {
  receiver in = make_one();
  const std::string body = body_of();
  const receipt first = in.receive("POST", with_secret(), body, received);
  CHECK(first.verdict == verdict::accepted);
  CHECK(first.fault == fault::none);
  CHECK(first.status == 200);
  CHECK(first.then == sourced<delivery_outcome>{delivery_outcome::delivered, source::documented});
  CHECK(first.event == samples[0]);
  CHECK_FALSE(first.error);

  // Four days later the last retry comes, by the new secret.
  const receipt last = in.receive("POST", with_secret(new_secret), body, received + 4 * 24h);
  CHECK(last.verdict == verdict::duplicate);
  CHECK(last.status == 200);
  CHECK(last.event == samples[0]);
  CHECK(in.remembered() == 1);

  CHECK(in.receive("POST", with_secret(), other_id(body), received).verdict == verdict::accepted);
  CHECK(in.remembered() == 2);
  CHECK(in.receive("POST", with_secret(), body, received + 5 * 24h).verdict == verdict::accepted);
  CHECK(in.displaced() == 0);
}

TEST_CASE("events of new types and with new states are accepted") {
  receiver in = make_one();
  std::string body = body_of(6);
  body.replace(body.find("dossier.state.updated"), 21, "dossier.burned");
  const receipt of = in.receive("POST", with_secret(), body, received);
  CHECK(of.verdict == verdict::accepted);
  REQUIRE(of.event);
  CHECK(type_of(*of.event) == "dossier.burned");
}

TEST_CASE("what the application could not handle comes again and is accepted again") {
  receiver in = make_one();
  const receipt first = in.receive("POST", with_secret(), body_of(), received);
  const receipt failed = in.failed(first);
  CHECK(failed.verdict == verdict::failed);
  CHECK(failed.status == 503);
  CHECK(failed.then == sourced<delivery_outcome>{delivery_outcome::retried, source::documented});
  CHECK(failed.event == first.event);
  CHECK(in.remembered() == 0);
  CHECK(in.receive("POST", with_secret(), body_of(), received).verdict == verdict::accepted);
  // A duplicate cannot fail: nothing is to be done with it.
  const receipt again = in.receive("POST", with_secret(), body_of(), received);
  CHECK(in.failed(again).verdict == verdict::duplicate);
  CHECK(in.remembered() == 1);
  // What should have been kept and could not be.
  const receipt broken = in.receive("POST", with_secret(), "{", received);
  CHECK(broken.verdict == verdict::quarantine);
  CHECK(in.failed(broken).status == 503);
  const receipt stranger = in.receive("POST", header_list{}, "{", received);
  CHECK(in.failed(stranger).status == 401);

  const event_id id = std::get<0>(samples[0]).id;
  CHECK(in.forget(id));
  CHECK_FALSE(in.forget(id));
  CHECK(in.receive("POST", with_secret(), body_of(), received).verdict == verdict::accepted);
}

TEST_CASE("requests that are no events, by both policies") {
  struct row {
    std::string name;
    std::string method;
    std::string content_type;
    std::string body;
    fault why;
    std::optional<errc> code;
    int strict_status;
  };
  const std::string good = body_of();
  const std::string json = "application/json";
  for (const row& one : {
           row{"another method", "PUT", json, good, fault::method, {}, 405},
           row{"methods have a case", "post", json, good, fault::method, {}, 405},
           row{"no method", "", json, good, fault::method, {}, 405},
           row{"method before size", "GET", json, std::string(70'000, ' '), fault::method, {}, 405},
           row{"too large", "POST", json, std::string(65'537, ' '), fault::size,
               errc::body_too_large, 413},
           row{"size before type", "POST", "text/xml", std::string(65'537, ' '), fault::size,
               errc::body_too_large, 413},
           row{"another type", "POST", "text/json", good, fault::content_type, {}, 415},
           row{"no type", "POST", "", good, fault::content_type, {}, 415},
           row{"type before body", "POST", "text/plain", "{", fault::content_type, {}, 415},
           row{"empty", "POST", json, "", fault::json, errc::empty_body, 400},
           row{"just not too large", "POST", json, std::string(65'536, ' '), fault::json,
               errc::empty_body, 400},
           row{"not JSON", "POST", json, "{", fault::json, errc::invalid_json, 400},
           row{"not UTF-8", "POST", json, "\xff", fault::json, errc::invalid_utf8, 400},
           row{"more than one", "POST", json, good + good, fault::json, errc::trailing_content,
               400},
           row{"deep", "POST", json, std::string(100, '['), fault::json, errc::too_deep, 400},
           row{"not an event", "POST", json, "[]", fault::schema, errc::not_an_object, 422},
           row{"half an event", "POST", json, "{}", fault::schema, errc::missing_member, 422},
       }) {
    INFO(one.name);
    for (const bool is_strict : {false, true}) {
      receiver in = make_one(options_with(is_strict ? strict_http : never_lose));
      header_list of = with_secret();
      of[0].second = one.content_type;
      const receipt got = in.receive(one.method, of, one.body, received);
      CHECK(got.fault == one.why);
      CHECK(got.verdict == (is_strict ? verdict::refused : verdict::quarantine));
      CHECK(got.status == (is_strict ? one.strict_status : 200));
      CHECK(got.then == outcome_of(got.status));
      CHECK_FALSE(got.event);
      CHECK(got.error.has_value() == one.code.has_value());
      if (got.error && one.code) CHECK(got.error->code == *one.code);
      CHECK(in.remembered() == 0);

      // To others it is one and the same.
      of[1].second.back() = '?';
      const receipt strange = in.receive(one.method, of, one.body, received);
      CHECK(strange.verdict == verdict::unauthenticated);
      CHECK(strange.status == 401);
      CHECK(strange.fault == fault::none);
      CHECK_FALSE(strange.error);
    }
  }
}

TEST_CASE("a policy of one's own") {
  answer_policy mine;
  mine.accepted = 202;
  mine.duplicate = 208;
  mine.unauthenticated = 404;
  mine.schema = 500;
  mine.failed = 500;
  receiver in = make_one(options_with(mine));
  const receipt first = in.receive("POST", with_secret(), body_of(), received);
  CHECK(first.status == 202);
  CHECK(in.receive("POST", with_secret(), body_of(), received).status == 208);
  CHECK(in.receive("POST", with_secret("?"), body_of(), received).status == 404);
  CHECK(in.receive("POST", with_secret(), "{", received).verdict == verdict::quarantine);
  const receipt again = in.receive("POST", with_secret(), "{}", received);
  CHECK(again.verdict == verdict::refused);
  CHECK(again.then.value == delivery_outcome::retried);
  CHECK(in.failed(first).status == 500);
}

TEST_CASE("only the whole secret opens") {
  receiver in = make_one();
  const auto opens = [&](std::string_view secret) {
    return in.receive("POST", with_secret(secret), "{}", received).verdict !=
           verdict::unauthenticated;
  };
  for (const std::string_view secret : kept_secrets) {
    CHECK(opens(secret));
    for (std::size_t size = 0; size < secret.size(); ++size)
      CHECK_FALSE(opens(secret.substr(0, size)));
    CHECK_FALSE(opens(std::string(secret) + "="));
    CHECK_FALSE(opens(std::string(secret) + std::string(1, '\0')));
    CHECK_FALSE(opens(std::string(secret) + std::string(1000, '\0')));
    CHECK_FALSE(opens(" " + std::string(secret)));
    for (std::size_t at = 0; at < secret.size(); ++at) {
      for (int bit = 0; bit < 8; ++bit) {
        std::string changed(secret);
        changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
        if (opens(changed)) FAIL(at << " " << bit);
      }
    }
  }
  CHECK_FALSE(opens(std::string(old_secret) + std::string(new_secret)));
  CHECK_FALSE(opens({}));
  CHECK_FALSE(opens(std::string(100'000, 'x')));
}

TEST_CASE("secrets of every length that may be, and of 256 more with the same beginning") {
  for (std::size_t size = receiver_options::min_secret_size; size <= 256; ++size) {
    const std::string secret(size, 's');
    const std::array<std::string_view, 1> one = {secret};
    receiver_options of = options_with();
    of.secrets = one;
    of.remembered = 1;
    of.decoding.max_bytes = 64;
    receiver in = make_one(of);
    for (const std::size_t sent : {size - 1, size, size + 1, size + 256, std::size_t{512}}) {
      const auto got =
          in.receive("POST", with_secret(std::string(sent, 's')), "", received).verdict;
      if ((got == verdict::unauthenticated) != (sent != size)) FAIL(size << " " << sent);
    }
  }
  SUCCEED();
}

TEST_CASE("a header that occurs again is none") {
  receiver in = make_one();
  const auto verdict_of = [&](const header_list& of) {
    return in.receive("POST", of, "{}", received).verdict;
  };
  const std::pair<std::string, std::string> type{"content-type", "application/json"};
  const std::pair<std::string, std::string> right{"X-SIGNHOOK-SECRET", std::string(old_secret)};
  const std::pair<std::string, std::string> wrong{"X-Signhook-Secret", "wrong"};
  CHECK(verdict_of({type, right}) == verdict::quarantine);
  CHECK(verdict_of({type}) == verdict::unauthenticated);
  CHECK(verdict_of({}) == verdict::unauthenticated);
  CHECK(verdict_of({type, wrong, right}) == verdict::unauthenticated);
  CHECK(verdict_of({type, right, wrong}) == verdict::unauthenticated);
  CHECK(verdict_of({type, right, right}) == verdict::unauthenticated);
  CHECK(verdict_of({type, {"X-Signhook-Secret2", std::string(old_secret)}}) ==
        verdict::unauthenticated);
  CHECK(verdict_of({type, {"", std::string(old_secret)}}) == verdict::unauthenticated);

  const receipt twice = in.receive("POST", header_list{type, right, {"Content-Type", "text/plain"}},
                                   body_of(), received);
  CHECK(twice.fault == fault::content_type);
}

TEST_CASE("headers as servers keep them") {
  const std::string secret(old_secret);
  const std::string body = body_of();
  receiver in = make_one();
  const auto accepts = [&](const auto& of) {
    const receipt got = in.receive("POST", of, body, received);
    return got.verdict == verdict::accepted && in.failed(got).verdict == verdict::failed;
  };
  CHECK(accepts(std::multimap<std::string, std::string>{{"Content-Type", "application/json"},
                                                        {"X-Signhook-Secret", secret}}));
  CHECK(accepts(std::unordered_map<std::string, std::string>{{"content-type", "application/json"},
                                                             {"x-signhook-secret", secret}}));
  const header plain[] = {{"Content-Type", "application/json"}, {"X-Signhook-Secret", secret}};
  CHECK(accepts(plain));
#if defined(SIGNHOOK_WITH_BEAST)
  boost::beast::http::fields fields;
  fields.set(boost::beast::http::field::content_type, "application/json");
  fields.set("X-Signhook-Secret", secret);
  CHECK(accepts(fields));
  fields.insert("x-signhook-secret", "and another");
  CHECK_FALSE(accepts(fields));
#endif
}

// RFC 9110, section 8.3.1, and the grammar of parameters in section 5.6.6.
TEST_CASE("content types") {
  for (const std::string_view json :
       {"application/json", "Application/JSON", "application/json;charset=utf-8",
        "application/json; charset=\"utf-8\"", "application/json \t;\t charset=UTF-8 ; a=b",
        "application/json;", "application/json;;a=b;", "application/json; a=\"\\\"; , \\\\\"",
        "application/json; a=\"\xc3\xa9\"", "application/json ", "application/json; a=\"\""}) {
    INFO(json);
    CHECK(detail::is_json_media_type(json));
  }
  for (const std::string_view other : {"",
                                       "application",
                                       "application/",
                                       "application/jsonx",
                                       "application/json+x",
                                       "application/json/x",
                                       " application/json",
                                       "text/json",
                                       "application/problem+json",
                                       "application/json, application/json",
                                       "application/json charset=utf-8",
                                       "application/json; charset",
                                       "application/json; charset=",
                                       "application/json; =utf-8",
                                       "application/json; charset =utf-8",
                                       "application/json; charset= utf-8",
                                       "application/json; a=\"",
                                       "application/json; a=\"b",
                                       "application/json; a=\"\\",
                                       "application/json; a=\"\\\"",
                                       "application/json; a=\"\"b",
                                       "application/json; a=\"\n\"",
                                       "application/json; a=\"\\\n\"",
                                       "application/json; a=\"\x7f\"",
                                       "application/json; a=b c",
                                       "application/json; a=b/c",
                                       "application/json\n"}) {
    INFO(other);
    CHECK_FALSE(detail::is_json_media_type(other));
  }
  CHECK_FALSE(detail::is_json_media_type(std::string_view("application/json\0", 17)));
}

TEST_CASE("a receiver is not made of what could not work") {
  const std::string shortest(22, 's');
  const std::string too_short(21, 's');
  const std::string longest(256, 's');
  const std::string too_long(257, 's');
  using views = std::vector<std::string_view>;
  struct row {
    std::string name;
    std::string header;
    views secrets;
    std::optional<receiver_errc> expected;
  };
  for (const row& one : {
           row{"one", "X", {shortest}, {}},
           row{"four", "x!#$%&'*+-.^_`|~0", {shortest, longest, shortest, longest}, {}},
           row{"five", "X", views(5, shortest), receiver_errc::too_many_secrets},
           row{"none", "X", {}, receiver_errc::no_secret},
           row{"short", "X", {longest, too_short}, receiver_errc::secret_too_short},
           row{"empty", "X", {""}, receiver_errc::secret_too_short},
           row{"long", "X", {too_long}, receiver_errc::secret_too_long},
           row{"space", "X", {" 234567890123456789012"}, receiver_errc::invalid_secret},
           row{"CR LF", "X", {"1234567890123456789\r\nA:b"}, receiver_errc::invalid_secret},
           row{"DEL", "X", {"123456789012345678901\x7f"}, receiver_errc::invalid_secret},
           row{"UTF-8", "X", {"12345678901234567890\xc3\xa9"}, receiver_errc::invalid_secret},
           row{"no name", "", {shortest}, receiver_errc::invalid_header_name},
           row{"colon", "X:", {shortest}, receiver_errc::invalid_header_name},
           row{"two words", "X Y", {shortest}, receiver_errc::invalid_header_name},
       }) {
    INFO(one.name);
    receiver_options of = options_with();
    of.secret_header = one.header;
    of.secrets = one.secrets;
    const auto made = receiver::make(of);
    CHECK(made.has_value() == !one.expected.has_value());
    if (!made && one.expected) CHECK(made.error() == *one.expected);
  }
  for (const int status : {0, 100, 199, 600, -200}) {
    answer_policy wrong;
    wrong.json = status;
    const auto made = receiver::make(options_with(wrong));
    REQUIRE_FALSE(made);
    CHECK(made.error() == receiver_errc::invalid_status);
  }
}

TEST_CASE("a receiver may be moved, and keeps its own copy of the secrets") {
  std::string secret(old_secret);
  const std::array<std::string_view, 1> one = {secret};
  receiver_options of = options_with();
  of.secrets = one;
  receiver first = make_one(of);
  secret.assign(secret.size(), '\0');
  CHECK(first.receive("POST", with_secret(), body_of(), received).verdict == verdict::accepted);
  receiver second = std::move(first);
  CHECK(second.receive("POST", with_secret(), body_of(), received).verdict == verdict::duplicate);
}

TEST_CASE("receipts print on one line, without the secret") {
  receiver in = make_one();
  CHECK(fmt::format("{}", in.receive("POST", with_secret(), body_of(5), received)) ==
        "accepted, answered 200: " + fmt::format("{}", samples[5]));
  CHECK(fmt::format("{}", in.receive("POST", with_secret(), "{}", received)) ==
        "quarantine, answered 200: schema: missing_member at /id: this object lacks a required "
        "member");
  CHECK(fmt::format("{}", in.receive("GET", with_secret(), "{}", received)) ==
        "quarantine, answered 200: method");
  CHECK(fmt::format("[{:>32}]", in.receive("POST", header_list{}, "{}", received)) ==
        "[   unauthenticated, answered 401]");
  CHECK(fmt::format("{} {} {}", verdict::failed, fault::content_type,
                    receiver_errc::secret_too_short) == "failed content_type secret_too_short");
}
