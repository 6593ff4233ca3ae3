// SPDX-License-Identifier: BSL-1.0
#include "http/content_coding.hpp"

#include "http/field_lists.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>
#include <new>

namespace {

// RFC 9110, section 8.4.1.3.
bool is_gzip(std::string_view coding) {
  using signhook::detail::equal_without_case;
  return equal_without_case(coding, "gzip") || equal_without_case(coding, "x-gzip");
}

class inflater {
 public:
  inflater() {
    constexpr int gzip_only = 16;
    if (inflateInit2(&stream_, MAX_WBITS + gzip_only) != Z_OK) throw std::bad_alloc();
  }
  ~inflater() { inflateEnd(&stream_); }
  inflater(const inflater&) = delete;
  inflater& operator=(const inflater&) = delete;

  // Decodes all members of a stream (RFC 1952, section 2.2).
  decoded_content decode(std::string_view body, std::size_t max_size) {
    decoded_content made;
    if (body.size() > std::numeric_limits<uInt>::max()) return {decoded_as::too_large};
    // zlib does not write to its input, but older versions take it as not constant.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
    stream_.avail_in = static_cast<uInt>(body.size());
    std::array<char, std::size_t{16} * 1024> piece{};
    for (;;) {
      stream_.next_out = reinterpret_cast<Bytef*>(piece.data());
      stream_.avail_out = piece.size();
      const int done = inflate(&stream_, Z_NO_FLUSH);
      const std::size_t size = piece.size() - stream_.avail_out;
      if (size > max_size - made.body.size()) return {decoded_as::too_large};
      made.body.append(piece.data(), size);
      if (done == Z_STREAM_END) {
        if (stream_.avail_in == 0) break;
        if (inflateReset(&stream_) != Z_OK) return {decoded_as::broken};
      } else if (done == Z_MEM_ERROR) {
        throw std::bad_alloc();
      } else if (done != Z_OK) {
        return {decoded_as::broken};  // Z_BUF_ERROR: the input ended within a member
      }
    }
    made.as = decoded_as::content;
    return made;
  }

 private:
  z_stream stream_{};
};

}  // namespace

decoded_content decode_content(const http_headers& headers, std::string_view body,
                               std::size_t max_size) {
  std::size_t codings = 0;
  bool has_gzip = false;
  for_each_element(headers, "content-encoding", [&](std::string_view coding) {
    if (signhook::detail::equal_without_case(coding, "identity")) return;
    ++codings;
    has_gzip = has_gzip || is_gzip(coding);
  });
  if (codings == 0) return {};
  if (codings != 1 || !has_gzip) return {decoded_as::unknown};
  return inflater().decode(body, max_size);
}
