// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/event.hpp>

#include <cstdint>

namespace signhook::inline SIGNHOOK_ABI {

/// Why an inbox over SQLite could not do as asked.
enum class sqlite_errc : std::uint8_t {
  none,              ///< it could
  database,          ///< SQLite reported an error: see `sqlite_error::sqlite_code`
  invalid_options,   ///< the options mean nothing
  no_schema,         ///< the tables are missing: `sqlite_inbox::create`
  other_schema,      ///< the tables are of another version of signhook
  not_wal,           ///< the database is not in WAL mode: `sqlite_inbox::create` sets it
  open_transaction,  ///< the connection was in a transaction that is not a claim
  no_claim,          ///< there is no claim or lease to end
  lost_transaction,  ///< the handler, or SQLite after an error, has ended the claim's transaction
  lost_lease,        ///< the stored event belongs to another worker by now, or is handled
  not_found,         ///< there is no such dead letter
};

/// An error of an inbox over SQLite.
struct sqlite_error {
  sqlite_errc code = sqlite_errc::none;

  /// The extended result code of SQLite, `SQLITE_FULL` say, or 0.
  int sqlite_code = 0;

  /// What SQLite says, for a person; cut to what fits.
  inline_text<255> message{};

  friend constexpr bool operator==(const sqlite_error&, const sqlite_error&) noexcept = default;
};

}  // namespace signhook::inline SIGNHOOK_ABI
