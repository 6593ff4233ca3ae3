// SPDX-License-Identifier: BSL-1.0
#include "../catch.hpp"
#include "deliver/retry_after.hpp"
#include "deliver/webhook_signer.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

TEST_CASE("Retry-After is a number of seconds or a date in one of three forms", "[deliver]") {
  // 1994-11-06T08:49:30.5Z
  const auto now =
      std::chrono::system_clock::time_point(std::chrono::milliseconds(784'111'770'500));
  constexpr std::int64_t year = 365LL * 86'400;
  struct row {
    std::string_view text;
    std::optional<std::int64_t> seconds;
  };
  const row rows[] = {
      {"0", 0},
      {"120", 120},
      {"31536000", year},
      {"31536001", year},
      {"99999999999999999999999999", year},
      {"Sun, 06 Nov 1994 08:49:37 GMT", 7},
      {"Sunday, 06-Nov-94 08:49:37 GMT", 7},
      {"Sun Nov  6 08:49:37 1994", 7},
      {"Sun Nov 16 08:49:37 1994", 864'007},
      {"Sun, 06 Nov 1994 08:49:30 GMT", 0},
      {"Sun, 06 Nov 1984 08:49:37 GMT", 0},
      {"Sun, 06 Nov 9994 08:49:37 GMT", year},
      {"Sunday, 06-Nov-44 08:49:37 GMT", year},  // 2044
      {"Sunday, 06-Nov-45 08:49:37 GMT", 0},     // 1945
      {"Sat, 31 Dec 1994 23:59:60 GMT", 4'806'630},
      {"", std::nullopt},
      {"-1", std::nullopt},
      {"1.5", std::nullopt},
      {"12 ", std::nullopt},
      {"soon", std::nullopt},
      {"Sun, 6 Nov 1994 08:49:37 GMT", std::nullopt},
      {"Sun, 31 Feb 1994 08:49:37 GMT", std::nullopt},
      {"Sun, 06 Nov 1994 24:49:37 GMT", std::nullopt},
      {"Sun, 06 Nov 1994 08:60:37 GMT", std::nullopt},
      {"Sun, 06 Nov 1994 08:49:61 GMT", std::nullopt},
      {"Sun, 06 Nov 1994 08:49:37", std::nullopt},
      {"Sun, 06 Nov 1994 08:49:37 GMT ", std::nullopt},
      {"sun, 06 nov 1994 08:49:37 gmt", std::nullopt},
      {"Sun Nov  6 08:49:37 1994 GMT", std::nullopt},
      {"Sunday, 06 Nov 1994 08:49:37 GMT", std::nullopt},
  };
  for (const row& one : rows) {
    INFO(one.text);
    const auto made = parse_retry_after(one.text, now);
    CHECK(made.has_value() == one.seconds.has_value());
    CHECK(made.value_or(std::chrono::seconds(0)).count() == one.seconds.value_or(0));
  }
}

TEST_CASE("A request is signed as the specification of Standard Webhooks shows it", "[deliver]") {
  // The example of its reference libraries.
  const webhook_signer signer({"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"});
  const auto time = std::chrono::system_clock::time_point(std::chrono::seconds(1'614'265'330));
  const http_headers expected{
      {"webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"},
      {"webhook-timestamp", "1614265330"},
      {"webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="}};
  CHECK(signer.headers("msg_p5jXN8AQM9LWM0D4loKWxJek", time, R"({"test": 2432232314})") ==
        expected);
  CHECK(webhook_signer().headers("a", time, "b").size() == 2);
  for (const std::string secret :
       {"", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa==", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS"}) {
    INFO(secret);
    CHECK_THROWS_AS(webhook_signer({secret}), std::runtime_error);
  }
}
