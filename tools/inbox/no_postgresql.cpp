// SPDX-License-Identifier: BSL-1.0
// Replaces postgresql_connection.cpp where libpq was not found.
#include "inbox/engines.hpp"

#include <stdexcept>

std::unique_ptr<inbox_connection> make_postgresql_connection(const std::string& /*uri*/,
                                                             const inbox_settings& /*settings*/) {
  throw std::runtime_error("this program was built without libpq");
}
