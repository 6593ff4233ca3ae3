// SPDX-License-Identifier: BSL-1.0
#pragma once

enum class exit_code : int {
  accepted = 0,  // all that was read
  rejected = 1,  // some of it
  failed = 2,    // a wrong option, or what could not be read or written
};
