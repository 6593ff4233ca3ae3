// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "inbox/inbox_connection.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>

// Returns the SQL for rows of a table: id, received, attempts, due, reason, body. Where there is an id it is the first
// parameter, and the number of rows is the next one.
[[nodiscard]] inline std::string row_query(inbox_table table, bool has_id, std::string_view id,
                                           std::string_view at_most) {
  const std::string where = has_id ? fmt::format(" where id = {}", id) : std::string();
  switch (table) {
    case inbox_table::queue:
      return fmt::format(
          "select id, received, attempts, due, null, body from signhook_queue{} order by due limit "
          "{}",
          where, at_most);
    case inbox_table::dead_letters:
      return fmt::format(
          "select id, received, attempts, null, reason, body from signhook_dead_letters{}"
          " order by received limit {}",
          where, at_most);
    case inbox_table::quarantine:
      return fmt::format(
          "select id, received, null, null, reason, body from signhook_quarantine{}"
          " order by number limit {}",
          where, at_most);
    case inbox_table::known: break;
  }
  return fmt::format(
      "select id, received, null, null, null, null from signhook_inbox{} order by received limit "
      "{}",
      where, at_most);
}
