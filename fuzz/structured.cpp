// SPDX-License-Identifier: BSL-1.0
// Choices: a valid event, in any spelling, decodes to itself; and after one change of
// known effect it is rejected for that reason, at that place.
//   cmake --workflow --preset fuzz && build/fuzz/fuzz/structured build/fuzz/fuzz/seeds/structured
#include "random_body.hpp"
#include "random_event.hpp"
#include "target.hpp"
#include <signhook/signhook.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace signhook;
using fuzz::choices;
using fuzz::node;

struct rejection {
  errc code;
  std::size_t offset;
  std::string path;
};

constexpr std::uint32_t max_depth = 12;

struct written {
  node tree;
  std::string body;
};

std::vector<node*> nodes_of(node& tree, bool (*is_wanted)(const node&)) {
  std::vector<node*> found;
  fuzz::for_each(tree, [&](node& one) {
    if (is_wanted(one)) found.push_back(&one);
  });
  return found;
}

bool is_any(const node&) { return true; }
bool is_object(const node& one) { return one.is == node::kind::object; }
bool is_scalar(const node& one) { return !is_object(one) && one.is != node::kind::other; }

// The object that has this member.
node& parent_of(node& tree, const node& child) {
  node* found = nullptr;
  fuzz::for_each(tree, [&](node& one) {
    for (const node& member : one.members) {
      if (&member == &child) found = &one;
    }
  });
  return *found;
}

std::size_t depth_of(const node& object) {
  std::size_t depth = 1;
  for (const char c : object.path) depth += c == '/' ? 1U : 0U;
  return depth;
}

class scene {
 public:
  scene(choices& from, std::string_view input) : from_(from), input_(input) {}

  void play() {
    const event made = fuzz::random_event(from_);
    tree_ = fuzz::tree_of(made);
    if (from_.one_in(2)) fuzz::shuffle(from_, tree_);
    how_ = {from_.one_in(2), from_.one_in(2)};
    const std::size_t change = from_.below(15);
    if (change < 9) add_members();
    switch (change) {
      case 0: return expect_event(made);
      case 1: return without_a_member();
      case 2: return with_another_kind();
      case 3: return with_a_member_twice();
      case 4: return with_a_wrong_id();
      case 5: return with_a_wrong_time();
      case 6: return with_a_long_text();
      case 7: return too_deep();
      case 8: return cut();
      case 9: return with_an_unknown_member();
      case 10: return with_an_unknown_state();
      case 11: return with_an_unknown_type();
      case 12: return with_trailing_content();
      case 13: return with_a_wrong_byte_in_a_string();
      default: return with_a_wrong_byte_between_tokens();
    }
  }

 private:
  static decoder& tolerant() {
    static decoder with = [] {
      decoder_options options;
      options.max_depth = max_depth;
      return decoder(options);
    }();
    return with;
  }

  static decoder& rejecting(unknown_members members, unknown states, unknown types) {
    static std::vector<std::pair<decoder_options, decoder>> made;
    for (auto& [options, with] : made) {
      if (options.members == members && options.states == states && options.types == types)
        return with;
    }
    decoder_options options;
    options.members = members;
    options.states = states;
    options.types = types;
    made.emplace_back(options, decoder(options));
    return made.back().second;
  }

  void add_members() {
    std::vector<node*> objects = nodes_of(tree_, is_object);
    for (node* const object : objects) {
      if (!from_.one_in(3)) continue;
      const std::size_t at = from_.below(object->members.size() + 1);
      object->members.insert(object->members.begin() + static_cast<std::ptrdiff_t>(at),
                             fuzz::random_member(from_, *object, max_depth - depth_of(*object)));
      return;  // what pointed at the later ones may have moved
    }
  }

  void print() { body_ = fuzz::print(tree_, from_, how_); }

  [[noreturn]] void stop(const std::string& why) const {
    fuzz::stop(input_, why + "\n  with the body\n" + body_);
  }

