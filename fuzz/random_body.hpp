// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "choices.hpp"
#include <signhook/event.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fuzz {

// A value of a body that has yet to be written, and where it then stands.
struct node {
  enum class kind : std::uint8_t { id, timestamp, state, type, object, other };

  kind is = kind::object;
  std::string key = {};   // what it means; empty for the body itself
  std::string path = {};  // RFC 6901
  std::string text = {};  // what it means; of `other`, its JSON
  bool is_required = true;
  std::vector<node> members = {};

  std::size_t key_at = 0;
  std::size_t value_at = 0;
  std::size_t value_end = 0;
};

// The event's body by the table, its members in the documented order.
[[nodiscard]] node tree_of(const signhook::event& of);

// A member that no event has, with any valid value that does not nest deeper than `depth` levels.
[[nodiscard]] node random_member(choices& from, const node& of, std::size_t depth);

// Any valid JSON.
[[nodiscard]] std::string random_json(choices& from, std::size_t depth);

// Puts the members of all objects into any order.
void shuffle(choices& from, node& tree);

struct spelling {
  bool white_space = false;  // between tokens
  bool escapes = false;      // where they are not needed
};

// The body's bytes, spelled by choices, with all places set in `tree`.
[[nodiscard]] std::string print(node& tree, choices& from, spelling how);

// Calls `f` with each node, the body itself first.
template <class F>
void for_each(node& tree, const F& f) {
  f(tree);
  for (node& member : tree.members) for_each(member, f);
}

}  // namespace fuzz
