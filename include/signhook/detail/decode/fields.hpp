// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/decode/scalar.hpp>
#include <signhook/detail/schema/traits.hpp>
#include <signhook/detail/text/word.hpp>
#include <signhook/schema.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

// The table as the wire shows it: the members of all events merged into one tree, because a body
// may tell its type, and with it the event, after all else.

namespace signhook::inline SIGNHOOK_ABI::detail {

using node_index = std::uint8_t;
using node_set = std::uint32_t;  // a bit for each node

inline constexpr node_index root = 0;
inline constexpr node_index no_node = 0;  // the root is nobody's child
inline constexpr std::size_t max_nodes = 32;

[[nodiscard]] constexpr node_set only(node_index at) noexcept { return node_set{1} << at; }

struct node {
  using judge_function = std::optional<errc> (*)(std::string_view, const decoder_options&) noexcept;

  std::string_view name;
  std::string_view value_type{};   // its name in C++, of a scalar
  judge_function judge = nullptr;  // of a scalar
  node_index first_child = no_node;
  node_index next_sibling = no_node;
  node_index parent = root;
  std::uint8_t depth = 1;  // of an object: how many containers are open in it

  [[nodiscard]] constexpr bool is_object() const noexcept { return judge == nullptr; }
};

// The nodes that an event's body may have, and those of them that must be there if what holds them
// is.
struct event_nodes {
  node_set known = 0;
  node_set required = 0;
};

struct wire_tree {
  std::array<node, max_nodes> nodes{};
  std::size_t size = 1;
  std::array<event_nodes, std::variant_size_v<event>> events{};

  // The child of that name, or `no_node`.
  [[nodiscard]] constexpr node_index child(node_index of, std::string_view name) const noexcept {
    node_index at = nodes[of].first_child;
    while (at != no_node && nodes[at].name != name) at = nodes[at].next_sibling;
    return at;
  }
};

class tree_builder {
 public:
  template <class Event>
  constexpr void add_event(std::size_t index) {
    add_members<Event>(root, tree_.events[index]);
  }

  [[nodiscard]] constexpr const wire_tree& tree() const { return tree_; }

 private:
  template <class Object>
  constexpr void add_members(node_index at, event_nodes& nodes) {
    std::apply([&](const auto&... members) { (add_member(at, members, nodes), ...); },
               schema<Object>::members);
  }

  template <class Object, class Value>
  constexpr void add_member(node_index of, const member<Object, Value>& member,
                            event_nodes& nodes) {
    using form = required_form<Value>;
    if constexpr (wire_object<typename form::type>) {
      const node_index at = add_node(of, {.name = member.name}, nodes, form::is_required);
      add_members<typename form::type>(at, nodes);
    } else {
      add_node(of, scalar_field<typename form::type>(member.name), nodes, form::is_required);
    }
  }

  constexpr void add_member(node_index of, const type_member& member, event_nodes& nodes) {
    add_node(of, scalar_field<type_text>(member.name), nodes, true);
  }

  template <class Value>
  [[nodiscard]] static constexpr node scalar_field(std::string_view name) {
    return {.name = name, .value_type = type_name<Value>(), .judge = &scalar<Value>::judge};
  }

  constexpr node_index add_node(node_index of, const node& added, event_nodes& nodes,
                                bool is_required) {
    node_index at = tree_.child(of, added.name);
    if (at == no_node) {
      at = append(of, added);
    } else if (tree_.nodes[at].value_type != added.value_type) {
      std::abort();  // the same member, of another type in another event
    }
    nodes.known |= only(at);
    if (is_required) nodes.required |= only(at);
    return at;
  }

  constexpr node_index append(node_index of, const node& added) {
    const auto at = static_cast<node_index>(tree_.size++);
    tree_.nodes[at] = added;
    tree_.nodes[at].parent = of;
    tree_.nodes[at].depth = static_cast<std::uint8_t>(tree_.nodes[of].depth + 1);
    node_index* link = &tree_.nodes[of].first_child;
    while (*link != no_node) link = &tree_.nodes[*link].next_sibling;
    *link = at;
    return at;
  }

