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

/// Returns the meaning of a code in a few words, without a capital or a full stop. The wording may
/// change with any release.
/// *Lifetime*: static storage.
[[nodiscard]] constexpr std::string_view describe(sqlite_errc code) noexcept {
  switch (code) {
    case sqlite_errc::none: return "no error";
    case sqlite_errc::database: return "SQLite reported an error";
    case sqlite_errc::invalid_options: return "invalid options";
    case sqlite_errc::no_schema: return "the inbox's tables are missing";
    case sqlite_errc::other_schema: return "the inbox's tables are of another version";
    case sqlite_errc::not_wal: return "the database is not in WAL mode";
    case sqlite_errc::open_transaction: return "a transaction is open already";
    case sqlite_errc::no_claim: return "no claim is open";
    case sqlite_errc::lost_transaction: return "the transaction was ended";
    case sqlite_errc::lost_lease: return "the lease was lost";
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
  /// The fault; `none` for a success.
  sqlite_errc code = sqlite_errc::none;

  /// The extended result code of SQLite, `SQLITE_FULL` say, or 0.
  int sqlite_code = 0;

  /// For a person: what SQLite says, cut to what fits, or else what `describe` says.
  inline_text<255> message{};

  friend constexpr bool operator==(const sqlite_error&, const sqlite_error&) noexcept = default;
};

}  // namespace signhook::inline SIGNHOOK_ABI

template <>
struct std::is_error_code_enum<signhook::sqlite_errc> : std::true_type {};
