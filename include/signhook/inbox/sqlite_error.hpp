// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/error/error_code.hpp>
#include <signhook/event.hpp>

#include <cstdint>
#include <string_view>
#include <type_traits>

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

/// Returns a description of a code for people, as `describe(errc)`.
[[nodiscard]] constexpr std::string_view describe(sqlite_errc code) noexcept {
  switch (code) {
    case sqlite_errc::none: return "no error";
    case sqlite_errc::database: return "SQLite reported an error";
    case sqlite_errc::invalid_options: return "the options are not valid";
    case sqlite_errc::no_schema: return "the tables are missing";
    case sqlite_errc::other_schema: return "the tables are of another version of signhook";
    case sqlite_errc::not_wal: return "the database is not in WAL mode";
    case sqlite_errc::open_transaction:
      return "the connection is in a transaction that is no claim";
    case sqlite_errc::no_claim: return "there is no claim or lease to end";
    case sqlite_errc::lost_transaction: return "the claim's transaction has ended";
    case sqlite_errc::lost_lease: return "the event belongs to another worker, or is handled";
    case sqlite_errc::not_found: return "there is no such dead letter";
  }
  return {};
}

namespace detail {
template <>
inline constexpr const char* category_name<sqlite_errc> = "signhook.sqlite";
}  // namespace detail

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

template <>
struct std::is_error_code_enum<signhook::sqlite_errc> : std::true_type {};