  wire_tree tree_;
};

inline constexpr wire_tree tree = []<std::size_t... I>(std::index_sequence<I...>) {
  tree_builder builder;
  (builder.add_event<std::variant_alternative_t<I, event>>(I), ...);
  return builder.tree();
}
(std::make_index_sequence<std::variant_size_v<event>>{});

// The node of the member whose value is the event's type.
inline constexpr node_index type_node = [] {
  node_index at = tree.nodes[root].first_child;
  while (tree.nodes[at].value_type != type_name<type_text>()) at = tree.nodes[at].next_sibling;
  return at;
}();

// A perfect hash of the names of all nodes' children, by their first eight bytes and whose children
// they are.
class name_hash {
 public:
  static constexpr std::size_t slots = 64;

  consteval name_hash() {
    while (!fill()) factor_ = factor_ * 6364136223846793005U + 1442695040888963407U;
  }

  // As `tree.child(of, name)`, where eight bytes can be read at `name`.
  [[nodiscard]] SIGNHOOK_HOT node_index child(node_index of, std::string_view name) const noexcept {
    const std::uint64_t first =
        load<std::uint64_t>(name.data()) & first_bytes_masks[std::min<std::size_t>(name.size(), 8)];
    const entry& one = entries_[slot(of, first)];
    const bool same = one.first == first && one.of == of && one.name.size() == name.size() &&
                      (name.size() <= 8 || one.name == name);
    return same ? one.node : no_node;
  }

 private:
  struct entry {
    std::uint64_t first = 0;
    std::string_view name{};
    node_index of = 0;
    node_index node = no_node;
  };

  static constexpr auto first_bytes_masks = [] {
    std::array<std::uint64_t, 9> masks{};
    for (std::size_t size = 0; size < masks.size(); ++size) masks[size] = first_bytes(size);
    return masks;
  }();

  [[nodiscard]] constexpr std::size_t slot(node_index of, std::uint64_t first) const noexcept {
    return static_cast<std::size_t>(((first + of) * factor_) >> 58U);
  }

  constexpr bool fill() {
    entries_ = {};
    for (std::size_t of = 0; of < tree.size; ++of) {
      for (node_index at = tree.nodes[of].first_child; at != no_node;
           at = tree.nodes[at].next_sibling) {
        const std::string_view name = tree.nodes[at].name;
        entry& one = entries_[slot(static_cast<node_index>(of), word_of(name))];
        if (one.node != no_node) return false;
        one = {word_of(name), name, static_cast<node_index>(of), at};
      }
    }
    return true;
  }

  std::uint64_t factor_ = 0x9e3779b97f4a7c15U;
  std::array<entry, slots> entries_{};
};

inline constexpr name_hash names;

// The pointers (RFC 6901) of all nodes, one behind the other. Names hold neither `~` nor `/`, which
// would have to be escaped, nor what JSON escapes.
struct pointer_texts {
  std::array<char, 1024> chars{};
  std::array<std::uint16_t, max_nodes> begins{};
  std::array<std::uint16_t, max_nodes> ends{};
};

inline constexpr pointer_texts pointers = [] {
  pointer_texts made;
  std::uint16_t used = 0;
  const auto put = [&](char c) { made.chars[used++] = c; };
  // A parent is appended before its children, and the root's pointer is empty.
  for (std::size_t parent = 0; parent < tree.size; ++parent) {
    for (node_index at = tree.nodes[parent].first_child; at != no_node;
         at = tree.nodes[at].next_sibling) {
      made.begins[at] = used;
      for (std::uint16_t i = made.begins[parent]; i != made.ends[parent]; ++i) put(made.chars[i]);
      put('/');
      for (const char c : tree.nodes[at].name) {
        if (c < ' ' || c > '}' || c == '/' || c == '"' || c == '\\') std::abort();
        put(c);
      }
      made.ends[at] = used;
    }
  }
  return made;
}();

[[nodiscard]] constexpr std::string_view pointer_of(node_index at) noexcept {
  return {pointers.chars.data() + pointers.begins[at],
          static_cast<std::size_t>(pointers.ends[at] - pointers.begins[at])};
}

}  // namespace signhook::inline SIGNHOOK_ABI::detail
