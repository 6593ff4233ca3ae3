// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/format/events.hpp>
#include <signhook/detail/format/writers.hpp>
#include <signhook/event.hpp>

#include <cstddef>

// The texts of observations, which are declared here and not defined.

namespace signhook::inline SIGNHOOK_ABI {

template <class Value>
struct latest;
template <class Value>
struct observation;

namespace detail {

// "completed at 2026-01-01T00:00:00+00:00 by b041a287-bc92-4469-801e-ae1a39c08f6e"
template <class To, class Value>
constexpr void append_text(To& to, const observation<Value>& of) {
  append_text(to, of.value);
  to.append(" at ");
  append_text(to, of.created);
  to.append(" by ");
  append_text(to, of.event);
}

// The capacity for a state, two ids, a time and the text between them.
inline constexpr std::size_t observation_capacity = text_capacity<open_state<dossier_state>> + 160;
template <class Value>
inline constexpr std::size_t text_capacity<observation<Value>> = observation_capacity;

template <class To, class Value>
constexpr void append_text(To& to, const latest<Value>& of) {
  append_text(to, of.last);
  if (!of.conflict) return;
  to.append(", or ");
  append_text(to, *of.conflict);
}
template <class Value>
inline constexpr std::size_t text_capacity<latest<Value>> = 2 * observation_capacity;

}  // namespace detail
}  // namespace signhook::inline SIGNHOOK_ABI
