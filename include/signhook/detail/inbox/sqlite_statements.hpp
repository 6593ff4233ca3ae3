// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace signhook::inline SIGNHOOK_ABI::detail {

// Each is prepared once, when the inbox is made.
enum class sqlite_sql : std::uint8_t {
  begin,
  commit,
  rollback,
  savepoint,
  release_savepoint,
  rollback_to_savepoint,
  find,
  insert,
  insert_dead_letter,
  quarantine,
  prune,
  enqueue,
  find_due,
  find_in_order,
  put_off,
  lease,
  find_lease,
  finish,
  schedule,
  bury,
  remove,
  requeue,
  remove_dead_letter,
  count
};

// A savepoint marks the transaction as the claim's: a handler that ends it takes the mark with it, also
// if it then begins another. And a dead letter rolls back to it without giving up the lock.
inline constexpr std::array<const char*, static_cast<std::size_t>(sqlite_sql::count)> sqlite_texts = {
    "begin immediate",
    "commit",
    "rollback",
    "savepoint signhook_claim",
    "release signhook_claim",
    "rollback to signhook_claim",
    "select fingerprint from signhook_inbox where id = ?1",
    "insert into signhook_inbox(id, fingerprint, received) values(?1, ?2, ?3) on conflict do "
    "nothing",
    "insert into signhook_dead_letters(id, received, attempts, reason, body, dossier)"
    " values(?1, ?2, 1, ?3, ?4, ?5)",
    "insert into signhook_quarantine(received, reason, path, byte_offset, id, body)"
    " values(?1, ?2, ?3, ?4, ?5, ?6)",
    "delete from signhook_inbox where id in (select id from signhook_inbox as i where received "
    "< ?1"
    " and not exists (select * from signhook_queue where id = i.id)"
    " and not exists (select * from signhook_dead_letters where id = i.id)"
    " order by received limit ?2)",
    "insert into signhook_queue(id, received, attempts, due, body, dossier)"
    " values(?1, ?2, 0, ?2, ?3, ?4)",
    "select id, received, attempts, ?1 from signhook_queue where due <= ?1 order by due, number"
    " limit ?2",
    // Events that are first in their dossier, and those behind one that is to be tried again later: they are due with
    // it, so that they are not read again before. Behind one that a worker has, an event stays as it is.
    "select id, received, attempts, case when dossier is null then ?1 else (select case"
    " when h.number = q.number then ?1 when h.leased <= ?1 and h.due > ?1 then h.due end"
    " from signhook_queue h where h.dossier = q.dossier order by h.number limit 1) end as later"
    " from signhook_queue q where due <= ?1 and later is not null order by due, number limit ?2",
    "update signhook_queue set due = ?2 where id = ?1",
    "update signhook_queue set attempts = attempts + 1, due = ?2, leased = ?2 where id = ?1",
    "select body from signhook_queue where id = ?1 and attempts = ?2",
    "delete from signhook_queue where id = ?1 and attempts = ?2",
    "update signhook_queue set due = ?3, leased = 0 where id = ?1 and attempts = ?2",
    "insert into signhook_dead_letters(id, received, attempts, reason, body, dossier)"
    " select id, received, attempts, ?3, body, dossier from signhook_queue where id = ?1 and "
    "attempts = "
    "?2",
    "delete from signhook_queue where id = ?1",
    "insert into signhook_queue(id, received, attempts, due, body, dossier)"
    " select id, received, 0, ?2, body, dossier from signhook_dead_letters where id = ?1",
    "delete from signhook_dead_letters where id = ?1",
};

}  // namespace signhook::inline SIGNHOOK_ABI::detail
