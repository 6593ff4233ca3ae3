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

// A value of a body, and its place once the body is printed.
struct node {
  enum class kind : std::uint8_t { id, timestamp, state, type, object, other };

  kind is = kind::object;
  std::string key = {};   // without escapes; empty for the body itself
  std::string path = {};  // RFC 6901
  std::string text = {};  // without escapes; of `other`, its JSON
  bool is_required = true;
  std::vector<std::string_view> known_texts = {};  // of a state or a type
  std::vector<node> members = {};

  std::size_t key_at = 0;
  std::size_t value_at = 0;
  std::size_t value_end = 0;
};

// The event's body by the schema, its members in the documented order.
[[nodiscard]] node tree_of(const signhook::event& of);

// A member that no event has, with any valid value that does not nest deeper than `depth` levels.
[[nodiscard]] node random_member(choices& from, const node& of, std::size_t depth);

// Whether a member of some object in the schema has this name.
[[nodiscard]] bool is_member_name(std::string_view name);

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
