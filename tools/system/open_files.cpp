// SPDX-License-Identifier: BSL-1.0
#include "system/open_files.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

std::size_t raise_open_files(std::size_t wanted) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
    throw std::system_error(errno, std::generic_category(), "getrlimit");
  }
  if (limit.rlim_cur >= wanted) return wanted;
  limit.rlim_cur = std::min<rlim_t>(wanted, limit.rlim_max);
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
    throw std::system_error(errno, std::generic_category(), "setrlimit");
  }
  return static_cast<std::size_t>(limit.rlim_cur);
}
