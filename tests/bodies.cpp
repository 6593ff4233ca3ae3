// SPDX-License-Identifier: BSL-1.0
// The sample bodies, each also with other spelling, order and white space, and with one fault.
#include "body_tree.hpp"
#include "catch.hpp"
#include <signhook/signhook.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

namespace {

using namespace signhook;

const std::string_view unknown_values[] = {
    "null",
    "true",
    "false",
    "-0.5e+10",
    "1e400",
    R"("text \u0061 \ud83d\ude00 \ud800\udc00 \udBFF\uDfff")",
    "[]",
    "{}",
    R"([1,[{"deep":[null]}],"x"])",
    R"({"id":7,"state":{"id":[]},"id":8})"};

event decoded(decoder& with, const std::string& body) {
  INFO(body);
  const auto result = with.decode(body);
  REQUIRE(result);
  return *result;
}

void replace_letter(body_tree& tree, char letter, const std::string& by) {
  const auto replace = [&](std::string& text) {
    std::string replaced;
    for (const char c : text) replaced += c == letter ? by : std::string(1, c);
    text = replaced;
  };
  replace(tree.key);
  replace(tree.scalar);
  for (body_tree& member : tree.members) replace_letter(member, letter, by);
}

void reverse_members(body_tree& tree) {
  std::reverse(tree.members.begin(), tree.members.end());
  for (body_tree& member : tree.members) reverse_members(member);
}

void check_rejected(decoder& with, const printed_body& body, errc code, const std::string& pointer,
                    const place& where) {
  INFO(body.text);
  const auto result = with.decode(body.text);
  REQUIRE_FALSE(result);
  const error& rejected = result.error();
  CHECK(name(rejected.code) == name(code));
  CHECK(rejected.path == pointer);
  CHECK(rejected.offset == where.offset);
  const location found = locate(body.text, rejected);
  CHECK(found.line == where.line);
  CHECK(found.column == where.column);
  CHECK_FALSE(with.validate(body.text, [](const diagnostic&) {}));
}

// Calls `f` with a copy of each sample's tree, the object that is to be changed in it, its pointer,
// and the index of the member at hand.
template <class F>
void for_each_member_of_samples(F f) {
  for (const std::string& sample : sample_names()) {
    const body_tree original = read_tree(sample_text(sample));
    body_tree walked = original;
    std::size_t objects = 0;
    for_each_object(walked, "", [&](body_tree& object, const std::string& pointer) {
      for (std::size_t i = 0; i != object.members.size(); ++i) {
        body_tree changed = original;
        std::size_t nth = 0;
        for_each_object(changed, "", [&](body_tree& target, const std::string&) {
          if (nth++ == objects) f(changed, target, pointer, i);
        });
      }
      ++objects;
    });
  }
}

std::size_t count_members_of_samples() {
  std::size_t count = 0;
  for (const std::string& sample : sample_names())
    count += count_members(read_tree(sample_text(sample)));
  return count;
}

std::string type_of(const body_tree& body) {
  for (const body_tree& member : body.members) {
    if (member.key == "type") return member.scalar.substr(1, member.scalar.size() - 2);
  }
  return "";
}

// The members that an event may lack, each as its type, a space and its pointer.
template <class Object>
void add_optional(std::set<std::string>& found, const std::string& of) {
  const auto add = [&]<class Member>(const Member& member) {
    using form = detail::required_form<typename Member::value_type>;
    const std::string pointer = of + "/" + std::string(member.name);
    if (!form::is_required) found.insert(pointer);
    if constexpr (detail::wire_object<typename form::type>)
      add_optional<typename form::type>(found, pointer);
  };
  std::apply([&](const auto&... members) { (add(members), ...); }, schema<Object>::members);
}

const std::set<std::string>& optional_members() {
  static const std::set<std::string> found = [] {
    std::set<std::string> members;
    for (const event& sample : samples) {
      std::visit(
          [&]<class Event>(const Event&) {
            if constexpr (known_event<Event>)
              add_optional<Event>(members, std::string(schema<Event>::type) + " ");
          },
          sample);
    }
    return members;
  }();
  return found;
}

}  // namespace

TEST_CASE("every event of the schema has a sample body, and every sample body is an event's") {
  for (const std::string_view type : event_types) {
    if (std::count(sample_names().begin(), sample_names().end(), type) == 0) {
      FAIL_CHECK("tests/samples/" << type
                                  << ".json is missing: add the body that the service "
                                     "documents for "
                                  << type);
    }
  }
  for (const std::string& name : sample_names()) {
    if (std::count(event_types.begin(), event_types.end(), name) == 0) {
      FAIL_CHECK("tests/samples/" << name
                                  << ".json belongs to no event: name it after a type in "
                                     "schema.hpp, or add the event there");
    }
  }
}

TEST_CASE("the sample bodies decode to the schema's samples") {
  decoder with;
  decoder strict{decoder_options::strict()};
  for (const std::string& sample : sample_names()) {
    const event read = decoded(with, sample_text(sample));
    CHECK(type_of(read) == sample);
    REQUIRE(read.index() < samples.size());
    CHECK(read == samples[read.index()]);
    CHECK(decoded(strict, sample_text(sample)) == read);
  }
}

