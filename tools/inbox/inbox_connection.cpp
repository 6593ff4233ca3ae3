// SPDX-License-Identifier: BSL-1.0
#include "inbox/inbox_connection.hpp"

#include "inbox/engines.hpp"

std::unique_ptr<inbox_connection> make_inbox_connection(const inbox_address& address,
                                                        const inbox_settings& settings) {
  return address.engine == inbox_engine::sqlite
             ? make_sqlite_connection(address.place, settings)
             : make_postgresql_connection(address.place, settings);
}
