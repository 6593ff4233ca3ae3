// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include <signhook/encoder.hpp>
#include <signhook/format.hpp>
#include <signhook/receiver.hpp>

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <ranges>
#include <span>
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

using header_list = std::vector<std::pair<std::string, std::string>>;

constexpr std::string_view old_secret = "ZG8gbm90IHRha2UgdGhpcyBvbmU=";
constexpr std::string_view new_secret = "bm9yIHRoaXMgb25lLCBwbGVhc2U=!";
constexpr std::array<std::string_view, 2> kept_secrets = {old_secret, new_secret};

receiver_options options_with(const answer_policy& policy = always_acknowledge) {
  return {.secret_header = "X-Signhook-Secret", .secrets = kept_secrets, .policy = policy};
}

receiver make_one(const receiver_options& of = options_with()) {
  auto made = receiver::make(of);
  REQUIRE(made);
  return std::move(*made);
}

// One decoder for all of them: a receiver has none.
decoder& shared_decoder() {
  static decoder one;
  return one;
}

receive_result receive(const receiver& in, const auto& method, const auto& headers,
                       const auto& body) {
  return in.receive(shared_decoder(), {.method = method, .headers = headers, .body = body});
}

header_list with_secret(std::string_view secret = old_secret) {
  return {{"Content-Type", "application/json"}, {"x-signhook-secret", std::string(secret)}};
}

std::string encoded_sample(std::size_t at = 0) {
  std::array<char, max_encoded_size> buffer{};
  return std::string(*encode(samples[at], buffer));
}

static_assert(header_range<header_list> && header_range<std::map<std::string, std::string>>);
static_assert(header_range<std::array<header, 3>> && header_range<header[3]>);
static_assert(header_range<std::unordered_multimap<std::string_view, std::string>>);
// A look-up by name is no range: it tells one of several values.
static_assert(!header_range<decltype([](std::string_view) { return std::string_view(); })>);
static_assert(!header_range<std::string> && !header_range<std::vector<int>> && !header_range<int>);

// The policies, by what the sender says of their statuses.
static_assert(outcome_of(always_acknowledge.accepted).value == delivery_outcome::delivered);
static_assert(outcome_of(always_acknowledge.failed) ==
              sourced<delivery_outcome>{delivery_outcome::retried, source::documented});
static_assert(outcome_of(http_semantics.failed) ==
              sourced<delivery_outcome>{delivery_outcome::retried, source::documented});
static_assert(outcome_of(http_semantics.schema).source == source::undocumented);
static_assert(outcome_of(secret_rotation.unauthenticated).value == delivery_outcome::retried);

}  // namespace

TEST_CASE("a receiver accepts an event each time it is delivered") {
  const receiver in = make_one();
  const std::string body = encoded_sample();
  for (const std::string_view secret : {old_secret, new_secret, old_secret}) {
    const receive_result got = receive(in, "POST", with_secret(secret), body);
    CHECK(got.verdict == verdict::accepted);
    CHECK(got.fault == fault::none);
    CHECK(got.status == 200);
    CHECK(got.sender_reaction() ==
          sourced<delivery_outcome>{delivery_outcome::delivered, source::documented});
    CHECK(got.event == samples[0]);
    CHECK_FALSE(got.error);
  }
}

TEST_CASE("events of new types and with new states are accepted") {
  const receiver in = make_one();
  std::string body = encoded_sample(6);
  body.replace(body.find("dossier.state.updated"), 21, "dossier.burned");
  const receive_result of = receive(in, "POST", with_secret(), body);
  CHECK(of.verdict == verdict::accepted);
  REQUIRE(of.event);
  CHECK(type_of(*of.event) == "dossier.burned");
}

TEST_CASE("the verdict of requests that are not events, by each policy") {
  struct row {
    std::string name;
    std::string method;
    std::string content_type;
    std::string body;
    fault why;
    std::optional<errc> code;
    int strict_status;
    std::string coding = {};
  };
  const std::string good = encoded_sample();
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
           row{"compressed", "POST", json, "\x1f\x8b", fault::content_coding, {}, 415, "gzip"},
           row{"coding before body", "POST", json, "{", fault::content_coding, {}, 415, "br, gzip"},
           row{"type before coding", "POST", "text/json", good, fault::content_type, {}, 415, "br"},
           row{"identity", "POST", json, "{", fault::json, errc::unexpected_end, 400, "identity"},
           row{"empty", "POST", json, "", fault::json, errc::empty_body, 400},
           row{"just not too large", "POST", json, std::string(65'536, ' '), fault::json,
               errc::empty_body, 400},
           row{"not JSON", "POST", json, "{", fault::json, errc::unexpected_end, 400},
           row{"not UTF-8", "POST", json, "\xff", fault::json, errc::invalid_utf8, 400},
           row{"more than one", "POST", json, good + good, fault::json, errc::trailing_content,
               400},
           row{"deep", "POST", json, std::string(100, '['), fault::json, errc::too_deep, 400},
           row{"not an event", "POST", json, "[]", fault::schema, errc::not_an_object, 422},
           row{"half an event", "POST", json, "{}", fault::schema, errc::missing_member, 422},
       }) {
    INFO(one.name);
    for (const bool is_strict : {false, true}) {
      const receiver in = make_one(options_with(is_strict ? http_semantics : always_acknowledge));
      header_list of = with_secret();
      of[0].second = one.content_type;
      if (!one.coding.empty()) of.emplace_back("content-encoding", one.coding);
      const receive_result got = receive(in, one.method, of, one.body);
      CHECK(got.fault == one.why);
      CHECK(got.verdict == (is_strict ? verdict::rejected : verdict::quarantine));
      CHECK(got.status == (is_strict ? one.strict_status : 200));
      CHECK(got.sender_reaction() == outcome_of(got.status));
      CHECK_FALSE(got.event);
      CHECK(got.error.has_value() == one.code.has_value());
      if (got.error && one.code) CHECK(got.error->code == *one.code);

      // To others it is one and the same.
      of[1].second.back() = '?';
      const receive_result strange = receive(in, one.method, of, one.body);
      CHECK(strange.verdict == verdict::unauthenticated);
      CHECK(strange.status == 401);
      CHECK(strange.fault == fault::none);
      CHECK_FALSE(strange.error);
    }
  }
}

