// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>

#include <string_view>

namespace signhook::inline SIGNHOOK_ABI {

/// The version of `postgresql_schema`. It is kept in the database: an inbox works with its own version
/// only.
inline constexpr int postgresql_schema_version = 3;

/// The tables of the inbox, as `postgresql_inbox::create` makes them, for those who manage their schema
/// themselves; it may run again, also over the tables of an older version, which it brings to this one, and ends
/// with a null character. Times are milliseconds since 1970, UTC,
/// because timestamptz has no year 0000. Bodies and reasons are bytea, because text refuses U+0000. The
/// tables are there to be read: `signhook_dead_letters` and `signhook_quarantine` are for a person to
/// look at, with `convert_from(body, 'UTF8')`.
///
/// A worker has an event of the queue until the time `leased`. No index has this column, and half of each page of the
/// queue is free, so that to take an event writes no index (a heap-only update): with a page of the primary key for
/// each, 32 events wrote 235 KB to the log in place of 24.
///
/// The events of a dossier have their order from `number`. It is 0, and `dossier` is null, in rows of earlier versions: to
/// fill them in would write all of the table while nobody can store an event.
inline constexpr std::string_view postgresql_schema = R"sql(
create table if not exists signhook_schema(
  version integer primary key);
create table if not exists signhook_inbox(
  id uuid primary key,
  fingerprint bigint not null,
  received bigint not null);
create index if not exists signhook_inbox_received on signhook_inbox(received);
create table if not exists signhook_queue(
  id uuid primary key,
  received bigint not null,
  attempts bigint not null,
  due bigint not null,
  body bytea not null,
  leased bigint not null default 0) with (fillfactor = 50);
create index if not exists signhook_queue_due on signhook_queue(due);
create table if not exists signhook_dead_letters(
  id uuid primary key,
  received bigint not null,
  attempts bigint not null,
  reason bytea not null,
  body bytea not null);
create table if not exists signhook_quarantine(
  number bigint generated always as identity primary key,
  received bigint not null,
  reason text not null,
  path text,
  byte_offset bigint,
  id uuid,
  body bytea not null);
alter table signhook_queue add column if not exists leased bigint not null default 0;
alter table signhook_queue set (fillfactor = 50);
alter table signhook_queue add column if not exists dossier uuid;
do $$ begin
  if not exists (select from pg_attribute where attrelid = 'signhook_queue'::regclass and attname = 'number') then
    alter table signhook_queue add column number bigint not null default 0;
    alter table signhook_queue alter column number drop default;
    alter table signhook_queue alter column number add generated always as identity;
  end if;
end $$;
alter table signhook_dead_letters add column if not exists dossier uuid;
create index if not exists signhook_queue_order on signhook_queue(dossier, number) where dossier is not null;
insert into signhook_schema values (3) on conflict do nothing;
)sql";

}  // namespace signhook::inline SIGNHOOK_ABI
