// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

// The schema and the statements of `postgresql_inbox`.
//
// Bytes from outside are kept as bytea: text refuses U+0000, and a database whose encoding is not
// UTF-8 refuses more. Times are milliseconds since 1970: timestamptz has no year 0000.

namespace signhook::inline SIGNHOOK_ABI::detail {

inline constexpr const char* postgresql_schema = R"sql(
create table if not exists signhook_schema (version integer primary key);
create table if not exists signhook_inbox (
  id uuid primary key,
  fingerprint bigint not null,
  received bigint not null
);
create index if not exists signhook_inbox_received on signhook_inbox (received);
create table if not exists signhook_queue (
  id uuid primary key,
  received bigint not null,
  attempt bigint not null,
  due bigint not null,
  body bytea not null
);
create index if not exists signhook_queue_due on signhook_queue (due);
create table if not exists signhook_dead_letters (
  id uuid primary key,
  received bigint not null,
  attempt bigint not null,
  reason bytea not null,
  body bytea not null
);
create table if not exists signhook_quarantine (
  number bigint generated always as identity primary key,
  received bigint not null,
  reason text not null,
  event_id uuid,
  error_code text,
  error_offset bigint,
  error_path text,
  body bytea not null
);
insert into signhook_schema values (1) on conflict do nothing;
)sql";

// Object identifiers of types; they are fixed (src/include/catalog/pg_type.dat).
inline constexpr unsigned pg_bytea = 17;
inline constexpr unsigned pg_int8 = 20;
inline constexpr unsigned pg_text = 25;
inline constexpr unsigned pg_uuid = 2950;

enum class statement : std::uint8_t {
  begin,
  check,
  commit,
  claim,
  find,
  dead_letter,
  quarantine,
  prune,
  enqueue,
  take,
  open,
  finish,
  schedule,
  bury,
  requeue
};

struct statement_text {
  const char* name;
  const char* sql;
  std::array<unsigned, 8> types;  // of the parameters; zeros after them
};

// With synchronous_commit = off the server says COMMIT before the transaction is on disk, and a
// server that is killed then loses it. Other values are the caller's choice.
#define SIGNHOOK_SYNCHRONOUS_COMMIT                       \
  "case current_setting('synchronous_commit') when 'off'" \
  " then set_config('synchronous_commit', 'on', true) else '' end"

inline constexpr statement_text statements[] = {
    {"signhook_begin", "begin", {}},
    // Divides by zero if this is not the transaction that the claim began in.
    {"signhook_check",
     "select 1/(txid_current_if_assigned() is not distinct from $1)::int",
     {pg_int8}},
    {"signhook_commit", "commit", {}},
    // The insert waits for a concurrent first delivery, for as long as $4 says; then the session's own
    // lock_timeout is back for the handler.
    {"signhook_claim",
     "with before as (select current_setting('lock_timeout') as lock_timeout,"
     " set_config('lock_timeout', $4, true) as bounded),"
     " added as (insert into signhook_inbox (id, fingerprint, received)"
     " select $1, $2, $3 from before where bounded is not null"
     " on conflict (id) do nothing returning id)"
     " select txid_current(), set_config('lock_timeout', before.lock_timeout, true),"
     " " SIGNHOOK_SYNCHRONOUS_COMMIT " from added, before",
     {pg_uuid, pg_int8, pg_int8, pg_text}},
    {"signhook_find", "select fingerprint from signhook_inbox where id = $1", {pg_uuid}},
    // Nothing is inserted where the event was handled in the meantime.
    {"signhook_dead_letter",
     "with before as (select set_config('lock_timeout', $6, true),"
     " " SIGNHOOK_SYNCHRONOUS_COMMIT " as set),"
     " added as (insert into signhook_inbox (id, fingerprint, received)"
     " select $1, $2, $3 from before where set is not null on conflict (id) do nothing returning "
     "id)"
     " insert into signhook_dead_letters (id, received, attempt, reason, body)"
     " select id, $3, 1, $4, $5 from added",
     {pg_uuid, pg_int8, pg_int8, pg_bytea, pg_bytea, pg_text}},
    {"signhook_quarantine",
     "insert into signhook_quarantine"
     " (received, reason, event_id, error_code, error_offset, error_path, body)"
     " select $1, $2, $3, $4, $5, $6, $7 where " SIGNHOOK_SYNCHRONOUS_COMMIT " is not null",
     {pg_int8, pg_text, pg_uuid, pg_text, pg_int8, pg_text, pg_bytea}},
    // Locked rows are left to the next call, so that two prunes never wait for each other.
    {"signhook_prune",
     "delete from signhook_inbox where ctid = any(array("
     "select i.ctid from signhook_inbox i where i.received < $1"
     " and not exists (select from signhook_queue q where q.id = i.id)"
     " and not exists (select from signhook_dead_letters d where d.id = i.id)"
     " order by i.received limit $2 for update of i skip locked))",
     {pg_int8, pg_int8}},
    {"signhook_enqueue",
     "insert into signhook_queue (id, received, attempt, due, body) values ($1, $2, 0, $2, $3)",
     {pg_uuid, pg_int8, pg_bytea}},
    // Events that another worker has open are locked, and skipped even if their lease has ended.
    {"signhook_take",
     "with next as (select id from signhook_queue where due <= $1 order by due limit $3"
     " for update skip locked)"
     " update signhook_queue q set attempt = q.attempt + 1, due = $2 from next"
     " where q.id = next.id and " SIGNHOOK_SYNCHRONOUS_COMMIT
     " is not null returning q.id, q.attempt, q.received",
     {pg_int8, pg_int8, pg_int8}},
    // Whoever has the row took the event after its lease ended.
    {"signhook_open",
     "select txid_current(), body, " SIGNHOOK_SYNCHRONOUS_COMMIT
     " from signhook_queue where id = $1 and attempt = $2 for update skip locked",
     {pg_uuid, pg_int8}},
    {"signhook_finish",
     "delete from signhook_queue where id = $1 and attempt = $2",
     {pg_uuid, pg_int8}},
    {"signhook_schedule",
     "update signhook_queue set due = $3 where id = $1 and attempt = $2"
     " and " SIGNHOOK_SYNCHRONOUS_COMMIT " is not null",
     {pg_uuid, pg_int8, pg_int8}},
    {"signhook_bury",
     "with gone as (delete from signhook_queue where id = $1 and attempt = $2"
     " and " SIGNHOOK_SYNCHRONOUS_COMMIT " is not null returning id, received, attempt, body)"
     " insert into signhook_dead_letters (id, received, attempt, reason, body)"
     " select id, received, attempt, $3, body from gone",
     {pg_uuid, pg_int8, pg_bytea}},
    {"signhook_requeue",
     "with back as (delete from signhook_dead_letters where id = $1"
     " and " SIGNHOOK_SYNCHRONOUS_COMMIT " is not null returning id, received, body)"
     " insert into signhook_queue (id, received, attempt, due, body)"
     " select id, received, 0, $2, body from back",
     {pg_uuid, pg_int8}},
};

#undef SIGNHOOK_SYNCHRONOUS_COMMIT

}  // namespace signhook::inline SIGNHOOK_ABI::detail
