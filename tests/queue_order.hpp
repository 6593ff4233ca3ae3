// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "catch.hpp"
#include "queue_steps.hpp"
#include <signhook/event.hpp>
#include <signhook/inbox.hpp>
#include <signhook/inbox/queue.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <span>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

// Histories of a queue whose events are in the order of their dossier, over any inbox.

namespace queue_order_test {

inline constexpr signhook::queue_options in_order = {.lease = std::chrono::seconds(1),
                                                     .first_delay = std::chrono::milliseconds(100),
                                                     .max_delay = std::chrono::milliseconds(100),
                                                     .jitter = 0,
                                                     .max_attempts = 3,
                                                     .order = signhook::queue_order::dossier};

inline signhook::event_id id_of(unsigned number) {
  signhook::event_id id;
  id.value.bytes[14] = static_cast<std::uint8_t>(number >> 8U);
  id.value.bytes[15] = static_cast<std::uint8_t>(number);
  return id;
}
inline unsigned number_of(const signhook::event_id& id) {
  return id.value.bytes[14] * 256U + id.value.bytes[15];
}

// All arrive at the same time; with '-' for an event without a dossier.
inline signhook::inbox_entry entry_of(unsigned number, char dossier) {
  signhook::inbox_entry made;
  made.id = id_of(number);
  made.body = "{}";
  made.received = signhook::time_point(std::chrono::milliseconds(1000));
  if (dossier == '-') {
    made.event = signhook::unknown_event{};
  } else {
    signhook::dossier_prepared event;
    event.dossier.id.value.bytes[0] = static_cast<std::uint8_t>(dossier);
    made.event = event;
  }
  return made;
}

// Two workers and the time that they see.
template <class Inbox>
struct workers {
  std::array<Inbox*, 2> boxes;
  std::map<unsigned, signhook::queue_lease> leases{};  // the latest of each event
  signhook::time_point now{std::chrono::milliseconds(5000)};

  void store(unsigned number, char dossier) {
    const auto entry = entry_of(number, dossier);
    REQUIRE(boxes[0]->begin(entry) == signhook::begin_outcome::acquired);
    REQUIRE(boxes[0]->enqueue(entry));
    REQUIRE(boxes[0]->commit(entry));
  }

  // The number of the event, with '!' if it became a dead letter, or '-'.
  std::string take(std::size_t worker) {
    const signhook::take_result taken = boxes[worker]->take(now);
    REQUIRE(taken.outcome != signhook::take_outcome::unavailable);
    if (taken.outcome == signhook::take_outcome::idle) return "-";
    const unsigned number = number_of(taken.lease.id);
    if (taken.outcome == signhook::take_outcome::dead_lettered) return "!" + std::to_string(number);
    leases[number] = taken.lease;
    return std::to_string(number);
  }

