// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/projection/observation.hpp>

#include <compare>
#include <optional>

// The join of the semilattice: each function makes `known` the least value that holds both arguments,
// and returns whether that changes `known`.

namespace signhook::inline SIGNHOOK_ABI::detail {

template <class Value>
constexpr bool join(observation<Value>& known, const observation<Value>& more) noexcept {
  if (more <= known) return false;
  known = more;
  return true;
}

template <class Value>
constexpr bool join(latest<Value>& known, const observation<Value>& more) noexcept {
  const auto instants = compare_instants(more.created, known.last.created);
  if (std::is_lt(instants)) return false;
  if (std::is_gt(instants)) {
    known = {more};
    return true;
  }
  if (more.value == known.last.value) return join(known.last, more);
  if (more > known.last) {
    known.conflict = known.last;
    known.last = more;
    return true;
  }
  if (known.conflict && more <= *known.conflict) return false;
  known.conflict = more;
  return true;
}

template <class Value>
constexpr bool join(latest<Value>& known, const latest<Value>& more) noexcept {
  const bool is_last_new = join(known, more.last);
  const bool is_conflict_new = more.conflict && join(known, *more.conflict);
  return is_last_new || is_conflict_new;
}

template <class Value>
constexpr bool join(std::optional<Value>& known, const Value& more) noexcept {
  if (known) return join(*known, more);
  known = more;
  return true;
}

template <class Value>
constexpr bool join(std::optional<Value>& known, const std::optional<Value>& more) noexcept {
  return more && join(known, *more);
}

}  // namespace signhook::inline SIGNHOOK_ABI::detail
