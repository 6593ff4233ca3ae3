// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/format/errors.hpp>
#include <signhook/detail/format/events.hpp>
#include <signhook/detail/format/writers.hpp>
#include <signhook/encoder.hpp>
#include <signhook/result.hpp>
#include <signhook/uuid.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>

// The texts of results, of sourced values and of what receiving and handling return. Types whose headers need
// simdjson, or that a program may do without, are declared here and not defined.

namespace signhook::inline SIGNHOOK_ABI {

template <class T>
struct sourced;
struct receive_result;
struct process_result;
struct queue_lease;
struct take_result;
struct work_result;

namespace detail {

// ---- Results and sourced values ----

template <class To, has_text T, has_text Error>
constexpr void append_text(To& to, const result<T, Error>& of) {
  if (of) {
    append_text(to, *of);
  } else {
    append_text(to, of.error());
  }
}
template <class T, class Error>
inline constexpr std::size_t text_capacity<result<T, Error>> = (std::max)(text_capacity<T>,
                                                                          text_capacity<Error>);

// " (documented)"
template <class To, class Source>
constexpr void append_source(To& to, Source source) {
  to.append(" (");
  append_text(to, source);
  to.append(')');
}

template <class To, class T>
requires(has_text<T> ||
         (std::integral<T> &&
          sizeof(T) <= sizeof(int))) constexpr void append_text(To& to, const sourced<T>& of) {
  if constexpr (has_text<T>) {
    append_text(to, of.value);
  } else {
    to.append_integer(of.value);
  }
  append_source(to, of.source);
}
template <class T>
inline constexpr std::size_t text_capacity<sourced<T>> =
    text_capacity<T> == unbounded ? unbounded : text_capacity<T> + 32;

// ---- Receiving ----

template <class To, class Result>
constexpr void append_answer(To& to, const Result& of) {
  to.append(", answered ");
  to.append_integer(of.status);
  if (of.fault != decltype(of.fault)::none) {
    to.append(": ");
    append_text(to, of.fault);
  }
  if (of.error) {
    to.append(": ");
    append_text(to, *of.error);
  }
}

// "accepted, answered 200: dossier.prepared id=..."
template <class To, std::same_as<receive_result> Result>
constexpr void append_text(To& to, const Result& of) {
  append_text(to, of.verdict);
  append_answer(to, of);
  if (of.event) {
    to.append(": ");
    append_text(to, *of.event);
  }
}
template <>
inline constexpr std::size_t text_capacity<receive_result> =
    max_encoded_size + text_capacity<error>;

// "handled, answered 200: b041a287-bc92-4469-801e-ae1a39c08f6e"
template <class To, std::same_as<process_result> Result>
constexpr void append_text(To& to, const Result& of) {
  append_text(to, of.outcome);
  append_answer(to, of);
  if (of.id) {
    to.append(": ");
    append_text(to, *of.id);
  }
}
template <>
inline constexpr std::size_t text_capacity<process_result> =
    128 + uuid::text_size + text_capacity<error>;

// ---- Stored events ----

// "b041a287-bc92-4469-801e-ae1a39c08f6e, attempt 2"
template <class To, std::same_as<queue_lease> Lease>
constexpr void append_text(To& to, const Lease& of) {
  append_text(to, of.id);
  to.append(", attempt ");
  to.append_number(of.attempt);
}

template <class Result>
concept result_of_queue = std::same_as<Result, take_result> || std::same_as<Result, work_result>;

// "scheduled: b041a287-bc92-4469-801e-ae1a39c08f6e, attempt 2"
template <class To, result_of_queue Result>
constexpr void append_text(To& to, const Result& of) {
  append_text(to, of.outcome);
  using outcome = decltype(of.outcome);
  if (of.outcome == outcome::idle || of.outcome == outcome::unavailable) return;
  to.append(": ");
  append_text(to, of.lease);
}

}  // namespace detail
}  // namespace signhook::inline SIGNHOOK_ABI
