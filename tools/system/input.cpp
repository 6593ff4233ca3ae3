// SPDX-License-Identifier: BSL-1.0
#include "system/input.hpp"

#if defined(_WIN32)
#include <io.h>
#else
#include <unistd.h>
#endif

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace {

// std::fread would wait until the whole buffer is filled.
std::ptrdiff_t read_some(std::FILE* file, char* into, std::size_t max) {
#if defined(_WIN32)
  return _read(_fileno(file), into, static_cast<unsigned>(max));
#else
  ssize_t size = 0;
  do {
    size = ::read(fileno(file), into, max);
  } while (size < 0 && errno == EINTR);
  return size;
#endif
}

}  // namespace

input::input(const std::string& path)
    : name_(path == "-" ? "<stdin>" : path),
      file_(path == "-" ? stdin : std::fopen(path.c_str(), "rb")) {
  if (!file_) failure_ = std::generic_category().message(errno);
}

std::size_t input::read(char* into, std::size_t max) {
  if (failure_) return 0;
  const std::ptrdiff_t size = read_some(file_.get(), into, max);
  if (size < 0) failure_ = std::generic_category().message(errno);
  return size < 0 ? 0 : static_cast<std::size_t>(size);
}

std::string input::read_up_to(std::size_t max) {
  constexpr std::size_t chunk = std::size_t{64} * 1024;
  std::string bytes;
  while (bytes.size() < max) {
    const std::size_t used = bytes.size();
    bytes.resize(used + std::min(chunk, max - used));
    const std::size_t size = read(bytes.data() + used, bytes.size() - used);
    bytes.resize(used + size);
    if (size == 0) break;
  }
  return bytes;
}

std::optional<mapping> input::map() const {
  if (failure_ || file_.get() == stdin) return std::nullopt;
  return mapping::of(file_.get());
}
