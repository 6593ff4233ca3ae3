// SPDX-License-Identifier: BSL-1.0
#include "random_body.hpp"

#include "random_event.hpp"
#include <signhook/schema.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <variant>

namespace fuzz {
namespace {

using namespace signhook;

template <class Tag>
node node_of(const tagged_id<Tag>& id) {
  std::array<char, uuid::text_size> text{};
  id.value.write_to(text.data());
  return {node::kind::id, {}, {}, std::string(text.begin(), text.end())};
}

node node_of(const timestamp& time) {
  std::array<char, timestamp::max_text_size> text{};
  return {node::kind::timestamp, {}, {}, std::string(text.data(), time.write_to(text.data()))};
}

template <class Known>
node node_of(const open_state<Known>& state) {
  node made{node::kind::state, {}, {}, std::string(state.text())};
  const auto known = open_state<Known>::known_texts();
  made.known_texts.assign(known.begin(), known.end());
  return made;
}

node type_node(std::string_view type) {
  node made{node::kind::type, {}, {}, std::string(type)};
  made.known_texts.assign(event_types.begin(), event_types.end());
  return made;
}

node node_of(const type_text& type) { return type_node(type.view()); }

// Not inlined: clang 14 takes 8 s for all events in one function.
template <class Object>
requires requires { schema<Object>::members; }
[[gnu::noinline]] node node_of(const Object& object);

template <class Object, class Value>
std::optional<node> member_of(const Object& object, const member<Object, Value>& of) {
  return node_of(object.*of.pointer);
}

template <class Object, class Value>
std::optional<node> member_of(const Object& object,
                              const member<Object, std::optional<Value>>& of) {
  if (!(object.*of.pointer)) return std::nullopt;
  node made = node_of(*(object.*of.pointer));
  made.is_required = false;
  return made;
}

template <class Object>
std::optional<node> member_of(const Object&, const type_member&) {
  return type_node(schema<Object>::type);
}

template <class Object>
requires requires { schema<Object>::members; }
node node_of(const Object& object) {
  node made;
  const auto add = [&](const auto& of) {
    std::optional<node> member = member_of(object, of);
    if (!member) return;
    member->key = of.name;
    made.members.push_back(std::move(*member));
  };
  std::apply([&](const auto&... members) { (add(members), ...); }, schema<Object>::members);
  return made;
}

void set_paths(node& tree) {
  for (node& member : tree.members) {
    member.path = tree.path + "/" + member.key;
    set_paths(member);
  }
}

struct code_point {
  unsigned value;
  std::size_t size;  // in bytes
};

// Of text that is UTF-8.
code_point first_of(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (at(0) < 0x80) return {at(0), 1};
  if (at(0) < 0xe0) return {(at(0) & 0x1fU) << 6U | (at(1) & 0x3fU), 2};
  if (at(0) < 0xf0) return {(at(0) & 0x0fU) << 12U | (at(1) & 0x3fU) << 6U | (at(2) & 0x3fU), 3};
  return {(at(0) & 0x07U) << 18U | (at(1) & 0x3fU) << 12U | (at(2) & 0x3fU) << 6U | (at(3) & 0x3fU),
          4};
}

std::string escaped(unsigned unit, bool upper_case) {
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), upper_case ? "\\u%04X" : "\\u%04x", unit & 0xffffU);
  return text.data();
}

// RFC 8259, section 7.
std::string string_of(std::string_view meant, choices& from, bool escapes) {
  constexpr std::string_view short_meant = "\"\\/\b\f\n\r\t";
  constexpr std::string_view short_spelled = "\"\\/bfnrt";
  std::string text = "\"";
  while (!meant.empty()) {
    const auto [value, size] = first_of(meant);
    const std::size_t is_short = value < 0x80 ? short_meant.find(meant[0]) : short_meant.npos;
    const bool must = value < 0x20 || value == '"' || value == '\\';
    if (!must && !(escapes && from.one_in(4))) {
      text += meant.substr(0, size);
    } else if (is_short != short_meant.npos && !from.one_in(4)) {
      text += {'\\', short_spelled[is_short]};
    } else if (value < 0x10000) {
      text += escaped(value, from.one_in(2));
    } else {
      text += escaped(0xd800U + ((value - 0x10000U) >> 10U), from.one_in(2));
      text += escaped(0xdc00U + ((value - 0x10000U) & 0x3ffU), from.one_in(2));
    }
    meant.remove_prefix(size);
  }
  return text + '"';
}

class printer {
 public:
  printer(choices& from, spelling how) : from_(from), how_(how) {}

  std::string print(node& tree) {
    space();
    value(tree);
    space();
    return std::move(text_);
  }

 private:
  void space() {
    if (!how_.white_space) return;
    for (std::size_t count = from_.below(4); count > 1; --count)
      text_ += from_.one_of(std::string_view(" \n\r\t"));
  }

  void value(node& of) {
    of.value_at = text_.size();
    if (of.is == node::kind::object) {
      object(of);
    } else if (of.is == node::kind::other) {
      text_ += of.text;
    } else {
      text_ += string_of(of.text, from_, how_.escapes);
    }
    of.value_end = text_.size();
  }

  void object(node& of) {
    text_ += '{';
    space();
    for (node& member : of.members) {
      if (&member != of.members.data()) {
        text_ += ',';
        space();
      }
      member.key_at = text_.size();
      text_ += string_of(member.key, from_, how_.escapes);
      space();
      text_ += ':';
      space();
      value(member);
      space();
    }
    text_ += '}';
  }

  choices& from_;
  spelling how_;
  std::string text_;
};

}  // namespace

node tree_of(const signhook::event& of) {
  node tree = std::visit([](const auto& one) { return node_of(one); }, of);
  set_paths(tree);
  return tree;
}

std::string random_json(choices& from, std::size_t depth) {
  const std::string_view scalars[] = {
      "null", "true", "false", "0",      "-1",
      "1.5",  "1e9",  "-0.0",  "2E-400", "123456789012345678901234"};
  const std::size_t kind = from.below(depth == 0 ? 4 : 8);
  if (kind < 2) return std::string(from.one_of(scalars));
  if (kind < 4) return string_of(random_text(from, 64), from, true);
  const bool is_object = kind < 6;
  std::string text(1, is_object ? '{' : '[');
  for (std::size_t count = from.below(5), i = 0; i < count; ++i) {
    if (i != 0) text += ',';
    if (is_object) text += string_of(random_text(from, 8), from, true) + ':';
    text += random_json(from, depth - 1);
  }
  return text + (is_object ? '}' : ']');
}

bool is_member_name(std::string_view name) {
  static const std::set<std::string> names = [] {
    std::set<std::string> all;
    for (const event& sample : samples) {
      node tree = tree_of(sample);
      for_each(tree, [&](const node& one) { all.insert(one.key); });
    }
    return all;
  }();
  return names.contains(std::string(name));
}

node random_member(choices& from, const node& of, std::size_t depth) {
  std::string key = "new" + random_text(from, 16);
  while (is_member_name(key)) key += '+';
  return {node::kind::other, key, of.path + "/" + key, random_json(from, depth), false};
}

void shuffle(choices& from, node& tree) {
  for (std::size_t left = tree.members.size(); left > 1; --left)
    std::swap(tree.members[left - 1], tree.members[from.below(left)]);
  for (node& member : tree.members) shuffle(from, member);
}

std::string print(node& tree, choices& from, spelling how) {
  return printer(from, how).print(tree);
}

}  // namespace fuzz
