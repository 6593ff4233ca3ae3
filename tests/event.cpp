// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include <signhook/enumeration.hpp>
#include <signhook/event.hpp>

#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace {

using namespace signhook;

template <class... Event>
constexpr bool all_trivial(std::type_identity<std::variant<Event...>>) {
  return (std::is_trivially_copyable_v<Event> && ...) && (std::equality_comparable<Event> && ...);
}
static_assert(all_trivial(std::type_identity<event>{}));
static_assert(std::is_trivially_copyable_v<event> && sizeof(event) <= 256);

using dossier_open_state = open_state<dossier_state>;

}  // namespace

TEST_CASE("a known state is an enumerator and its text") {
  constexpr dossier_open_state completed = dossier_state::completed;
  CHECK(completed.is_known());
  CHECK(completed == dossier_state::completed);
  CHECK(completed != dossier_state::draft);
  CHECK(completed.text() == "completed");
  CHECK(dossier_open_state::from_text("completed") == completed);
}

TEST_CASE("an unknown state is its text") {
  for (const std::string_view text :
       {"", "other", "Completed", "completed ", "not a state", "\xc3\xa9"}) {
    const auto kept = dossier_open_state::from_text(text);
    REQUIRE(kept);
    CHECK_FALSE(kept->is_known());
    CHECK(kept->value() == dossier_state::other);
    CHECK((*kept == dossier_state::other) == text.empty());
    CHECK(kept->text() == text);
    CHECK(*kept == text);
    CHECK(*kept == *dossier_open_state::from_text(text));
    CHECK(*kept != *dossier_open_state::from_text(std::string(text) + "x"));
  }
  CHECK(dossier_open_state::from_text(std::string(46, 'x')));
  CHECK_FALSE(dossier_open_state::from_text(std::string(47, 'x')));
  CHECK_FALSE(dossier_open_state::from_text("\xff"));
  CHECK(dossier_open_state() == dossier_state::other);
}

// Every kind of operand that `==` takes, on both sides of it.
TEST_CASE("equality of states is transitive, whatever they are compared with") {
  const std::vector<dossier_open_state> states = {dossier_open_state(),
                                                  dossier_state::other,
                                                  dossier_state::draft,
                                                  dossier_state::completed,
                                                  *dossier_open_state::from_text(""),
                                                  *dossier_open_state::from_text("draft"),
                                                  *dossier_open_state::from_text("lost"),
                                                  *dossier_open_state::from_text("found"),
                                                  *dossier_open_state::from_text("other")};
  const auto enumerators = signhook::enumerators<dossier_state>;
  const std::vector<std::string_view> texts = {"", "other", "draft", "lost", "found", "completed"};
  for (const dossier_open_state& a : states) {
    for (const dossier_open_state& b : states) {
      CHECK((a == b) == (a.text() == b.text()));
      for (const dossier_state known : enumerators) {
        CHECK((a == known) == (a == dossier_open_state(known)));
        CHECK((known == a) == (a == known));
        CHECK((a != known) == !(a == known));
        if (a == known && b == known) CHECK(a == b);
      }
      for (const std::string_view text : texts) {
        CHECK((a == text) == (a.text() == text));
        CHECK((text == a) == (a == text));
        if (a == text && b == text) CHECK(a == b);
      }
    }
  }
}

TEST_CASE("states and inline texts compare with literals") {
  const dossier_open_state draft = dossier_state::draft;
  CHECK(draft == "draft");
  CHECK("draft" == draft);
  CHECK(draft != "Draft");
  CHECK(draft == std::string("draft"));
  CHECK(*dossier_open_state::from_text("lost") == "lost");
  const auto text = inline_text<4>::from("abc");
  CHECK(*text == "abc");
  CHECK("abc" == *text);
  CHECK(*text != "abcd");
  CHECK(*text != std::string("ab"));
  CHECK(text == "abc");  // the optional
  static_assert(dossier_open_state(dossier_state::draft) == "draft");
}

TEST_CASE("inline text keeps what fits and is UTF-8") {
  using text = inline_text<4>;
  CHECK(text::from("")->view().empty());
  CHECK(text::from("abcd")->view() == "abcd");
  CHECK_FALSE(text::from("abcde"));
  CHECK(text::from("\xf0\x9f\x94\xa5"));
  for (const std::string_view bad : {"\x80", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xe2\x82",
                                     "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf5", "a\xc3"}) {
    CHECK_FALSE(text::from(bad));
  }
}

// UTF-8 by its definition: decode, and check that the encoding was the shortest of a scalar value.
TEST_CASE("is_utf8 agrees with the definition on every sequence of up to three bytes") {
  const auto is_defined = [](std::string_view bytes) {
    std::size_t i = 0;
    while (i < bytes.size()) {
      const auto lead = static_cast<unsigned char>(bytes[i]);
      const std::size_t size = lead < 0x80       ? 1
                               : lead >> 5 == 6  ? 2
                               : lead >> 4 == 14 ? 3
                               : lead >> 3 == 30 ? 4
                                                 : 0;
      if (size == 0 || i + size > bytes.size()) return false;
      std::uint32_t c = size == 1 ? lead : lead & (0x7fU >> size);
      for (std::size_t k = 1; k < size; ++k) {
        const auto next = static_cast<unsigned char>(bytes[i + k]);
        if (next >> 6 != 2) return false;
        c = c << 6 | (next & 0x3fU);
      }
      const std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
      if (c < least[size] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) return false;
      i += size;
    }
    return true;
  };
  std::size_t wrong = 0;
  for (std::uint32_t value = 0; value < 1U << 24U; value += 1) {
    // All of one and two bytes, and of three those whose first byte begins more than one byte.
    const char bytes[] = {static_cast<char>(value >> 16U), static_cast<char>(value >> 8U),
                          static_cast<char>(value)};
    const std::size_t size = value < 1U << 8U ? 1 : value < 1U << 16U ? 2 : 3;
    if (size == 3 && value < 0xc00000) continue;
    const std::string_view view(bytes + 3 - size, size);
    wrong += detail::is_utf8(view) != is_defined(view);
  }
  // Sequences of four bytes: all second bytes, and the bounds of the third and fourth.
  for (int lead = 0xf0; lead < 0x100; ++lead) {
    for (int second = 0; second < 256; ++second) {
      for (const int third : {0x7f, 0x80, 0xbf, 0xc0}) {
        for (const int fourth : {0x7f, 0x80, 0xbf, 0xc0}) {
          const char bytes[] = {static_cast<char>(lead), static_cast<char>(second),
                                static_cast<char>(third), static_cast<char>(fourth)};
          wrong += detail::is_utf8({bytes, 4}) != is_defined({bytes, 4});
        }
      }
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("events survive a copy of their bytes") {
  const event before = invitee_state_updated{
      .id = *event_id::parse("12a1eded-01ca-4e56-9e6c-125842dca977"),
      .created = *timestamp::parse("2026-01-01T00:00:00+00:00"),
      .dossier = {.id = {}, .state = *dossier_open_state::from_text("something else")},
      .invitee = {.id = {}, .state = invitee_state::approved}};
  event after;
  std::memcpy(static_cast<void*>(&after), &before, sizeof(event));
  CHECK(after == before);
  after = dossier_prepared{};
  CHECK(after != before);
}
