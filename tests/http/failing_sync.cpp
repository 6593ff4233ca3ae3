// SPDX-License-Identifier: BSL-1.0
// Loaded into a program by LD_PRELOAD: its fdatasync fails once for each time that the file which
// $SIGNHOOK_FAIL_SYNC names is created.
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): a reserved name in the C library
extern "C" int fdatasync(int file) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing changes the environment
  const char* const trigger = std::getenv("SIGNHOOK_FAIL_SYNC");
  if (trigger != nullptr && unlink(trigger) == 0) {
    errno = EIO;
    return -1;
  }
  return fsync(file);
}