TEST_CASE("a custom policy") {
  answer_policy mine;
  mine.accepted = 202;
  mine.unauthenticated = 404;
  mine.schema = 500;
  mine.failed = 500;
  const receiver in = make_one(options_with(mine));
  CHECK(in.policy() == mine);
  CHECK(in.secret_header() == "X-Signhook-Secret");
  CHECK(receive(in, "POST", with_secret(), encoded_sample()).status == 202);
  CHECK(receive(in, "POST", with_secret("?"), encoded_sample()).status == 404);
  CHECK(receive(in, "POST", with_secret(), "{").verdict == verdict::quarantine);
  const receive_result again = receive(in, "POST", with_secret(), "{}");
  CHECK(again.verdict == verdict::rejected);
  CHECK(again.sender_reaction().value == delivery_outcome::retried);
}

TEST_CASE("during a rotation a delivery with a secret that is not accepted yet is retried") {
  const receiver in = make_one(options_with(secret_rotation));
  const receive_result got =
      receive(in, "POST", with_secret("the one after the next"), encoded_sample());
  CHECK(got.verdict == verdict::unauthenticated);
  CHECK(got.status == 503);
  CHECK(got.sender_reaction() ==
        sourced<delivery_outcome>{delivery_outcome::retried, source::documented});
  CHECK(receive(in, "POST", with_secret(), "{}").status == 200);
}

