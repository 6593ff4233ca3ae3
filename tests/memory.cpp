// SPDX-License-Identifier: BSL-1.0
// Bodies that end where the readable memory ends.
#include "catch.hpp"
#include <signhook/decoder.hpp>
#include <signhook/encoder.hpp>

#if defined(__unix__) || defined(__APPLE__)

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <string>
#include <string_view>

namespace {

using namespace signhook;

// Some readable bytes, and an inaccessible page behind them.
class page_end {
 public:
  explicit page_end(std::size_t most) : page_(static_cast<std::size_t>(sysconf(_SC_PAGESIZE))) {
    readable_ = (most + page_ - 1) / page_ * page_;
    void* const mapped = mmap(nullptr, readable_ + page_, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    REQUIRE(mapped != MAP_FAILED);
    begin_ = static_cast<char*>(mapped);
    REQUIRE(mprotect(begin_ + readable_, page_, PROT_NONE) == 0);
  }
  ~page_end() { munmap(begin_, readable_ + page_); }
  page_end(const page_end&) = delete;
  page_end& operator=(const page_end&) = delete;

  [[nodiscard]] std::string_view place(std::string_view text) {
    char* const at = begin_ + readable_ - text.size();
    if (!text.empty()) std::memcpy(at, text.data(), text.size());
    return {at, text.size()};
  }

 private:
  std::size_t page_;
  std::size_t readable_ = 0;
  char* begin_ = nullptr;
};

}  // namespace

TEST_CASE("no byte behind a body is read, whatever its length") {
  decoder with;
  page_end end(8192);
  std::array<char, max_encoded_size> buffer{};
  const std::string_view body = *encode(samples[7], buffer);
  REQUIRE(body.size() > 300);
  for (std::size_t size = 0; size <= 4096; ++size) {
    // A good body and spaces, a string that does not end, an escape that does not end.
    std::string good(body.substr(0, size));
    good.resize(size, ' ');
    const bool accepted = with.decode(end.place(good)).has_value();
    if (accepted != (size >= body.size())) FAIL(size);
    if (with.validate(end.place(good), [](const finding&) {}) != accepted) FAIL(size);
    for (const char filler : {'x', '\\', '"', '[', '{', '1', '\xe2', ' '}) {
      const std::string open = "{\"id\":\"" + std::string(size, filler);
      const std::string_view placed = end.place(std::string_view(open).substr(0, size));
      if (with.decode(placed)) FAIL(size);
      if (with.validate(placed, [](const finding&) {})) FAIL(size);
    }
  }
  SUCCEED();
}

TEST_CASE("every prefix of every sample is refused at its end") {
  decoder with;
  page_end end(4096);
  std::array<char, max_encoded_size> buffer{};
  for (const event& sample : samples) {
    const std::string_view body = *encode(sample, buffer);
    for (std::size_t size = 1; size < body.size(); ++size) {
      const auto decoded = with.decode(end.place(body.substr(0, size)));
      if (decoded) FAIL(body.substr(0, size));
      if (decoded.error() != error{errc::invalid_json, static_cast<std::uint32_t>(size), ""})
        FAIL(size);
    }
  }
  SUCCEED();
}

#endif
