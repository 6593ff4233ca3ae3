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
  if (!decoder.decode(body)) return 1;
  PGconn* const connection = PQconnectdb("host=/nowhere");
  const auto made = signhook::postgresql_inbox::make(connection);
  const bool is_unavailable = signhook::postgresql_inbox::create(connection) && !made &&
                              made.error().code == signhook::postgresql_errc::connection &&
                              !made.error().message.view().empty();
  PQfinish(connection);
  std::cout << (is_unavailable ? "unavailable" : "strange") << '\n';
  return is_unavailable ? 0 : 1;
}