TEST_CASE("a body decodes to the same event however it is written") {
  decoder with;
  for (const std::string& sample : sample_names()) {
    const event expected = decoded(with, sample_text(sample));
    const body_tree tree = read_tree(sample_text(sample));
    CHECK(decoded(with, print_compact(tree).text) == expected);
    CHECK(decoded(with, print_pretty(tree).text) == expected);

    body_tree reversed = tree;
    reverse_members(reversed);
    CHECK(decoded(with, print_compact(reversed).text) == expected);
    CHECK(decoded(with, print_pretty(reversed).text) == expected);

    for (const auto& [letter, escaped] : {std::pair<char, std::string>{'a', "\\u0061"},
                                          {'e', "\\u0065"},
                                          {'.', "\\u002E"},
                                          {'-', "\\u002d"}}) {
      body_tree spelled = tree;
      replace_letter(spelled, letter, escaped);
      CHECK(decoded(with, print_compact(spelled).text) == expected);
    }

    for (const std::string_view value : unknown_values) {
      for (const bool first : {true, false}) {
        body_tree extended = tree;
        for_each_object(extended, "", [&](body_tree& object, const std::string&) {
          object.members.insert(first ? object.members.begin() : object.members.end(),
                                body_tree{"n\\u006ft known", std::string(value), {}, false});
        });
        CHECK(decoded(with, print_compact(extended).text) == expected);
        CHECK(decoded(with, print_pretty(extended).text) == expected);
      }
    }
  }
}

TEST_CASE("each required member that is missing is named, at the object that lacks it") {
  decoder with;
  std::size_t rejected = 0;
  std::size_t optional = 0;
  for_each_member_of_samples(
      [&](body_tree& body, body_tree& object, const std::string& pointer, std::size_t i) {
        const std::string missing = pointer + "/" + object.members[i].key;
        const bool is_optional = optional_members().contains(type_of(body) + " " + missing);
        object.members.erase(object.members.begin() + static_cast<std::ptrdiff_t>(i));
        if (is_optional) {
          ++optional;
          CHECK(with.decode(print_compact(body).text));
          return;
        }
        for (const printed_body& printed : {print_compact(body), print_pretty(body)}) {
          check_rejected(with, printed, errc::missing_member, missing, printed.values.at(pointer));
          ++rejected;
        }
      });
  CHECK(rejected == 2 * (count_members_of_samples() - optional));
}

TEST_CASE("each member of another JSON type is named, at its value") {
  decoder with;
  std::size_t rejected = 0;
  for (const std::string_view value :
       {"null", "true", "false", "0", "-1.5e3", "[]", "[\"x\"]", "{}", "\"x\""}) {
    for_each_member_of_samples(
        [&](body_tree& body, body_tree& object, const std::string& pointer, std::size_t i) {
          body_tree& member = object.members[i];
          if (value[0] == (member.is_object ? '{' : '"')) return;
          const std::string at = pointer + "/" + member.key;
          member = {member.key, std::string(value), {}, false};
          for (const printed_body& printed : {print_compact(body), print_pretty(body)}) {
            check_rejected(with, printed, errc::wrong_type, at, printed.values.at(at));
            ++rejected;
          }
        });
  }
  // Seven of the values are neither an object nor a string, and one of the other two is wrong.
  CHECK(rejected == 2 * 8 * count_members_of_samples());
}

TEST_CASE("each member that occurs again is named, at its second key") {
  decoder with;
  std::size_t rejected = 0;
  for (const bool escaped : {false, true}) {
    for_each_member_of_samples(
        [&](body_tree& body, body_tree& object, const std::string& pointer, std::size_t i) {
          body_tree again = object.members[i];
          const std::string at = pointer + "/" + again.key;
          if (escaped) {
            constexpr std::string_view digits = "0123456789abcdef";
            const auto first = static_cast<unsigned char>(again.key[0]);
            again.key.replace(0, 1, std::string("\\u00") + digits[first / 16] + digits[first % 16]);
          }
          const std::string printed_at = pointer + "/" + again.key;
          object.members.push_back(again);
          for (const printed_body& printed : {print_compact(body), print_pretty(body)}) {
            check_rejected(with, printed, errc::duplicate_member, at, printed.keys.at(printed_at));
            ++rejected;
          }
        });
  }
  CHECK(rejected == 2 * 2 * count_members_of_samples());
}

TEST_CASE("each unknown member is rejected by a strict decoder, at its key") {
  decoder strict{decoder_options::strict()};
  decoder tolerant;
  for_each_member_of_samples([&](body_tree& body, body_tree& object, const std::string& pointer,
                                 std::size_t i) {
    object.members.insert(object.members.begin() + static_cast<std::ptrdiff_t>(i),
                          body_tree{"not known", "[{}]", {}, false});
    const printed_body printed = print_pretty(body);
    const place& at = printed.keys.at(pointer + "/not known");
    check_rejected(strict, printed, errc::unknown_member, pointer, at);

    std::vector<diagnostic> found;
    CHECK(tolerant.validate(printed.text, [&](const diagnostic& one) { found.push_back(one); }));
    REQUIRE(found.size() == 1);
    CHECK(found[0].severity == severity::warning);
    CHECK(found[0].error ==
          error{errc::unknown_member, static_cast<std::uint32_t>(at.offset), pointer});
    CHECK(found[0].source == "\"not known\"");
  });
}
