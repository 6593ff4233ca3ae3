// SPDX-License-Identifier: BSL-1.0
// Decodes the event on its standard input and says what an inbox in SQLite makes of it, twice.
#include <signhook/decoder.hpp>
#include <signhook/inbox/sqlite.hpp>

#include <sqlite3.h>

#include <iostream>
#include <iterator>
#include <string>

int main() {
  const std::string body(std::istreambuf_iterator<char>(std::cin), {});
  signhook::decoder decoder;
  const auto event = decoder.decode(body);
  if (!event) return 1;
  sqlite3* connection = nullptr;
  if (sqlite3_open("consumer.db", &connection) != SQLITE_OK) return 1;
  bool is_handled_once = false;
  if (!signhook::sqlite_inbox::create(connection)) {
    auto inbox = signhook::sqlite_inbox::make(connection);
    if (!inbox) return 1;
    const auto entry = signhook::inbox_entry::from(*event, body, {});
    is_handled_once = inbox->begin(entry) == signhook::begin_outcome::acquired &&
                      inbox->commit(entry) &&
                      inbox->begin(entry) == signhook::begin_outcome::duplicate;
  }
  sqlite3_close(connection);
  std::cout << (is_handled_once ? "once" : "not once") << '\n';
  return is_handled_once ? 0 : 1;
}