  static std::string text(errc code, std::size_t offset, std::string_view path) {
    return std::string(name(code)) + " at " + std::to_string(offset) + " '" + std::string(path) +
           "'";
  }

  void expect_event(const event& made) {
    print();
    const auto got = tolerant().decode(body_);
    if (!got) {
      const error& error = got.error();
      stop("a valid body is rejected: " + text(error.code, error.offset, error.path));
    }
    if (*got != made) stop("a valid body is another event");

    decoder_options options;
    options.max_bytes = static_cast<std::uint32_t>(body_.size());
    if (!decoder(options).decode(body_)) stop("a body of max_bytes is rejected");
    --options.max_bytes;
    decoder small(options);
    expect(small, {errc::body_too_large, 0, ""});
  }

  void expect(decoder& with, const rejection& expected) const {
    const auto got = with.decode(body_);
    const std::string should = text(expected.code, expected.offset, expected.path);
    if (got) stop("should be " + should + " and is an event");
    const error& error = got.error();
    if (error.code != expected.code || error.offset != expected.offset ||
        error.path != expected.path) {
      stop("should be " + should + " and is " + text(error.code, error.offset, error.path));
    }
  }

  // Makes another text of a known one.
  static void make_unknown(node& of, const std::string& end) {
    do {
      of.text += end;
    } while (std::count(of.known_texts.begin(), of.known_texts.end(), of.text) != 0);
  }

  // ---- Bodies that are JSON ----

  void without_a_member() {
    const auto all = nodes_of(tree_, [](const node& one) {
      return one.is_required && !one.key.empty() && one.is != node::kind::other;
    });
    node& gone = *from_.one_of(all);
    const std::string path = gone.path;
    node& parent = parent_of(tree_, gone);
    parent.members.erase(parent.members.begin() + (&gone - parent.members.data()));
    print();
    expect(tolerant(), {errc::missing_member, parent.value_at, path});
  }

  void with_another_kind() {
    const auto all = nodes_of(
        tree_, [](const node& one) { return !one.key.empty() && one.is != node::kind::other; });
    node& changed = *from_.one_of(all);
    const std::string_view others[] = {"null", "true", "false", "0", "-1e3", "[]", "[\"x\"]"};
    std::string other(from_.one_of(others));
    if (from_.one_in(4)) other = is_object(changed) ? "\"x\"" : "{}";
    changed.is = node::kind::other;
    changed.text = other;
    changed.members.clear();
    print();
    expect(tolerant(), {errc::wrong_type, changed.value_at, changed.path});
  }

  void with_a_member_twice() {
    const auto all = nodes_of(
        tree_, [](const node& one) { return !one.key.empty() && one.is != node::kind::other; });
    const node& once = *from_.one_of(all);
    node again = once;
    if (from_.one_in(2)) {
      again.is = node::kind::other;
      again.text = fuzz::random_json(from_, 3);
      again.members.clear();
    }
    node& parent = parent_of(tree_, once);
    const auto first = static_cast<std::size_t>(&once - parent.members.data());
    const std::size_t second = first + 1 + from_.below(parent.members.size() - first);
    parent.members.insert(parent.members.begin() + static_cast<std::ptrdiff_t>(second), again);
    print();
    expect(tolerant(), {errc::duplicate_member, parent.members[second].key_at, again.path});
  }

  void with_a_wrong_id() {
    node& id =
        *from_.one_of(nodes_of(tree_, [](const node& one) { return one.is == node::kind::id; }));
    const std::size_t at = from_.below(id.text.size());
    const std::string_view wrong = "gG/:@`xX -";
    switch (from_.below(3)) {
      case 0: id.text[at] = id.text[at] == '-' ? '0' : from_.one_of(wrong); break;
      case 1: id.text.erase(at, 1); break;
      default: id.text.insert(at, 1, id.text[at]); break;
    }
    print();
    expect(tolerant(), {errc::invalid_uuid, id.value_at, id.path});
  }

