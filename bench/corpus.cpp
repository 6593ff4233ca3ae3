// SPDX-License-Identifier: BSL-1.0
#include "corpus.hpp"

#include "../fuzz/random_body.hpp"
#include "../fuzz/random_event.hpp"
#include <signhook/signhook.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <utility>

namespace bench {
namespace {

using namespace signhook;
using fuzz::choices;
using fuzz::node;

// Bytes to choose by: the same for the same seed, everywhere.
std::string random_bytes(std::mt19937& random) {
  std::string bytes;
  while (bytes.size() < 2048) bytes += static_cast<char>(random() & 0xffU);
  return bytes;
}

// In the canonical form: the time without a fraction, and without an offset from UTC.
void document(choices& from, node& tree) {
  fuzz::for_each(tree, [&](node& one) {
    if (one.is != node::kind::timestamp) return;
    using namespace std::chrono;
    const sys_seconds time = sys_days(year(2026) / 1 / 1) + seconds(from.below(65536) * 481);
    std::array<char, timestamp::max_text_size> text{};
    one.text.assign(text.data(), timestamp::from(time)->write_to(text.data()));
  });
}

// The white space of a printed body.
struct layout {
  std::string_view indentation = {};  // of each level; without one all is on one line
  std::string_view after_comma = {};
  std::string_view after_colon = " ";
};

void print(const node& of, const layout& how, std::size_t level, std::string& text) {
  if (of.is != node::kind::object) {
    text += of.is == node::kind::other ? of.text : '"' + of.text + '"';
    return;
  }
  const auto begin_line = [&](std::size_t at) {
    if (how.indentation.empty()) return;
    text += '\n';
    for (; at != 0; --at) text += how.indentation;
  };
  text += '{';
  for (const node& member : of.members) {
    if (&member != of.members.data()) {
      text += ',';
      text += how.after_comma;
    }
    begin_line(level + 1);
    text += '"' + member.key + "\":";
    text += how.after_colon;
    print(member, how, level + 1, text);
  }
  begin_line(level);
  text += '}';
}

std::string print(const node& tree, const layout& how) {
  std::string text;
  print(tree, how, 0, text);
  return text;
}

std::string print_compact(const node& tree) { return print(tree, {.after_colon = {}}); }

// Members that a service may add: 43 bytes on average.
void add_unknown_members(choices& from, node& tree) {
  struct unknown_member {
    std::string_view key;
    std::string_view value;
  };
  constexpr unknown_member all[] = {{"version", "2"},
                                    {"environment", R"("production")"},
                                    {"metadata", R"({"source":"api","attempt":1,"forced":false})"},
                                    {"tags", R"(["contract","people","2026"])"},
                                    {"account", R"("4f0e9e5c-3a1b-4c6d-9e2f-6b7a8c9d0e1f")"},
                                    {"subject", R"("Arbeitsvertrag f\u00fcr Zoë")"},
                                    {"parent", "null"}};
  const std::size_t first = from.below(std::size(all));
  for (const std::size_t step : {std::size_t{0}, 1 + from.below(std::size(all) - 1)}) {
    const unknown_member& one = all[(first + step) % std::size(all)];
    tree.members.push_back(
        {.is = node::kind::other, .key = std::string(one.key), .text = std::string(one.value)});
  }
}

// One other order of members, the same in all events: each object's last one first. New members stand at the
// beginning and in the middle.
void drift(choices& from, node& tree) {
  fuzz::for_each(tree, [](node& one) { std::reverse(one.members.begin(), one.members.end()); });
  const auto new_member = [&](std::string_view key, std::string text) {
    return node{.is = node::kind::other, .key = std::string(key), .text = std::move(text)};
  };
  const auto middle = std::find_if(tree.members.begin(), tree.members.end(),
                                   [](const node& one) { return one.is == node::kind::timestamp; });
  tree.members.insert(
      middle, new_member("environment", from.one_in(2) ? R"("production")" : R"("staging")"));
  tree.members.insert(tree.members.begin(),
                      new_member("version", std::to_string(1 + from.below(30))));
}

template <class F>
node changed(node tree, node::kind is, F change) {
  fuzz::for_each(tree, [&](node& one) {
    if (one.is == is) change(one.text);
  });
  return tree;
}

node with_new_member(node tree, std::string_view key, std::string text) {
  tree.members.push_back(
      {.is = node::kind::other, .key = std::string(key), .text = std::move(text)});
  return tree;
}

// A body with one fault; `nth` selects its kind.
std::string broken(std::size_t nth, choices& from, node tree, std::string body) {
  const auto print = [&] { return fuzz::print(tree, from, {}); };
  node& first = tree.members.front();
  switch (nth % 8) {
    case 0: return body.substr(0, from.below(body.size()));
    case 1: body[from.below(body.size())] = '\x01'; return body;
    case 2: body.back() = ']'; return body;
    case 3: first.text[from.below(8)] = 'g'; return print();
    case 4: tree.members.pop_back(); return print();
    case 5: tree.members.push_back(first); return print();
    case 6: body.insert(body.size() - 1, R"(,"subject":"\x")"); return body;
    default:
      first.is = node::kind::other;
      first.text = "17";
      return print();
  }
}

}  // namespace

void corpus::add(std::string_view body) {
  places_.push_back({bytes_.size(), body.size()});
  bytes_ += body;
  bytes_.append(padding, '\0');
  total_ += body.size();
}

const corpus& corpora::operator[](std::string_view name) const {
  return std::find_if(kinds_.begin(), kinds_.end(),
                      [&](const kind& one) { return one.name == name; })
      ->bodies;
}

void corpora::add(const kind& of, const std::string& body) {
  if (!is_wanted(of.name)) return;
  const auto at = std::find_if(kinds_.begin(), kinds_.end(),
                               [&](const kind& one) { return one.name == of.name; });
  kind& into = at == kinds_.end() ? kinds_.emplace_back(of) : *at;
  into.bodies.add(body);
}

corpora::corpora(std::size_t count, std::string_view only) : only_(only) {
  constexpr std::size_t most_bytes = std::size_t{16} << 20U;
  std::mt19937 random(20260101);
  std::mt19937 letters(20260102);
  decoder strict(decoder_options::strict());
  for (std::size_t made = 0; made < count;) {
    const std::string bytes = random_bytes(random);
    choices from(bytes);
    node tree = fuzz::tree_of(fuzz::random_event(from));
    document(from, tree);
    const std::string body = print_compact(tree);
    if (!strict.decode(body)) continue;  // an unknown type or state
    add("compact", body);
    lines_ += body;
    lines_ += '\n';
    add("pretty, 2 spaces", print(tree, {.indentation = "  "}));
    add("pretty, 4 spaces", print(tree, {.indentation = "    "}));
    add("pretty, tabs", print(tree, {.indentation = "\t"}));
    add("Python spacing", print(tree, {.after_comma = " "}));

    node drifted = tree;
    drift(from, drifted);
    add({.name = "drifted", .are_in_order = false}, print_compact(drifted));
    node shuffled = tree;
    add_unknown_members(from, shuffled);
    fuzz::shuffle(from, shuffled);
    add({.name = "shuffled", .are_in_order = false}, print_compact(shuffled));

    add("unknown states",
        print_compact(changed(tree, node::kind::state, [](auto& text) { text = "archived"; })));
    add({.name = "unknown type", .are_in_order = false},
        print_compact(
            changed(tree, node::kind::type, [](auto& text) { text = "dossier.archived"; })));
    add("upper-case ids", print_compact(changed(tree, node::kind::id, [](auto& text) {
          for (char& c : text) c = c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
        })));
    add("Z times", print_compact(changed(tree, node::kind::timestamp, [](auto& text) {
          text.replace(text.size() - 6, 6, "Z");
        })));
    const std::string fraction = '.' + std::to_string(100 + from.below(900));
    add("fractions", print_compact(changed(tree, node::kind::timestamp, [&](auto& text) {
          text.insert(text.size() - 6, fraction);
        })));
    add("escaped slashes",
        print_compact(with_new_member(
            tree, "url", R"("https:\/\/www.cm.com\/sign\/)" + tree.members.front().text + '"')));
    add({.name = "broken", .are_good = false}, broken(made, from, tree, body));
    for (const std::size_t size : {std::size_t{4}, std::size_t{60}}) {
      const std::string name = std::to_string(size) + " KiB";
      if (!is_wanted(name) || (made + 1) * size * 1024 > most_bytes) continue;
      std::string text(size * 1024 - body.size(), '\0');
      for (char& c : text) c = "abcdefghij klmnopqrst"[letters() % 21];
      add(name, print_compact(with_new_member(tree, "document", '"' + text + '"')));
    }
    ++made;
  }
}

}  // namespace bench
