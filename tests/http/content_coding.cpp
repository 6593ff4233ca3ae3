// SPDX-License-Identifier: BSL-1.0
#include "http/content_coding.hpp"

#include "../catch.hpp"

#include <zlib.h>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace {

std::string gzip(std::string_view text) {
  z_stream stream{};
  constexpr int gzip_only = 16;
  REQUIRE(deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, MAX_WBITS + gzip_only,
                       MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string made(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(made.data());
  stream.avail_out = static_cast<uInt>(made.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  made.erase(stream.total_out);
  deflateEnd(&stream);
  return made;
}

}  // namespace

TEST_CASE("a coding and its names") {
  struct row {
    http_headers headers;
    decoded_as as;
  };
  const row rows[] = {
      {{}, decoded_as::identity},
      {{{"Content-Encoding", ""}}, decoded_as::identity},
      {{{"Content-Encoding", "identity"}}, decoded_as::identity},
      {{{"content-encoding", "GZIP"}}, decoded_as::content},
      {{{"Content-Encoding", "x-gzip"}}, decoded_as::content},
      {{{"Content-Encoding", "identity, gzip,"}}, decoded_as::content},
      {{{"Content-Encoding", "gzip, gzip"}}, decoded_as::unknown},
      {{{"Content-Encoding", "gzip"}, {"Content-Encoding", "gzip"}}, decoded_as::unknown},
      {{{"Content-Encoding", "deflate"}}, decoded_as::unknown},
      {{{"Content-Encoding", "gzip;q=1"}}, decoded_as::unknown},
      {{{"Transfer-Encoding", "gzip"}}, decoded_as::identity},
  };
  const std::string body = gzip("text");
  for (const auto& [headers, as] : rows) {
    CAPTURE(headers.empty() ? "" : headers.front().second);
    const auto got = decode_content(headers, body, 4);
    CHECK(got.as == as);
    CHECK(got.body == (as == decoded_as::content ? "text" : ""));
  }
}

TEST_CASE("members are joined, and a cut or broken stream never passes") {
  const http_headers headers = {{"Content-Encoding", "gzip"}};
  const auto decode = [&](std::string_view body, std::size_t max_size = 1000) {
    return decode_content(headers, body, max_size);
  };
  const std::string members = gzip("one ") + gzip("") + gzip("two");
  CHECK(decode(members).body == "one two");
  CHECK(decode(gzip("")).as == decoded_as::content);
  for (std::size_t size = 0; size < members.size(); ++size) {
    CAPTURE(size);
    const bool is_whole = size == gzip("one ").size() || size == (gzip("one ") + gzip("")).size();
    CHECK(decode(std::string_view(members).substr(0, size)).as ==
          (is_whole ? decoded_as::content : decoded_as::broken));
  }
  CHECK(decode(members + "x").as == decoded_as::broken);
  CHECK(decode("text").as == decoded_as::broken);
  // The checksum and the size, which follow the compressed text (RFC 1952, section 2.3.1).
  for (std::size_t last = 1; last <= 8; ++last) {
    std::string changed = gzip("one");
    changed[changed.size() - last] = static_cast<char>(changed[changed.size() - last] ^ 1);
    CHECK(decode(changed).as == decoded_as::broken);
  }
}

TEST_CASE("at most as many bytes as allowed are decoded") {
  const http_headers headers = {{"Content-Encoding", "gzip"}};
  const std::string body = gzip(std::string(100000, ' '));
  CHECK(decode_content(headers, body, 99999).as == decoded_as::too_large);
  CHECK(decode_content(headers, body, 0).as == decoded_as::too_large);
  CHECK(decode_content(headers, body, 100000).body == std::string(100000, ' '));
  CHECK(decode_content(headers, gzip("a") + gzip("b"), 1).as == decoded_as::too_large);
}
