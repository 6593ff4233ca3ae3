// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/inbox/postgresql_connection.hpp>
#include <signhook/detail/inbox/postgresql_sql.hpp>
#include <signhook/inbox.hpp>
#include <signhook/inbox/postgresql_error.hpp>
#include <signhook/inbox/queue.hpp>
#include <signhook/uuid.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <string_view>

// Many events stored by one statement, which takes them as arrays.

namespace signhook::inline SIGNHOOK_ABI::detail {

// Arrays one behind the other in one piece of memory, in binary (src/backend/utils/adt/arrayfuncs.c, array_recv).
class pg_arrays {
 public:
  static constexpr std::size_t header = 20;

  explicit pg_arrays(std::size_t size) noexcept
      : bytes_(new (std::nothrow) char[size]), next_(bytes_.get()) {}
  pg_arrays(const pg_arrays&) = delete;
  pg_arrays& operator=(const pg_arrays&) = delete;
  ~pg_arrays() = default;

  // False without memory.
  [[nodiscard]] explicit operator bool() const noexcept { return bytes_ != nullptr; }

  // Returns an array of what `value_of` returns for each: 64 bits, bytes, or a UUID that may be null.
  template <class T, class ValueOf>
  [[nodiscard]] std::string_view add(unsigned type, std::span<const T> all,
                                     ValueOf value_of) noexcept {
    const char* const begin = next_;
    add_int4(1);  // dimensions
    add_int4(0);  // no word of nulls: the server looks at each length
    add_int4(type);
    add_int4(all.size());
    add_int4(1);  // the first index
    for (const T& one : all) add_value(value_of(one));
    return {begin, static_cast<std::size_t>(next_ - begin)};
  }

 private:
  void add_int4(std::size_t value) noexcept {
    for (unsigned shift = 32; shift != 0; shift -= 8)
      *next_++ = static_cast<char>(value >> (shift - 8) & 0xffU);
  }
  void add_value(std::int64_t value) noexcept {
    add_int4(8);
    const auto bits = static_cast<std::uint64_t>(value);
    for (unsigned shift = 64; shift != 0; shift -= 8)
      *next_++ = static_cast<char>(bits >> (shift - 8) & 0xffU);
  }
  void add_value(std::string_view value) noexcept {
    add_int4(value.size());
    next_ = std::copy(value.begin(), value.end(), next_);
  }
  void add_value(const uuid* value) noexcept {
    if (value == nullptr) return add_int4(0xffffffffU);  // -1: null
    add_int4(value->bytes.size());
    for (const std::uint8_t byte : value->bytes) *next_++ = static_cast<char>(byte);
  }

  std::unique_ptr<char[]> bytes_;
  char* next_;
};

// The answers of `statement::enqueue_batch`: those of `begin_outcome` that it knows.
inline constexpr std::int64_t batch_acquired = 1;
inline constexpr std::int64_t batch_duplicate = 2;
inline constexpr std::int64_t batch_conflict = 3;

[[nodiscard]] inline begin_outcome batch_outcome(std::int64_t answer) noexcept {
  switch (answer) {
    case batch_acquired: return begin_outcome::acquired;
    case batch_duplicate: return begin_outcome::duplicate;
    case batch_conflict: return begin_outcome::conflict;
    default:
      return begin_outcome::in_progress;  // committed by another session meanwhile, or pruned
  }
}

// Returns true if the server rejected a row, and may take the others: data exceptions, violated constraints,
// and limits of the program (PostgreSQL, appendix A).
[[nodiscard]] inline bool is_fault_of_row(std::string_view sqlstate) noexcept {
  return sqlstate.starts_with("22") || sqlstate.starts_with("23") || sqlstate.starts_with("54");
}

// Stores them in one transaction, or in two of half the size where the server rejects a row: `outcomes` has the
// outcome of each. Returns false if something failed, with the error in the connection.
// NOLINTNEXTLINE(misc-no-recursion): as deep as the logarithm of the size
[[nodiscard]] inline bool enqueue_postgresql_batch(pg_connection& connection,
                                                   std::string_view lock_timeout,
                                                   std::span<const inbox_entry> entries,
                                                   std::span<begin_outcome> outcomes) noexcept {
  std::fill(outcomes.begin(), outcomes.end(), begin_outcome::unavailable);
  if (entries.empty()) return true;
  std::size_t size = 5 * pg_arrays::header + entries.size() * (20 + 12 + 12 + 4 + 20);
  for (const inbox_entry& one : entries) size += one.body.size();
  pg_arrays arrays(size);
  if (!arrays) return connection.fail(postgresql_errc::too_large);
  pg_parameters parameters;
  parameters.add(arrays.add(pg_uuid, entries, [](const inbox_entry& one) { return &one.id.value; }))
      .add(arrays.add(
          pg_int8, entries,
          [](const inbox_entry& one) { return static_cast<std::int64_t>(one.fingerprint); }))
      .add(arrays.add(pg_int8, entries,
                      [](const inbox_entry& one) {
                        return std::int64_t{one.received.time_since_epoch().count()};
                      }))
      .add(arrays.add(pg_bytea, entries, [](const inbox_entry& one) { return one.body; }))
      .add(lock_timeout)
      .add(arrays.add(pg_uuid, entries, dossier_key));
  const pg_result done = connection.run_once(statement::enqueue_batch, parameters);
  if (!done.is_ok()) {
    const std::string_view state = done.state();
    // Another session has one of them in a transaction that did not end in time.
    if (state == "55P03" || state == "40P01" || state == "40001") {
      std::fill(outcomes.begin(), outcomes.end(), begin_outcome::in_progress);
    }
    if (!is_fault_of_row(state) || entries.size() == 1) return false;
    const std::size_t half = entries.size() / 2;
    const bool is_first_done = enqueue_postgresql_batch(connection, lock_timeout,
                                                        entries.first(half), outcomes.first(half));
    const postgresql_error why = connection.error();
    const bool is_second_done = enqueue_postgresql_batch(
        connection, lock_timeout, entries.subspan(half), outcomes.subspan(half));
    if (!is_first_done) connection.fail(why);
    return is_first_done && is_second_done;
  }
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const int row = static_cast<int>(i);
    outcomes[i] =
        row < done.rows() ? batch_outcome(done.integer(row, 0)) : begin_outcome::in_progress;
  }
  return true;
}

}  // namespace signhook::inline SIGNHOOK_ABI::detail
