// SPDX-License-Identifier: BSL-1.0
// Replaces sqlite_connection.cpp where SQLite was not found.
#include "inbox/engines.hpp"

#include <stdexcept>

std::unique_ptr<inbox_connection> make_sqlite_connection(const std::string& /*path*/,
                                                         const inbox_settings& /*settings*/) {
  throw std::runtime_error("this program was built without SQLite");
}
