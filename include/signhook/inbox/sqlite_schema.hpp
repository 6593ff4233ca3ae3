// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>

#include <string_view>

namespace signhook::inline SIGNHOOK_ABI {

/// The version of `sqlite_schema`. It is kept in the database: an inbox works with its own version only.
inline constexpr int sqlite_schema_version = 2;

/// The tables of the inbox, as `sqlite_inbox::create` makes them, for those who manage their schema
/// themselves. Times are milliseconds since 1970, UTC; ids are the 16 bytes of the UUID. The tables are
/// there to be read: `signhook_dead_letters` and `signhook_quarantine` are for a person to look at.
inline constexpr std::string_view sqlite_schema = R"(
create table if not exists signhook_schema(
  version integer not null);
create table if not exists signhook_inbox(
  id blob primary key not null check(length(id) = 16),
  fingerprint integer not null,
  received integer not null) without rowid;
create index if not exists signhook_inbox_received on signhook_inbox(received);
create table if not exists signhook_queue(
  number integer primary key,
  id blob not null unique check(length(id) = 16),
  received integer not null,
  attempts integer not null,
  due integer not null,
  body blob not null,
  leased integer not null default 0,
  dossier blob);
create index if not exists signhook_queue_due on signhook_queue(due);
create index if not exists signhook_queue_order on signhook_queue(dossier) where dossier is not null;
create table if not exists signhook_dead_letters(
  number integer primary key,
  id blob not null unique check(length(id) = 16),
  received integer not null,
  attempts integer not null,
  reason text not null,
  body blob not null,
  dossier blob);
create table if not exists signhook_quarantine(
  number integer primary key,
  received integer not null,
  reason text not null,
  path text,
  byte_offset integer,
  id blob,
  body blob not null);
insert into signhook_schema select 2 where not exists (select * from signhook_schema);
)";

namespace detail {

// From version 1 to 2.
inline constexpr const char* sqlite_migration = R"(
alter table signhook_queue add column leased integer not null default 0;
alter table signhook_queue add column dossier blob;
alter table signhook_dead_letters add column dossier blob;
create index signhook_queue_order on signhook_queue(dossier) where dossier is not null;
update signhook_schema set version = 2;
)";

}  // namespace detail
}  // namespace signhook::inline SIGNHOOK_ABI
