// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <string>

enum class inbox_engine : std::uint8_t { sqlite, postgresql };

// The place of an inbox: `sqlite:FILE`, or a URI as libpq takes it (postgresql://...).
struct inbox_address {
  inbox_engine engine{};
  std::string place;  // the file, or the URI, which may hold a password

  // Throws std::runtime_error. Its message repeats nothing of the address, which may hold a password.
  [[nodiscard]] static inbox_address parse(const std::string& text);
};
