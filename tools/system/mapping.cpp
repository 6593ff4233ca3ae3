// SPDX-License-Identifier: BSL-1.0
#include "system/mapping.hpp"

#include "system/exit_code.hpp"

#if !defined(_WIN32)

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <limits>

namespace {

// Handles SIGBUS, which an access after the end of a truncated file raises. Calls only functions that are
// safe in a signal handler (POSIX.1-2017, section 2.4.3).
void report_truncation(int) {
  constexpr std::string_view message = "signhook: a file was truncated while it was read\n";
  // A failure to write cannot be reported either.
  [[maybe_unused]] const ssize_t size = write(STDERR_FILENO, message.data(), message.size());
  _exit(static_cast<int>(exit_code::failed));
}

}  // namespace

std::optional<mapping> mapping::of(std::FILE* file) {
  struct stat status {};
  if (fstat(fileno(file), &status) != 0 || !S_ISREG(status.st_mode) || status.st_size <= 0 ||
      static_cast<std::uintmax_t>(status.st_size) > std::numeric_limits<std::size_t>::max()) {
    return std::nullopt;
  }
  const auto size = static_cast<std::size_t>(status.st_size);
  void* const begin = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fileno(file), 0);
  if (begin == MAP_FAILED) return std::nullopt;
  static_cast<void>(posix_madvise(begin, size, POSIX_MADV_SEQUENTIAL));  // only a hint
  static_cast<void>(std::signal(SIGBUS, report_truncation));
  return mapping({static_cast<const char*>(begin), size});
}

mapping::~mapping() {
  if (!bytes_.empty()) munmap(const_cast<char*>(bytes_.data()), bytes_.size());
}

void mapping::release(std::string_view part) const {
  // Whole pages. A part of the next block that goes with them stays in the system's page cache.
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  const auto begin = static_cast<std::size_t>(part.data() - bytes_.data()) / page * page;
  const auto end = static_cast<std::size_t>(part.data() - bytes_.data()) + part.size();
  static_cast<void>(madvise(const_cast<char*>(bytes_.data()) + begin, end - begin, MADV_DONTNEED));
}

#else

void mapping::release(std::string_view) const {}

std::optional<mapping> mapping::of(std::FILE*) { return std::nullopt; }

mapping::~mapping() = default;

#endif