  bool is_acknowledged(unsigned number) {
    return count_acknowledged(*boxes[0], std::span(&leases[number], 1)) == 1;
  }
};

// Runs steps: A1 stores event 1 of the dossier A; t and u let the workers take; d1, f1 and x1 end an attempt as
// delivered, failed and dead; q1 requeues; w waits until the next attempt, and l until the lease ends.
template <class Inbox>
std::string run(workers<Inbox> at, const std::string& steps) {
  std::string trace;
  std::istringstream words(steps);
  for (std::string word; words >> word;) {
    const char what = word[0];
    const auto number = word.size() > 1 ? static_cast<unsigned>(std::stoul(word.substr(1))) : 0U;
    switch (what) {
      case 't':
      case 'u': trace += (trace.empty() ? "" : " ") + at.take(what == 't' ? 0 : 1); break;
      case 'd': CHECK(at.is_acknowledged(number)); break;
      case 'f':
        CHECK(at.boxes[0]->retry(at.leases[number], at.now) != signhook::retry_outcome::unrecorded);
        break;
      case 'x': CHECK(at.boxes[0]->dead_letter(at.leases[number], "why")); break;
      case 'q': CHECK(at.boxes[0]->requeue(id_of(number), at.now)); break;
      case 'w': at.now += in_order.first_delay; break;
      case 'l': at.now += in_order.lease; break;
      default: at.store(number, what); break;
    }
  }
  return trace;
}

struct history {
  const char* name;
  const char* steps;
  const char* taken;
};

inline constexpr history histories[] = {
    {"in the order of storing", "A2 A1 A3 t d2 t d1 t d3 t", "2 1 3 -"},
    {"one at a time, while other dossiers go on", "A1 A2 B3 t u t d3 t d1 u", "1 3 - - 2"},
    {"one that is stored while another is in flight", "A1 t A2 u d1 u", "1 - 2"},
    {"what failed holds up what is behind it", "A1 A2 B3 t f1 u t w t d1 t", "1 3 - 1 2"},
    {"all that is behind it", "A1 A2 A3 A4 t f1 t t w t u d1 t d2 t d3 t", "1 - - 1 - 2 3 4"},
    {"a dead letter does not", "A1 A2 t x1 t", "1 2"},
    {"nor one that had failed", "A1 A2 t f1 t w t x1 t", "1 - 1 2"},
    {"nor one that had its attempts", "A1 A2 t f1 w t f1 w t f1 t", "1 1 1 2"},
    {"nor one that kills its workers", "A1 A2 t l t l t l t t", "1 1 1 !1 2"},
    {"a dead letter that is requeued is the last", "A1 A2 A3 t x1 q1 t d2 t d3 t", "1 2 3 1"},
    {"a worker that dies holds it up until its lease ends", "A1 A2 t u l u t d1 t", "1 - 1 - 2"},
    {"what has no dossier has no order", "-1 -2 A3 A4 t t t t", "1 2 3 -"},
};

template <class MakeWorkers>
void check_histories(MakeWorkers make) {
  for (const history& each : histories) {
    INFO(each.name << ": " << each.steps);
    make([&](auto& one, auto& two) {
      CHECK(run(workers<std::remove_reference_t<decltype(one)>>{{&one, &two}}, each.steps) ==
            each.taken);
    });
  }
}

inline std::string step_text(char what, unsigned number) {
  return what + std::to_string(number) + " ";
}

// Random histories, beside a model that keeps a list for each dossier: whatever is taken may be taken, and something
// is where anything may.
template <class Inbox>
void check_random_history(Inbox& one, Inbox& two, unsigned seed, int steps) {
  struct event {
    unsigned number;
    unsigned attempts = 0;
    signhook::time_point due{};
    bool is_leased = false;
  };
  std::mt19937 random(seed);
  const auto below = [&](std::size_t end) { return random() % end; };
  workers<Inbox> at{{&one, &two}};
  std::map<char, std::vector<event>> model;
  std::vector<std::pair<unsigned, char>> dead;
  unsigned stored = 0;
  std::string trace;
  for (int step = 0; step < steps; ++step) {
    const auto dossier = static_cast<char>('A' + below(4));
    auto& all = model[dossier];
    const bool has_lease = !all.empty() && all[0].is_leased && all[0].due > at.now;
    switch (below(8)) {
      case 0:
      case 1:
        at.store(++stored, dossier);
        trace += step_text(dossier, stored);
        all.push_back({stored});
        break;
      case 2:
        if (!has_lease) break;
        trace += step_text('d', all[0].number);
        REQUIRE(at.is_acknowledged(all[0].number));
        all.erase(all.begin());
        break;
      case 3: {
        if (!has_lease) break;
        trace += step_text('f', all[0].number);
        const bool is_last = all[0].attempts == in_order.max_attempts;
        REQUIRE(one.retry(at.leases[all[0].number], at.now) ==
                (is_last ? signhook::retry_outcome::dead_lettered
                         : signhook::retry_outcome::scheduled));
        all[0].is_leased = false;
        all[0].due = at.now + in_order.first_delay;
        if (!is_last) break;
        dead.emplace_back(all[0].number, dossier);
        all.erase(all.begin());
        break;
      }
      case 4:
        if (dead.empty()) break;
        trace += step_text('q', dead.back().first);
        REQUIRE(two.requeue(id_of(dead.back().first), at.now));
        model[dead.back().second].push_back({dead.back().first});
        dead.pop_back();
        break;
      case 5: at.now += std::chrono::milliseconds(below(2) == 0 ? 40 : 400); break;
      default: {
        const std::string got = at.take(below(2));
        trace += "t=" + got + " ";
        INFO("seed " << seed << ": " << trace);
        bool is_possible = got == "-";
        for (auto& [of, queue] : model) {
          if (queue.empty() || queue[0].due > at.now) continue;
          event& head = queue[0];
          const bool is_over = head.attempts == in_order.max_attempts;
          if (got == (is_over ? "!" : "") + std::to_string(head.number)) {
            is_possible = true;
            if (is_over) {
              dead.emplace_back(head.number, of);
              queue.erase(queue.begin());
            } else {
              ++head.attempts;
              head.is_leased = true;
              head.due = at.now + in_order.lease;
            }
            break;
          }
          if (got == "-") is_possible = false;
        }
        REQUIRE(is_possible);
      }
    }
  }
}

}  // namespace queue_order_test
