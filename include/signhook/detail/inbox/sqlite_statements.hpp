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
  take_due,
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
inline constexpr std::array<const char*, static_cast<std::size_t>(sqlite_sql::count)> sqlite_texts =
    {
        "begin immediate",
        "commit",
        "rollback",
        "savepoint signhook_claim",
        "release signhook_claim",
        "rollback to signhook_claim",
        "select fingerprint from signhook_inbox where id = ?1",
        "insert into signhook_inbox(id, fingerprint, received) values(?1, ?2, ?3) on conflict do "
        "nothing",
        "insert into signhook_dead_letters(id, received, attempts, reason, body)"
        " values(?1, ?2, 1, ?3, ?4)",
        "insert into signhook_quarantine(received, reason, path, byte_offset, id, body)"
        " values(?1, ?2, ?3, ?4, ?5, ?6)",
        "delete from signhook_inbox where id in (select id from signhook_inbox as i where received "
        "< ?1"
        " and not exists (select * from signhook_queue where id = i.id)"
        " and not exists (select * from signhook_dead_letters where id = i.id)"
        " order by received limit ?2)",
        "insert into signhook_queue(id, received, attempts, due, body) values(?1, ?2, 0, ?2, ?3)",
        "select 1 from signhook_queue where due <= ?1 limit 1",
        "select id, received, attempts from signhook_queue where due <= ?1 order by due, number "
        "limit 1",
        "update signhook_queue set attempts = attempts + 1, due = ?2 where id = ?1",
        "select body from signhook_queue where id = ?1 and attempts = ?2",
        "delete from signhook_queue where id = ?1 and attempts = ?2",
        "update signhook_queue set due = ?3 where id = ?1 and attempts = ?2",
        "insert into signhook_dead_letters(id, received, attempts, reason, body)"
        " select id, received, attempts, ?3, body from signhook_queue where id = ?1 and attempts = "
        "?2",
        "delete from signhook_queue where id = ?1",
        "insert into signhook_queue(id, received, attempts, due, body)"
        " select id, received, 0, ?2, body from signhook_dead_letters where id = ?1",
        "delete from signhook_dead_letters where id = ?1",
};

}  // namespace signhook::inline SIGNHOOK_ABI::detail
