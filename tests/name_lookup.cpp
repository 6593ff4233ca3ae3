// SPDX-License-Identifier: BSL-1.0
// Any distinct names are found, and nothing is found where none of them stands.
#include "catch.hpp"
#include <signhook/detail/text/name_lookup.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace {

using namespace signhook::detail;

constexpr std::string_view a40 = "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnna";
constexpr std::string_view b40 = "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnb";

// Names that share their first or last eight bytes, extend one another, or are very short or long.
struct difficult {
  static constexpr auto groups =
      one_group(std::array<std::string_view, 30>{"dossier.invitee.reminded",
                                                 "dossier.created",
                                                 "dossier.deleted",
                                                 "user.created",
                                                 "dossier.prepared",
                                                 "dossier.preparee",
                                                 "eossier.prepared",
                                                 "dossier.prepared.again",
                                                 "dossier.invite",
                                                 "dossier.invitee",
                                                 "dossier",
                                                 "completed",
                                                 "completed_with_remarks",
                                                 "in-progress",
                                                 "new",
                                                 "class",
                                                 "x",
                                                 "y",
                                                 "xy",
                                                 "pendin",
                                                 "pending",
                                                 "pendings",
                                                 "originalInvitee",
                                                 "originalOwner",
                                                 a40,
                                                 b40,
                                                 "aXXXXXXXXXXXXXXX",
                                                 "bXXXXXXXXXXXXXXX",
                                                 "größe",
                                                 "grösse"});
};

struct one {
  static constexpr auto groups = one_group(std::array<std::string_view, 1>{"id"});
};

// 64 names that differ only in two bytes in their middle.
constexpr auto alike_chars = [] {
  std::array<std::array<char, 40>, 64> made{};
  for (std::size_t i = 0; i < made.size(); ++i) {
    made[i].fill('m');
    made[i][20] = static_cast<char>('a' + i / 8);
    made[i][29] = static_cast<char>('a' + i % 8);
  }
  return made;
}();
constexpr auto alike_names = [] {
  std::array<std::string_view, 64> names;
  for (std::size_t i = 0; i < names.size(); ++i)
    names[i] = {alike_chars[i].data(), alike_chars[i].size()};
  return names;
}();
struct alike {
  static constexpr auto groups = one_group(alike_names);
};

// The name that stands at the beginning of `text`, closing quote included.
template <class Names>
std::size_t found_in(const std::string& text) {
  constexpr auto& names = Names::groups.names;
  const std::size_t at = lookup_of<Names::groups>.find(0, text.data(), text.size());
  if (at == names.size()) return at;
  return std::string_view(text).starts_with(std::string(names[at]) + '"') ? at : names.size();
}

template <class Names>
void check_all() {
  constexpr auto& names = Names::groups.names;
  for (std::size_t i = 0; i < names.size(); ++i) {
    INFO(names[i]);
    for (const char* const after :
         {",\"created\":\"2026", "}}}}}}}}", "\"\"\"\"\"\"\"\"", "        "}) {
      const std::string text = std::string(names[i]) + '"' + after;
      CHECK(found_in<Names>(text) == i);
      // One byte more or another last byte is another text, unless that is a name too.
      for (const std::string& other :
           {std::string(names[i]) + "~\"" + after, "~" + text,
            std::string(names[i].substr(0, names[i].size() - 1)) + "~\"" + after}) {
        CHECK(found_in<Names>(other) == names.size());
      }
    }
  }
}

}  // namespace

TEST_CASE("a look-up finds each of any distinct names, and no other text") {
  check_all<difficult>();
  check_all<one>();
  check_all<alike>();
}

TEST_CASE("a look-up reads no more than it may") {
  for (std::size_t size = 0; size < 8; ++size) {
    const std::string text(size, 'x');
    CHECK(lookup_of<alike::groups>.find(0, text.data(), text.size()) == 64);
  }
}
