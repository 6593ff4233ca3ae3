// SPDX-License-Identifier: BSL-1.0
#pragma once

#if defined(__unix__) || defined(__APPLE__)
#define SIGNHOOK_TEST_PAGE_END 1

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string_view>

// Readable bytes followed by an inaccessible page.
class guard_page {
 public:
  explicit guard_page(std::size_t most) : page_(static_cast<std::size_t>(sysconf(_SC_PAGESIZE))) {
    readable_ = (most + page_ - 1) / page_ * page_;
    void* const mapped = mmap(nullptr, readable_ + page_, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED) std::abort();
    begin_ = static_cast<char*>(mapped);
    if (mprotect(begin_ + readable_, page_, PROT_NONE) != 0) std::abort();
  }
  ~guard_page() { munmap(begin_, readable_ + page_); }
  guard_page(const guard_page&) = delete;
  guard_page& operator=(const guard_page&) = delete;

  // A copy that ends where the readable bytes end.
  [[nodiscard]] std::string_view place(std::string_view text) {
    char* const at = begin_ + readable_ - text.size();
    if (!text.empty()) std::memcpy(at, text.data(), text.size());
    return {at, text.size()};
  }

  // As many bytes that nobody can read, at most a page of them.
  [[nodiscard]] std::string_view unreadable(std::size_t size) const {
    return {begin_ + readable_, size};
  }

 private:
  std::size_t page_;
  std::size_t readable_ = 0;
  char* begin_ = nullptr;
};

#endif
