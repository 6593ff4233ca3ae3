// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string_view>
#include <vector>

// A file of the page, which the program carries.
struct asset {
  std::string_view name;
  std::string_view text;
};

// Returns all of them. embed.sh writes this function when the program is built.
[[nodiscard]] const std::vector<asset>& inspect_assets();
