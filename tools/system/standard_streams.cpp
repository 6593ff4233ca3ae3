// SPDX-License-Identifier: BSL-1.0
#include "system/standard_streams.hpp"

#if !defined(_WIN32)
#include <fcntl.h>
#include <unistd.h>
#endif

#include <initializer_list>

void keep_standard_streams() {
#if !defined(_WIN32)
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(stream, F_GETFD) >= 0) continue;
    // The lowest free descriptor is taken, which is this one. Without /dev/null nothing can be done.
    const int opened = ::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    if (opened > STDERR_FILENO) ::close(opened);
  }
#endif
}