  void with_a_wrong_time() {
    node& time = *from_.one_of(
        nodes_of(tree_, [](const node& one) { return one.is == node::kind::timestamp; }));
    std::string& text = time.text;
    // RFC 3339, sections 5.6 and 5.7: what is no time whatever the rest is.
    struct edit {
      std::size_t at;
      std::string_view by;
    };
    constexpr edit edits[] = {{5, "00"},    {5, "13"},  {8, "00"},  {8, "32"},    {11, "24"},
                              {14, "60"},   {17, "61"}, {4, "/"},   {7, " "},     {10, " "},
                              {13, "."},    {16, "-"},  {0, "-"},   {3, "x"},     {5, "02-30"},
                              {5, "04-31"}, {18, ":"},  {12, "\""}, {14, "30:60"}};
    switch (from_.below(5)) {
      case 0: text.pop_back(); break;
      case 4: {  // a second of 60 on a day that is the last of no month, in whatever year
        text.resize(text.find_first_of("Tt"));
        text.replace(8, 2, from_.one_in(2) ? "27" : "01");
        text += "T23:59:60Z";
        break;
      }
      case 1: text += from_.one_in(2) ? 'Z' : '0'; break;
      default: {
        const edit& one = from_.one_of(edits);
        text.replace(one.at, one.by.size(), one.by);
      }
    }
    print();
    expect(tolerant(), {errc::invalid_timestamp, time.value_at, time.path});
  }

  void with_a_long_text() {
    node& changed = *from_.one_of(nodes_of(tree_, [](const node& one) {
      return one.is == node::kind::state || one.is == node::kind::type;
    }));
    const bool is_type = changed.is == node::kind::type;
    const std::size_t most =
        is_type ? type_text::capacity : open_state<dossier_state>::max_text_size;
    changed.text.assign(most + 1 + from_.below(300), 'x');
    print();
    expect(tolerant(), {errc::text_too_long, changed.value_at, changed.path});
  }

  void with_an_unknown_member() {
    node& object = *from_.one_of(nodes_of(tree_, is_object));
    const std::size_t at = from_.below(object.members.size() + 1);
    object.members.insert(object.members.begin() + static_cast<std::ptrdiff_t>(at),
                          fuzz::random_member(from_, object, 3));
    print();
    expect(rejecting(unknown_members::reject, unknown::keep, unknown::keep),
           {errc::unknown_member, object.members[at].key_at, object.path});
  }

  void with_an_unknown_state() {
    const auto states =
        nodes_of(tree_, [](const node& one) { return one.is == node::kind::state; });
    if (states.empty()) return;
    // All others are known.
    for (node* const state : states) state->text = state->known_texts.front();
    node& state = *from_.one_of(states);
    make_unknown(state, fuzz::random_text(from_, 20) + "d");
    print();
    expect(rejecting(unknown_members::ignore, unknown::reject, unknown::keep),
           {errc::unknown_state, state.value_at, state.path});
  }

  void with_an_unknown_type() {
    node& type =
        *from_.one_of(nodes_of(tree_, [](const node& one) { return one.is == node::kind::type; }));
    make_unknown(type, fuzz::random_text(from_, 200) + "x");
    print();
    expect(rejecting(unknown_members::ignore, unknown::keep, unknown::reject),
           {errc::unknown_type, type.value_at, type.path});
  }

  // ---- Bodies that are not ----

  void too_deep() {
    const std::vector<node*> objects = nodes_of(tree_, is_object);
    node& object = *from_.one_of(objects);
    const std::size_t left = max_depth - depth_of(object);
    std::string open;
    std::string close;
    for (std::size_t i = from_.below(40) + left + 1; i != 0; --i) {
      const bool is_array = from_.one_in(2);
      open += is_array ? "[" : "{\"\":";
      close.insert(0, is_array ? "]" : "}");
    }
    std::size_t level = 0;
    std::size_t at = 0;
    while (level != left) level += open[at] == '[' || open[at] == '{' ? (++at, 1U) : (++at, 0U);
    while (open[at] != '[' && open[at] != '{') ++at;
    object.members.push_back(
        {node::kind::other, "deep", object.path + "/deep", open + "0" + close, false});
    print();
    expect(tolerant(), {errc::too_deep, object.members.back().value_at + at, ""});
  }

