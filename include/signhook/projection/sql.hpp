// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/projection/observation.hpp>
#include <signhook/timestamp.hpp>

#include <cstdint>

// The projection in a database: a table and a statement that applies one `observation_row`, for SQLite 3.24
// and PostgreSQL 9.5 or later. This header needs no database; the texts end with a null character.

namespace signhook::inline SIGNHOOK_ABI {

/// The version of the table, which holds the latest observation of each kind for each object of each
/// dossier, by the rule of `observation` and `latest`. It keeps all objects. A version of signhook with
/// another table has another number here.
inline constexpr int projection_table_version = 1;

/// Creates the table in SQLite.
inline constexpr char projection_table_sqlite[] = R"sql(
create table if not exists signhook_projection (
  dossier blob not null,
  kind text not null,
  object blob not null,
  value blob not null,
  seconds integer not null,
  nanoseconds integer not null,
  created text not null,
  is_transition integer not null,
  event blob not null,
  conflict_value blob,
  conflict_created text,
  conflict_is_transition integer,
  conflict_event blob,
  primary key (dossier, kind, object)
) without rowid)sql";

/// Creates the table in PostgreSQL.
inline constexpr char projection_table_postgresql[] = R"sql(
create table if not exists signhook_projection (
  dossier uuid not null,
  kind text collate "C" not null,
  object uuid not null,
  value bytea not null,
  seconds bigint not null,
  nanoseconds integer not null,
  created text collate "C" not null,
  is_transition boolean not null,
  event uuid not null,
  conflict_value bytea,
  conflict_created text collate "C",
  conflict_is_transition boolean,
  conflict_event uuid,
  primary key (dossier, kind, object)
))sql";

/// Applies one `observation_row`, in both databases. A row of the table changes only where the projection in
/// memory would: the number of changed rows is 1 for `apply_result::changed` and 0 for `unchanged`.
///
///     begin;                                             -- the inbox has begun it, for example
///     for_each_observation(e, [&](const observation_row& row) { /* bind 1 to 9, run it */ });
///     commit;
///
/// The rows of all events may be applied in any order and repeatedly. Two transactions that apply
/// events of one dossier wait for each other at its `dossier` row, which comes first in every event, and
/// so do not deadlock; a transaction that applies events of several dossiers sorts them by dossier.
///
/// | parameter | column | SQLite | PostgreSQL | from the row |
/// |---|---|---|---|---|
/// | 1 | dossier | blob | uuid | `dossier`, 16 bytes |
/// | 2 | kind | text | text | `name(kind)` |
/// | 3 | object | blob | uuid | `object`, 16 bytes |
/// | 4 | value | blob | bytea | `value.view()` |
/// | 5 | seconds | integer | bigint | `sql_seconds(created)` |
/// | 6 | nanoseconds | integer | integer | `sql_nanoseconds(created)` |
/// | 7 | created | text | text | `created.write_to` |
/// | 8 | is_transition | integer, 0 or 1 | boolean | `is_transition` |
/// | 9 | event | blob | uuid | `event`, 16 bytes |
///
/// - Time is `seconds` and `nanoseconds`, which order exactly. No type of SQL holds a leap second,
///   nanoseconds or an offset, and PostgreSQL's timestamptz refuses the year 0000 and an offset of 16 hours
///   or more. `created` is the text of the event's time, for people and for its offset.
/// - Values are bytes, because a state may contain U+0000, which PostgreSQL's text refuses. A condition is
///   `value = 'completed'` in PostgreSQL and `value = cast('completed' as blob)` in SQLite; for people,
///   select `encode(value, 'escape')` or `cast(value as text)`.
/// - `conflict_value` is null unless another value was observed at the same instant; `viewed` and
///   `original_invitee` have no conflicts.
inline constexpr char projection_upsert[] = R"sql(
insert into signhook_projection as known
  (dossier, kind, object, value, seconds, nanoseconds, created, is_transition, event)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (dossier, kind, object) do update set
  (value, seconds, nanoseconds, created, is_transition, event,
   conflict_value, conflict_created, conflict_is_transition, conflict_event) = (
    select
      case when greater then excluded.value else known.value end,
      excluded.seconds,
      excluded.nanoseconds,
      case when greater then excluded.created else known.created end,
      case when greater then excluded.is_transition else known.is_transition end,
      case when greater then excluded.event else known.event end,
      case when later then null when same then known.conflict_value
           when greater then known.value else excluded.value end,
      case when later then null when same then known.conflict_created
           when greater then known.created else excluded.created end,
      case when later then null when same then known.conflict_is_transition
           when greater then known.is_transition else excluded.is_transition end,
      case when later then null when same then known.conflict_event
           when greater then known.event else excluded.event end
    from (
      select
        (excluded.seconds, excluded.nanoseconds) > (known.seconds, known.nanoseconds) as later,
        excluded.value = known.value or known.kind in ('viewed', 'original_invitee') as same,
        (excluded.seconds, excluded.nanoseconds, excluded.is_transition, excluded.event,
         excluded.value, excluded.created) >
        (known.seconds, known.nanoseconds, known.is_transition, known.event,
         known.value, known.created) as greater
    ) as compared
  )
where
  (excluded.seconds, excluded.nanoseconds, excluded.is_transition, excluded.event,
   excluded.value, excluded.created) >
  (known.seconds, known.nanoseconds, known.is_transition, known.event,
   known.value, known.created)
  or (
    excluded.seconds = known.seconds and excluded.nanoseconds = known.nanoseconds
    and excluded.value <> known.value
    and known.kind not in ('viewed', 'original_invitee')
    and (
      known.conflict_event is null
      or (excluded.is_transition, excluded.event, excluded.value, excluded.created) >
         (known.conflict_is_transition, known.conflict_event,
          known.conflict_value, known.conflict_created)
    )
  ))sql";

/// Selects all that is known of the dossier that parameter 1 names, ordered by kind and object. Each row
/// gives one `observation_row`, and one more where `conflict_event` is not null; applied to a
/// `dossier_projection`, they give the projection in memory.
inline constexpr char projection_select[] = R"sql(
select kind, object, value, created, is_transition, event,
       conflict_value, conflict_created, conflict_is_transition, conflict_event
from signhook_projection
where dossier = $1
order by kind, object)sql";

/// Returns the seconds since 1970 of an instant, for parameter 5. It is negative before 1970.
[[nodiscard]] constexpr std::int64_t sql_seconds(const timestamp& created) noexcept {
  return created.time().time_since_epoch().count();
}

/// Returns the nanoseconds since the beginning of that second, for parameter 6: below 1,000,000,000, or
/// below 2,000,000,000 in a leap second, which lengthens the second before it.
[[nodiscard]] constexpr std::int32_t sql_nanoseconds(const timestamp& created) noexcept {
  return static_cast<std::int32_t>(detail::nanoseconds_of(created));
}

}  // namespace signhook::inline SIGNHOOK_ABI