TEST_CASE("only the complete secret is accepted") {
  const receiver in = make_one();
  const auto opens = [&](std::string_view secret) {
    return receive(in, "POST", with_secret(secret), "{}").verdict != verdict::unauthenticated;
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
  for (std::size_t size = receiver_options().min_secret_size; size <= 256; ++size) {
    const std::string secret(size, 's');
    const std::array<std::string_view, 1> one = {secret};
    receiver_options of = options_with();
    of.secrets = one;
    const receiver in = make_one(of);
    for (const std::size_t sent : {size - 1, size, size + 1, size + 256, std::size_t{512}}) {
      const auto got = receive(in, "POST", with_secret(std::string(sent, 's')), "").verdict;
      if ((got == verdict::unauthenticated) != (sent != size)) FAIL(size << " " << sent);
    }
  }
  SUCCEED();
}

TEST_CASE("a header that occurs twice is rejected") {
  const receiver in = make_one();
  const auto verdict_of = [&](const header_list& of) {
    return receive(in, "POST", of, "{}").verdict;
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

  const receive_result twice = receive(
      in, "POST", header_list{type, right, {"Content-Type", "text/plain"}}, encoded_sample());
  CHECK(twice.fault == fault::content_type);
}

TEST_CASE("the header containers of several servers") {
  const std::string secret(old_secret);
  const std::string body = encoded_sample();
  const receiver in = make_one();
  const auto accepts = [&](auto&& of) {
    const receive_result got =
        in.receive(shared_decoder(), {.method = "POST", .headers = of, .body = body});
    return got.verdict == verdict::accepted;
  };
  CHECK(accepts(std::multimap<std::string, std::string>{{"Content-Type", "application/json"},
                                                        {"X-Signhook-Secret", secret}}));
  CHECK(accepts(std::unordered_map<std::string, std::string>{{"content-type", "application/json"},
                                                             {"x-signhook-secret", secret}}));
  const header plain[] = {{"Content-Type", "application/json"}, {"X-Signhook-Secret", secret}};
  CHECK(accepts(plain));
  using pairs = std::vector<std::pair<std::string, std::string>>;
  const pairs with_others{{"Content-Type", "application/json"},
                          {"x-signhook-secret", "of another hop"},
                          {"X-Signhook-Secret", secret}};
  CHECK_FALSE(accepts(with_others));
#if !defined(__clang__) || __clang_major__ > 15  // older ones do not compile libstdc++'s views
  CHECK(accepts(with_others | std::views::filter(
                                  [](const auto& one) { return one.second != "of another hop"; })));
  // Views into strings that live on, made on the way.
  const pairs of_sender{{"Content-Type", "application/json"}, {"X-Signhook-Secret", secret}};
  CHECK(accepts(of_sender | std::views::transform([](const auto& one) {
                  return header{one.first, one.second};
                })));
  CHECK(accepts(of_sender | std::views::transform([](const auto& one) {
                  return std::pair<std::string_view, std::string_view>(one.first, one.second);
                })));
#endif
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
TEST_CASE("content types and codings") {
  for (const std::string_view identity :
       {"", " ", "identity", "Identity", "identity, identity", ",", " identity ,\t,identity"}) {
    INFO(identity);
    CHECK(detail::is_identity_coding(identity));
  }
  for (const std::string_view coding : {"gzip", "identity, gzip", "identityx", "identity gzip", "x",
                                        "\"identity\"", "identity;q=1"}) {
    INFO(coding);
    CHECK_FALSE(detail::is_identity_coding(coding));
  }
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

TEST_CASE("make rejects invalid options") {
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
           row{"Host", "hOST", {shortest}, receiver_errc::reserved_header_name},
           row{"type", "Content-Type", {shortest}, receiver_errc::reserved_header_name},
           row{"encoding", "Transfer-Encoding", {shortest}, receiver_errc::reserved_header_name},
           row{"Authorization", "Authorization", {shortest}, {}},
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
  struct policy_row {
    std::string name;
    int answer_policy::*status;
    int value;
  };
  for (const policy_row& one : {
           policy_row{"failure as success", &answer_policy::failed, 200},
           {"failure with an undocumented reaction", &answer_policy::failed, 404},
           {"acceptance as failure", &answer_policy::accepted, 503},
           {"acceptance with an undocumented reaction", &answer_policy::accepted, 302},
           {"strangers as success", &answer_policy::unauthenticated, 204},
       }) {
    INFO(one.name);
    answer_policy wrong;
    wrong.*one.status = one.value;
    const auto made = receiver::make(options_with(wrong));
    REQUIRE_FALSE(made);
    CHECK(made.error() == receiver_errc::unsafe_policy);
  }
  receiver_options of = options_with();
  const std::array<std::string_view, 1> tiny = {"x"};
  of.secrets = tiny;
  of.min_secret_size = 1;
  CHECK(receiver::make(of).has_value());
  const std::array<std::string_view, 1> nothing = {""};
  of.secrets = nothing;
  of.min_secret_size = 0;
  CHECK_FALSE(receiver::make(of).has_value());
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
  CHECK(receive(first, "POST", with_secret(), encoded_sample()).verdict == verdict::accepted);
  const receiver second = std::move(first);
  CHECK(receive(second, "POST", with_secret(), encoded_sample()).verdict == verdict::accepted);
  CHECK(receive(first, "POST", with_secret(), encoded_sample())
            .verdict ==  // NOLINT(*-use-after-move)
        verdict::unauthenticated);
}

// As Boost 1.74's string_view has it: no conversion, but the two functions.
struct foreign_view {
  [[nodiscard]] const char* data() const { return text.data(); }
  [[nodiscard]] std::size_t size() const { return text.size(); }
  std::string_view text;
};

TEST_CASE("methods and bodies may be strings of any library") {
  const receiver in = make_one();
  const std::string body = encoded_sample();
  const header_list of = with_secret();
  const auto accepts = [&](const auto& method, const auto& bytes) {
    return receive(in, method, of, bytes).verdict == verdict::accepted;
  };
  CHECK(accepts("POST", body));
  CHECK(accepts(std::string("POST"), std::string_view(body)));
  CHECK(accepts(std::string_view("POST"), foreign_view{body}));
  CHECK(accepts(foreign_view{"POST"}, std::vector<char>(body.begin(), body.end())));
  CHECK(accepts("POST", std::vector<unsigned char>(body.begin(), body.end())));
  CHECK(accepts("POST", std::as_bytes(std::span(body))));
  CHECK_FALSE(accepts("POSTS", body));
  CHECK(in.receive(shared_decoder(), {}).verdict == verdict::unauthenticated);
}

TEST_CASE("results print on one line, without the secret") {
  const receiver in = make_one();
  CHECK(fmt::format("{}", receive(in, "POST", with_secret(), encoded_sample(5))) ==
        "accepted, answered 200: " + fmt::format("{}", samples[5]));
  const receive_result missing = receive(in, "POST", with_secret(), "{}");
  CHECK(fmt::format("{}", missing) ==
        "quarantine, answered 200: schema: missing_member at /id: missing required member \"id\"");
  CHECK(fmt::format("{}", receive(in, "GET", with_secret(), "{}")) ==
        "quarantine, answered 200: method");
  CHECK(fmt::format("[{:>32}]", receive(in, "POST", header_list{}, "{}")) ==
        "[   unauthenticated, answered 401]");
  CHECK(fmt::format("{} {} {}", verdict::rejected, fault::content_type,
                    receiver_errc::secret_too_short) == "rejected content_type secret_too_short");
}
