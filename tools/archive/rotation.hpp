// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

// When an archive goes on in a new file, and how many of the older files stay.
struct rotation {
  std::uint64_t max_bytes = 0;         // of a file; 0 is no limit
  std::chrono::seconds max_age{};      // of its first line; 0 is no limit
  std::size_t keep = 0;                // older files; 0 keeps all
  std::chrono::milliseconds needed{};  // a file that was written within this time stays, too

  [[nodiscard]] bool is_on() const { return max_bytes != 0 || max_age.count() != 0; }
};

// A file that a rotation has left has the time of the rotation at the end of its name, after the archive's:
// events.20261127T155800.123Z. A later one has a later time, also if the clock was set back. All functions throw
// std::system_error.

// Returns the files that rotations of the archive have left, the newest first, and after them those that logrotate
// has numbered: events.1, events.2.
[[nodiscard]] std::vector<std::string> rotated_files(const std::string& archive);

// Returns the path to rename the archive to.
[[nodiscard]] std::string next_rotated_file(const std::string& archive,
                                            std::chrono::system_clock::time_point now);

// Removes the oldest files that rotations of the archive have left, except those that have to stay.
void remove_rotated_files(const std::string& archive, const rotation& of);
