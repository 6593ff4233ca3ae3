// SPDX-License-Identifier: BSL-1.0
// Decodes the event on its standard input and says what an inbox in PostgreSQL makes of it where no server
// listens: that it links, and waits for nothing.
#include <signhook/decoder.hpp>
#include <signhook/inbox/postgresql.hpp>

#include <libpq-fe.h>

#include <iostream>
#include <iterator>
#include <string>

int main() {
  const std::string body(std::istreambuf_iterator<char>(std::cin), {});
  signhook::decoder decoder;
  const auto event = decoder.decode(body);
  if (!event) return 1;
  PGconn* const connection = PQconnectdb("host=/nowhere");
  bool is_unavailable = false;
  {
    signhook::postgresql_inbox inbox(connection);
    const auto entry = signhook::inbox_entry::from(*event, body, {});
    is_unavailable = !inbox.create() &&
                     inbox.begin(entry) == signhook::begin_outcome::unavailable &&
                     !inbox.last_error().empty();
  }
  PQfinish(connection);
  std::cout << (is_unavailable ? "unavailable" : "strange") << '\n';
  return is_unavailable ? 0 : 1;
}
