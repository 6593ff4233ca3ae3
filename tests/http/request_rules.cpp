// SPDX-License-Identifier: BSL-1.0
#include "http/request_rules.hpp"

#include "../catch.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace {

struct plan_row {
  http_headers headers;
  int status;  // 0 if the request may be read
  bool is_chunked = false;
  std::uint64_t length = 0;
};

struct answer {
  int status = 0;
  request_plan plan;
};

answer ask(const http_headers& headers, std::string_view method = "POST",
           std::string_view target = "/", unsigned minor_version = 1) {
  const auto plan = plan_of({minor_version, method, target, headers});
  return plan ? answer{0, *plan} : answer{plan.error().status, {}};
}

http_headers with_host(http_headers headers) {
  headers.emplace_back("hOsT", "a");
  return headers;
}

}  // namespace

TEST_CASE("the length of a body") {
  const plan_row rows[] = {
      {{}, 0},
      {{{"content-LENGTH", "5"}}, 0, false, 5},
      {{{"Content-Length", "18446744073709551615"}}, 0, false, 18446744073709551615U},
      {{{"Content-Length", "18446744073709551616"}}, 413},
      {{{"Content-Length", ""}}, 400},
      {{{"Content-Length", "+5"}}, 400},
      {{{"Content-Length", "-5"}}, 400},
      {{{"Content-Length", "5, 5"}}, 400},
      {{{"Content-Length", "5"}, {"Content-Length", "5"}}, 400},
      {{{"Transfer-Encoding", "chunked"}}, 0, true},
      {{{"transfer-encoding", ", Chunked ,"}}, 0, true},
      {{{"Transfer-Encoding", "chunked"}, {"Content-Length", "5"}}, 400},
      {{{"Transfer-Encoding", "chunked"}, {"Transfer-Encoding", "chunked"}}, 400},
      {{{"Transfer-Encoding", "chunked, chunked"}}, 400},
      {{{"Transfer-Encoding", "chunked, gzip"}}, 400},
      {{{"Transfer-Encoding", "gzip"}}, 400},
      {{{"Transfer-Encoding", ""}}, 400},
      {{{"Transfer-Encoding", "gzip, chunked"}}, 501},
      {{{"Transfer-Encoding", "gzip"}, {"Transfer-Encoding", "chunked"}}, 501},
  };
  for (const auto& [headers, status, is_chunked, length] : rows) {
    CAPTURE(headers.empty() ? "" : headers.front().second);
    const auto got = ask(with_host(headers));
    CHECK(got.status == status);
    CHECK(got.plan.is_chunked == is_chunked);
    CHECK(got.plan.content_length == length);
  }
  CHECK(ask({{"Transfer-Encoding", "chunked"}}, "POST", "/", 0).status == 400);
}

TEST_CASE("the host of a request") {
  struct row {
    http_headers headers;
    unsigned minor_version;
    int status;
  };
  const row rows[] = {
      {{}, 1, 400},
      {{}, 0, 0},
      {{{"Host", ""}}, 1, 0},
      {{{"Host", "a"}, {"host", "a"}}, 1, 400},
      {{{"Host", "a"}, {"host", "a"}}, 0, 400},
      {{{"Host", "a.example:80"}}, 1, 0},
      {{{"Host", "a:"}}, 1, 0},
      {{{"Host", "a:8a"}}, 1, 400},
      {{{"Host", "[::1]:80"}}, 1, 0},
      {{{"Host", "[::1]a"}}, 1, 400},
      {{{"Host", "[]"}}, 1, 400},
      {{{"Host", "[::1"}}, 1, 400},
      {{{"Host", "a%2Db"}}, 1, 0},
      {{{"Host", "a%2"}}, 1, 400},
      {{{"Host", "a/b"}}, 1, 400},
      {{{"Host", "a@b"}}, 1, 400},
      {{{"Host", "a b"}}, 1, 400},
      {{{"Host", "\xc3\xa9"}}, 1, 400},
  };
  for (const auto& [headers, minor_version, status] : rows) {
    CAPTURE(headers.empty() ? "" : headers.front().second, minor_version);
    CHECK(ask(headers, "POST", "/", minor_version).status == status);
  }
}

TEST_CASE("the form of a target and its path") {
  struct row {
    std::string_view method;
    std::string_view target;
    int status;
    std::string_view path;
  };
  const row rows[] = {
      {"POST", "/", 0, "/"},
      {"POST", "/a/b?c", 0, "/a/b"},
      {"POST", "http://b", 0, "/"},
      {"POST", "HTTPS://b:1/c?d", 0, "/c"},
      {"POST", "http://b?c", 0, "/"},
      {"POST", "http:///a", 400, "/a"},
      {"POST", "http://a@b/", 400, "/"},
      {"POST", "http:/a", 400, "http:/a"},
      {"POST", "a", 400, "a"},
      {"POST", "*", 400, "*"},
      {"OPTIONS", "*", 0, "*"},
      {"CONNECT", "a:1", 501, "a:1"},
      {"CONNECT", "a:", 400, "a:"},
      {"CONNECT", "/", 400, "/"},
  };
  for (const auto& [method, target, status, path] : rows) {
    CAPTURE(method, target);
    CHECK(ask(with_host({}), method, target).status == status);
    CHECK(path_of(target) == path);
  }
}

TEST_CASE("the options of a connection") {
  struct row {
    http_headers headers;
    bool keeps_alive;
    bool keeps_alive_in_1_0;
  };
  const row rows[] = {
      {{}, true, false},
      {{{"Connection", "close"}}, false, false},
      {{{"connection", "CLOSE"}}, false, false},
      {{{"Connection", "a,\tClose ,b"}}, false, false},
      {{{"Connection", "keep-alive"}, {"Connection", "close"}}, false, false},
      {{{"Connection", "Keep-Alive"}}, true, true},
      {{{"Connection", "closed"}}, true, false},
      {{{"X", "close"}}, true, false},
  };
  for (const auto& [headers, keeps_alive, keeps_alive_in_1_0] : rows) {
    CAPTURE(headers.empty() ? "" : headers.front().second);
    CHECK(ask(with_host(headers)).plan.keeps_alive == keeps_alive);
    CHECK(ask(with_host(headers), "POST", "/", 0).plan.keeps_alive == keeps_alive_in_1_0);
  }
}

TEST_CASE("expectations") {
  struct row {
    http_headers headers;
    unsigned minor_version;
    int status;
    bool expects_continue;
  };
  const row rows[] = {
      {{{"Expect", "100-Continue"}, {"Content-Length", "1"}}, 1, 0, true},
      {{{"Expect", "100-continue"}, {"Transfer-Encoding", "chunked"}}, 1, 0, true},
      {{{"Expect", "100-continue"}, {"Content-Length", "0"}}, 1, 0, false},
      {{{"Expect", "100-continue"}, {"Content-Length", "1"}}, 0, 0, false},
      {{{"Expect", "a"}}, 0, 0, false},
      {{{"Expect", "a"}}, 1, 417, false},
      {{{"Expect", "100-continue, a"}, {"Content-Length", "1"}}, 1, 417, false},
  };
  for (const auto& [headers, minor_version, status, expects_continue] : rows) {
    CAPTURE(headers.front().second, minor_version);
    const auto got = ask(with_host(headers), "POST", "/", minor_version);
    CHECK(got.status == status);
    CHECK(got.plan.expects_continue == expects_continue);
  }
}
