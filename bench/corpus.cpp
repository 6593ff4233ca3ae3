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

void indent(std::string& text, std::size_t level) {
  text += '\n';
  text.append(4 * level, ' ');
}

void print_pretty(const node& of, std::size_t level, std::string& text) {
  if (of.is != node::kind::object) {
    text += '"' + of.text + '"';
    return;
  }
  text += '{';
  for (const node& member : of.members) {
    if (&member != of.members.data()) text += ',';
    indent(text, level + 1);
    text += '"' + member.key + "\": ";
    print_pretty(member, level + 1, text);
  }
  indent(text, level);
  text += '}';
}

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

// A body with one fault; `nth` selects its kind.
std::string broken(std::size_t nth, choices& from, node tree, std::string body) {
  const auto print = [&] { return fuzz::print(tree, from, {}); };
  node& first = tree.members.front();
  switch (nth % 7) {
    case 0: return body.substr(0, from.below(body.size()));
    case 1: body[from.below(body.size())] = '\x01'; return body;
    case 2: body.back() = ']'; return body;
    case 3: first.text[from.below(8)] = 'g'; return print();
    case 4: tree.members.pop_back(); return print();
    case 5: tree.members.push_back(first); return print();
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

corpora make_corpora(std::size_t count) {
  corpora made;
  std::mt19937 random(20260101);
  decoder strict(decoder_options::strict());
  while (made.compact.size() < count) {
    const std::string bytes = random_bytes(random);
    choices from(bytes);
    node tree = fuzz::tree_of(fuzz::random_event(from));
    document(from, tree);
    std::string body = fuzz::print(tree, from, {});
    if (!strict.decode(body)) continue;  // an unknown type or state
    made.compact.add(body);
    made.lines += body;
    made.lines += '\n';
    std::string pretty;
    print_pretty(tree, 0, pretty);
    made.pretty.add(pretty);

    node evolved = tree;
    add_unknown_members(from, evolved);
    fuzz::shuffle(from, evolved);
    made.evolved.add(fuzz::print(evolved, from, {}));

    node unknown_states = tree;
    fuzz::for_each(unknown_states, [&](node& one) {
      if (one.is == node::kind::state) one.text = "archived";
    });
    made.unknown_states.add(fuzz::print(unknown_states, from, {}));
    made.broken.add(broken(made.broken.size(), from, std::move(tree), std::move(body)));
  }
  return made;
}

}  // namespace bench
