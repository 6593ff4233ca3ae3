// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

// The statements of `postgresql_inbox`.
//
// Bytes from outside are kept as bytea: text refuses U+0000, and a database whose encoding is not
// UTF-8 refuses more.

namespace signhook::inline SIGNHOOK_ABI::detail {

// Object identifiers of types; they are fixed (src/include/catalog/pg_type.dat).
inline constexpr unsigned pg_bytea = 17;
inline constexpr unsigned pg_int8 = 20;
inline constexpr unsigned pg_text = 25;
inline constexpr unsigned pg_uuid = 2950;
inline constexpr unsigned pg_bytea_array = 1001;
inline constexpr unsigned pg_int8_array = 1016;
inline constexpr unsigned pg_uuid_array = 2951;

enum class statement : std::uint8_t {
  begin,
  begin_read_committed,
  forbid_scans,
  check,
  commit,
  bound,
  claim,
  find,
  dead_letter,
  quarantine,
  prune,
  enqueue,
  enqueue_batch,
  take,
  find_in_order,
  take_in_order,
  open,
  finish,
  acknowledge,
  schedule,
  bury,
  requeue
};

struct statement_text {
  const char* name;
  const char* sql;
  std::array<unsigned, 8> types;  // of the parameters; zeros after them

  // A plan is kept for a prepared statement after five executions, for as long as the table is not analyzed: one that was
  // made for an empty table scans all of it when it has millions of rows (0.2 s with 300,000). To plan each time takes
  // 0.3 ms.
  bool is_planned_each_time = false;
};

// With synchronous_commit = off the server says COMMIT before the transaction is on disk, and a
// server that is killed then loses it. Other values are the caller's choice.
#define SIGNHOOK_SYNCHRONOUS_COMMIT                       \
  "case current_setting('synchronous_commit') when 'off'" \
  " then set_config('synchronous_commit', 'on', true) else '' end"

// The first row of the dossier of a row `q`, and one of its rows that a worker has.
#define SIGNHOOK_FIRST "from signhook_queue h where h.dossier = q.dossier order by h.number limit 1"
#define SIGNHOOK_LEASED                                                             \
  "select e.id from signhook_queue e where e.dossier = q.dossier and e.leased > $1" \
  " order by e.number limit 1"

inline constexpr statement_text statements[] = {
    {"signhook_begin", "begin", {}},
    {"signhook_begin_read_committed", "begin isolation level read committed", {}},
    // Statistics from a time when all events were of one dossier would make the planner read the whole queue.
    {"signhook_forbid_scans", "set local enable_seqscan = off", {}},
    // Divides by zero if this is not the transaction that the claim began in.
    {"signhook_check",
     "select 1/(txid_current_if_assigned() is not distinct from $1)::int",
     {pg_int8}},
    {"signhook_commit", "commit", {}},
    // A statement of its own: a lock on the table is waited for before the next one's values are computed.
    {"signhook_bound",
     "select set_config('signhook.lock_timeout', current_setting('lock_timeout'), true),"
     " set_config('lock_timeout', $1, true)",
     {pg_text}},
    // The insert waits for a concurrent first delivery; then the session's own lock_timeout is back for
    // the handler.
    {"signhook_claim",
     "with added as (insert into signhook_inbox (id, fingerprint, received) values ($1, $2, $3)"
     " on conflict (id) do nothing returning id)"
     " select txid_current(),"
     " set_config('lock_timeout', current_setting('signhook.lock_timeout'), true),"
     " " SIGNHOOK_SYNCHRONOUS_COMMIT " from added",
     {pg_uuid, pg_int8, pg_int8}},
    {"signhook_find", "select fingerprint from signhook_inbox where id = $1", {pg_uuid}},
    // Nothing is inserted where the event was handled in the meantime.
    {"signhook_dead_letter",
     "with before as (select set_config('lock_timeout', $6, true),"
     " " SIGNHOOK_SYNCHRONOUS_COMMIT " as set),"
     " added as (insert into signhook_inbox (id, fingerprint, received)"
     " select $1, $2, $3 from before where set is not null on conflict (id) do nothing returning "
     "id)"
     " insert into signhook_dead_letters (id, received, attempts, reason, body, dossier)"
     " select id, $3, 1, $4, $5, $7 from added",
     {pg_uuid, pg_int8, pg_int8, pg_bytea, pg_bytea, pg_text, pg_uuid}},
    {"signhook_quarantine",
     "insert into signhook_quarantine"
     " (received, reason, path, byte_offset, id, body)"
     " select $1, $2, $3, $4, $5, $6 where " SIGNHOOK_SYNCHRONOUS_COMMIT " is not null",
     {pg_int8, pg_text, pg_text, pg_int8, pg_uuid, pg_bytea}},
    // Locked rows are left to the next call, so that two prunes never wait for each other. Each id is looked up: of `not
    // exists` the planner may make a join for which it reads the whole queue.
    {"signhook_prune",
     "delete from signhook_inbox where ctid = any(array("
     "select i.ctid from signhook_inbox i where i.received < $1"
     " and (select q.id from signhook_queue q where q.id = i.id) is null"
     " and (select d.id from signhook_dead_letters d where d.id = i.id) is null"
     " order by i.received limit $2 for update of i skip locked))",
     {pg_int8, pg_int8},
     true},
    {"signhook_enqueue",
     "insert into signhook_queue (id, received, attempts, due, body, dossier)"
     " values ($1, $2, 0, $2, $3, $4)",
     {pg_uuid, pg_int8, pg_bytea, pg_uuid}},
    // In the order of the ids, so that two sessions that store the same events never wait for each other. An event
    // that is in the batch twice is stored once. Numbers follow the place in the batch. The snapshot is from before
    // the wait for another session: what that has committed is found by the next statement, here it is 0.
    {"signhook_enqueue_batch",
     "with given as materialized (select * from unnest($1, $2, $3, $4, $6) with ordinality"
     " as g (id, fingerprint, received, body, dossier, place)"
     " where set_config('lock_timeout', $5, true) is not null"
     " and " SIGNHOOK_SYNCHRONOUS_COMMIT " is not null),"
     " firsts as materialized (select distinct on (id) * from given order by id, place),"
     " added as (insert into signhook_inbox (id, fingerprint, received)"
     " select id, fingerprint, received from firsts order by id on conflict (id) do nothing"
     " returning id),"
     " queued as (insert into signhook_queue (id, received, attempts, due, body, dossier)"
     " select f.id, f.received, 0, f.received, f.body, f.dossier from added join firsts f using "
     "(id)"
     " order by f.place)"
     " select case when a.id is null then coalesce((select case i.fingerprint"
     " when g.fingerprint then 2 else 3 end from signhook_inbox i where i.id = g.id), 0)"
     " when f.place = g.place then 1 when f.fingerprint = g.fingerprint then 2 else 3 end::int8"
     " from given g join firsts f using (id) left join added a using (id) order by g.place",
     {pg_uuid_array, pg_int8_array, pg_int8_array, pg_bytea_array, pg_text, pg_uuid_array}},
    // Events that another worker has open are locked, and skipped even if their lease has ended.
    {"signhook_take",
     "with next as (select id from signhook_queue where due <= $1 and leased <= $1 order by due"
     " limit $3 for update skip locked)"
     " update signhook_queue q set attempts = q.attempts + 1, leased = $2 from next"
     " where q.id = next.id and " SIGNHOOK_SYNCHRONOUS_COMMIT
     " is not null returning q.id, q.attempts, q.received, q.body",
     {pg_int8, pg_int8, pg_int8},
     true},
    // The first of a transaction's two statements in the order of a dossier. It locks events that are first in their
    // dossier, and those behind one that is to be tried again later; and their dossiers, so that the second statement
    // sees what other workers took of them: an event whose transaction was long in committing may come before one
    // that was taken meanwhile. Each row before is looked up in the index, which no statistics can change: of `exists`
    // the planner may make a join.
    {"signhook_find_in_order",
     "select set_config('signhook.found', coalesce(string_agg(id::text, ','), ''), true) from ("
     "select q.id, q.dossier from signhook_queue q where q.due <= $1 and q.leased <= $1"
     " and (q.dossier is null or (select case when h.id = q.id then (" SIGNHOOK_LEASED ") is null"
     " else h.leased <= $1 and h.due > $1 end " SIGNHOOK_FIRST "))"
     " order by q.due limit $2 for update of q skip locked) found"
     " where dossier is null or pg_try_advisory_xact_lock(1936289384, hashtext(dossier::text))",
     {pg_int8, pg_int8},
     true},
    // An event behind one that is to be tried again becomes due with it, and is not read before.
    {"signhook_take_in_order",
     "with found as materialized (select q.id, q.due, case when q.dossier is null then $1 else ("
     "select case when h.id = q.id then case when (" SIGNHOOK_LEASED ") is null then $1 end"
     " when h.leased <= $1 and h.due > $1 then h.due end " SIGNHOOK_FIRST ") end as later"
     " from signhook_queue q"
     " where q.id = any(string_to_array(current_setting('signhook.found'), ',')::uuid[])),"
     " taken as (update signhook_queue q set attempts = q.attempts + 1, leased = $2 from"
     " (select id from found where later = $1 order by due limit $3) next"
     " where q.id = next.id and " SIGNHOOK_SYNCHRONOUS_COMMIT
     " is not null returning q.id, q.attempts, q.received, q.body),"
     " put_off as (update signhook_queue q set due = found.later from found"
     " where q.id = found.id and found.later > $1 returning q.id)"
     " select t.id, t.attempts, t.received, t.body, (select count(*) from put_off)"
     " from (select) always left join taken t on true",
     {pg_int8, pg_int8, pg_int8},
     true},
    // Whoever has the row took the event after its lease ended.
    {"signhook_open",
     "select txid_current(), body, " SIGNHOOK_SYNCHRONOUS_COMMIT
     " from signhook_queue where id = $1 and attempts = $2 for update skip locked",
     {pg_uuid, pg_int8}},
    {"signhook_finish",
     "delete from signhook_queue where id = $1 and attempts = $2",
     {pg_uuid, pg_int8}},
    {"signhook_acknowledge",
     "delete from signhook_queue q using unnest($1, $2) with ordinality as l(id, attempts, place)"
     " where q.id = l.id and q.attempts = l.attempts and " SIGNHOOK_SYNCHRONOUS_COMMIT
     " is not null returning l.place",
     {pg_uuid_array, pg_int8_array},
     true},
    {"signhook_schedule",
     "update signhook_queue set due = $3, leased = 0 where id = $1 and attempts = $2"
     " and " SIGNHOOK_SYNCHRONOUS_COMMIT " is not null",
     {pg_uuid, pg_int8, pg_int8}},
    {"signhook_bury",
     "with gone as (delete from signhook_queue where id = $1 and attempts = $2"
     " and " SIGNHOOK_SYNCHRONOUS_COMMIT " is not null returning id, received, body, dossier)"
     " insert into signhook_dead_letters (id, received, attempts, reason, body, dossier)"
     " select id, received, $4, $3, body, dossier from gone",
     {pg_uuid, pg_int8, pg_bytea, pg_int8}},
    {"signhook_requeue",
     "with back as (delete from signhook_dead_letters where id = $1"
     " and " SIGNHOOK_SYNCHRONOUS_COMMIT " is not null returning id, received, body, dossier)"
     " insert into signhook_queue (id, received, attempts, due, body, dossier)"
     " select id, received, 0, $2, body, dossier from back",
     {pg_uuid, pg_int8}},
};

#undef SIGNHOOK_SYNCHRONOUS_COMMIT
#undef SIGNHOOK_FIRST
#undef SIGNHOOK_LEASED

}  // namespace signhook::inline SIGNHOOK_ABI::detail
