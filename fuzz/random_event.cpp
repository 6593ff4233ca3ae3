// SPDX-License-Identifier: BSL-1.0
#include "random_event.hpp"

#include <signhook/schema.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>

namespace fuzz {
namespace {

using namespace signhook;

template <class Tag>
void choose(choices& from, tagged_id<Tag>& id) {
  for (auto& byte : id.value.bytes) byte = static_cast<std::uint8_t>(from.byte());
}

void choose(choices& from, timestamp& time) {
  using namespace std::chrono;
  const std::string_view remarkable[] = {
      "2016-12-31T23:59:60Z",      "2017-01-01T08:59:60.25+09:00", "2016-12-31T15:59:60-08:00",
      "0000-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59",    "2024-02-29T00:00:00-00:00",
      "2000-02-29T23:59:59.1Z",    "1969-12-31T23:59:59.999999Z"};
  if (from.one_in(8)) {
    time = *timestamp::parse(from.one_of(remarkable));
    return;
  }
  std::int64_t second = 0;
  for (int i = 0; i < 5; ++i) second = second * 256 + static_cast<std::int64_t>(from.byte());
  // The years 0001 to 9998, so that no offset leads out of what can be written.
  constexpr std::int64_t first = -62'135'596'800;
  constexpr std::int64_t last = 253'370'764'799;
  second = first + second % (last - first);
  const auto fraction =
      nanoseconds(from.one_in(2) ? from.below(1000) * 1'000'000 + from.byte() : 0);
  const auto offset = minutes(from.one_in(2) ? static_cast<int>(from.below(2879)) - 1439 : 0);
  time = *timestamp::from(sys_seconds(seconds(second)), fraction, offset);
}

template <class Known>
void choose(choices& from, open_state<Known>& state) {
  if (from.one_in(4)) {
    state = *open_state<Known>::from_text(random_text(from, open_state<Known>::max_text_size));
  } else {
    state = *open_state<Known>::from_text(from.one_of(open_state<Known>::known_texts()));
  }
}

void choose(choices& from, type_text& type) {
  std::string text = random_text(from, type_text::capacity);
  const auto is_known = [&] {
    return std::find(event_types.begin(), event_types.end(), text) != event_types.end();
  };
  while (is_known()) text.pop_back();
  type = *type_text::from(text);
}

template <class Value>
void choose(choices& from, std::optional<Value>& value);
template <class Object>
requires requires { schema<Object>::members; }
void choose(choices& from, Object& object);

template <class Object, class Value>
void choose_member(choices& from, Object& object, const member<Object, Value>& of) {
  choose(from, object.*of.pointer);
}

template <class Object>
void choose_member(choices&, Object&, const type_member&) {}

template <class Value>
void choose(choices& from, std::optional<Value>& value) {
  if (from.one_in(2)) return;
  value.emplace();
  choose(from, *value);
}

template <class Object>
requires requires { schema<Object>::members; }
void choose(choices& from, Object& object) {
  std::apply([&](const auto&... members) { (choose_member(from, object, members), ...); },
             schema<Object>::members);
}

}  // namespace

std::string random_text(choices& from, std::size_t most) {
  const std::string_view characters[] = {"x",
                                         "a",
                                         "0",
                                         ".",
                                         " ",
                                         "/",
                                         "\"",
                                         "\\",
                                         "\n",
                                         "\t",
                                         "\x1f",
                                         "\x7f",
                                         "\xc3\xa9",
                                         "\xe2\x82\xac",
                                         "\xef\xbf\xbf",
                                         "\xf0\x9f\x98\x80",
                                         "\xf4\x8f\xbf\xbf",
                                         "\b",
                                         "\f",
                                         "\r",
                                         std::string_view("\0", 1),
                                         "completed",
                                         "dossier."};
  std::string text;
  for (std::size_t left = from.below(2 * most); left != 0; --left) {
    const std::string_view next = from.one_of(characters);
    if (text.size() + next.size() > most) break;
    text += next;
  }
  return text;
}

signhook::event random_event(choices& from) {
  const std::size_t index = from.below(std::variant_size_v<event>);
  event made;
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    ((I == index ? void(made.emplace<I>()) : void()), ...);
  }
  (std::make_index_sequence<std::variant_size_v<event>>{});
  std::visit([&](auto& one) { choose(from, one); }, made);
  return made;
}

}  // namespace fuzz