  void cut() {
    print();
    std::size_t size = from_.below(tree_.value_end);
    // Not within a character.
    while ((static_cast<unsigned char>(body_[size]) & 0xc0U) == 0x80U) --size;
    body_.resize(size);
    const bool is_blank = size <= tree_.value_at;
    expect(tolerant(),
           {is_blank ? errc::empty_body : errc::unexpected_end, is_blank ? 0 : size, ""});
  }

  void with_trailing_content() {
    print();
    body_ += " \n";
    const std::size_t at = body_.size();
    body_ += from_.one_of(std::string_view("x{}[],:\"0\\-t\x01\x7f"));
    body_ += fuzz::random_text(from_, 10);
    expect(tolerant(), {errc::trailing_content, at, ""});
  }

  void with_a_wrong_byte_in_a_string() {
    struct wrong {
      std::string_view bytes;
      errc code;
      std::size_t fault;  // its place in the bytes
    };
    using namespace std::string_view_literals;
    // RFC 8259, section 7; RFC 3629, section 4.
    constexpr wrong all[] = {{"\0"sv, errc::invalid_json, 0},
                             {"\n", errc::invalid_json, 0},
                             {"\x1f", errc::invalid_json, 0},
                             {"\\x", errc::invalid_json, 1},
                             {"\\u00g0", errc::invalid_json, 4},
                             {"\\ud800x", errc::invalid_json, 6},
                             {"\\ud800\\n", errc::invalid_json, 7},
                             {"\\ud800\\u0041", errc::invalid_json, 8},
                             {"\\udc00", errc::invalid_json, 3},
                             {"\x80", errc::invalid_utf8, 0},
                             {"\xc0\x80", errc::invalid_utf8, 0},
                             {"\xc1\xbf", errc::invalid_utf8, 0},
                             {"\xe0\x9f\xbf", errc::invalid_utf8, 1},
                             {"\xed\xa0\x80", errc::invalid_utf8, 1},
                             {"\xf0\x8f\xbf\xbf", errc::invalid_utf8, 1},
                             {"\xf4\x90\x80\x80", errc::invalid_utf8, 1},
                             {"\xf5", errc::invalid_utf8, 0},
                             {"\xff", errc::invalid_utf8, 0},
                             {"\xc3(", errc::invalid_utf8, 1},
                             {"\xf0\x9f\x98(", errc::invalid_utf8, 3}};
    print();
    const wrong& one = from_.one_of(all);
    const auto places = nodes_of(tree_, is_any);
    node& where = *from_.one_of(places);
    const bool in_key = !where.key.empty() && (from_.one_in(2) || !is_scalar(where));
    if (!in_key && !is_scalar(where)) return;
    const std::size_t at = (in_key ? where.key_at : where.value_at) + 1;
    body_.insert(at, one.bytes);
    expect(tolerant(), {one.code, at + one.fault, ""});
  }

  void with_a_wrong_byte_between_tokens() {
    using namespace std::string_view_literals;
    print();
    node& where = *from_.one_of(nodes_of(tree_, is_any));
    const bool is_key = !where.key.empty() && from_.one_in(2);
    const std::size_t at = is_key ? where.key_at : where.value_at;
    // Before a key or a value: what begins neither.
    const char wrong = from_.one_of(",:]}x'+.;\x00\x7f\x0b\x0c"sv);
    const bool is_first_key =
        is_key && &parent_of(tree_, where).members.front() == &where && wrong == '}';
    if (is_first_key) return;  // the end of an empty object
    body_.insert(at, 1, wrong);
    expect(tolerant(), {errc::invalid_json, at, ""});
  }

  choices& from_;
  std::string_view input_;
  node tree_;
  fuzz::spelling how_;
  std::string body_;
};

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = fuzz::input(data, size);
  choices from(input);
  scene(from, input).play();
  return 0;
}
