// SPDX-License-Identifier: BSL-1.0
#pragma once

// The exit codes of the program.
enum class exit_code : int {
  accepted = 0,  // success
  rejected = 1,  // some input was rejected or not delivered
  failed = 2,    // an invalid option, or an error of input or output
};
