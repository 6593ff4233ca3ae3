// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/error/error_code.hpp>
#include <signhook/event.hpp>

#include <cstdint>
#include <string_view>
#include <type_traits>

namespace signhook::inline SIGNHOOK_ABI {

/// Why an inbox in PostgreSQL could not do as asked.
enum class postgresql_errc : std::uint8_t {
  none,                ///< it could
  database,            ///< PostgreSQL reported an error: see `postgresql_error::sqlstate`
  connection,          ///< the connection is broken, and could not be made again
  invalid_options,     ///< the options mean nothing
  no_schema,           ///< the tables are missing: `postgresql_inbox::create`
  other_schema,        ///< the tables are of another version of signhook
  open_transaction,    ///< the connection was in a transaction, or a claim was open
  no_claim,            ///< there is no claim or lease to end
  lost_transaction,    ///< the handler has ended the claim's transaction
  failed_transaction,  ///< a statement of the handler failed, and it did not roll back to a savepoint
  running_statement,  ///< the handler has left a statement running, or results unread
  too_large,          ///< a value has more bytes than libpq takes
  lost_lease,         ///< the stored event belongs to another worker by now, or is handled
  not_found,          ///< there is no such dead letter
};

/// Returns the meaning of a code in a few words, without a capital or a full stop. The wording may
/// change with any release.
/// *Lifetime*: static storage.
[[nodiscard]] constexpr std::string_view describe(postgresql_errc code) noexcept {
  switch (code) {
    case postgresql_errc::none: return "no error";
    case postgresql_errc::database: return "PostgreSQL reported an error";
    case postgresql_errc::connection: return "the connection is broken";
    case postgresql_errc::invalid_options: return "invalid options";
    case postgresql_errc::no_schema: return "the inbox's tables are missing";
    case postgresql_errc::other_schema: return "the inbox's tables are of another version";
    case postgresql_errc::open_transaction: return "a transaction is open already";
    case postgresql_errc::no_claim: return "no claim is open";
    case postgresql_errc::lost_transaction: return "the handler ended the transaction";
    case postgresql_errc::failed_transaction: return "a statement in the transaction failed";
    case postgresql_errc::running_statement: return "the handler left a statement running";
    case postgresql_errc::too_large: return "a value is too large";
    case postgresql_errc::lost_lease: return "the lease was lost";
    case postgresql_errc::not_found: return "there is no such dead letter";
  }
  return {};
}

namespace detail {
template <>
inline constexpr const char* category_name<postgresql_errc> = "signhook.postgresql";
}  // namespace detail

/// An error of an inbox in PostgreSQL.
struct postgresql_error {
  /// The fault; `none` for a success.
  postgresql_errc code = postgresql_errc::none;

  /// The SQLSTATE of PostgreSQL, `53100` for a full disk say; empty if the server said nothing.
  inline_text<5> sqlstate{};

  /// For a person: what PostgreSQL or libpq says, cut to what fits, or else what `describe` says.
  inline_text<255> message{};

  friend constexpr bool operator==(const postgresql_error&,
                                   const postgresql_error&) noexcept = default;
};

}  // namespace signhook::inline SIGNHOOK_ABI

template <>
struct std::is_error_code_enum<signhook::postgresql_errc> : std::true_type {};
