// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include "printed.hpp"
#include <signhook/enumeration.hpp>
#include <signhook/text.hpp>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace {

using namespace signhook;

enum class from_zero : unsigned char { first, second_one };
enum class from_one : unsigned char { first = 1, second_one };

static_assert(enumerators<from_zero>.size() == 2 && enumerators<from_one>.size() == 2);
static_assert(enumerators<from_one>[0] == from_one::first);
static_assert(name(from_zero::second_one) == "second_one");
static_assert(name(from_one::second_one) == "second_one");
static_assert(from_name<from_one>("first") == from_one::first);
static_assert(!from_name<from_one>("third") && !from_name<from_one>(""));

static_assert(!enumeration<int>);

// The names of states are those on the wire.
static_assert(enumerators<dossier_state>.size() == schema<dossier_state>::states.size() + 1);
static_assert(from_name<dossier_state>(schema<dossier_state>::states.back().name) ==
              dossier_state::completed);
static_assert(from_name<dossier_state>("other") == dossier_state::other);
static_assert(name(dossier_state::other) == "other");
static_assert(name(dossier_state::completed) == schema<dossier_state>::states.back().name);

// Every public enumeration.
using all_enumerations =
    std::tuple<acknowledge_outcome, apply_result, begin_outcome, delivery_outcome, dossier_state,
               errc, expectation, fault, health, invite_status, invitee_state, observation_kind,
               postgresql_errc, process_outcome, queue_order, reassign_request_state, receiver_errc,
               recovery, request_errc, retry_outcome, schema_form, severity, source, sqlite_errc,
               take_outcome, unknown, unknown_members, verdict, work_outcome>;

template <class Enum>
void check_names() {
  std::set<std::string_view> names;
  INFO(detail::type_name<Enum>());
  for (const Enum one : enumerators<Enum>) {
    const std::string_view text = name(one);
    INFO(text);
    names.insert(text);
    CHECK(to_string(one) == text);
    CHECK(std::all_of(text.begin(), text.end(), [](char c) {
      return std::islower(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '8';  // UTF-8
    }));
    CHECK(from_name<Enum>(text) == one);
  }
  CHECK(names.size() == enumerators<Enum>.size());
  CHECK(names.size() > 1);
  CHECK(!from_name<Enum>(""));
  CHECK(!from_name<Enum>("(invalid)"));
}

// True if the type's name, as the compiler writes it, ends with this one.
template <class Enum>
bool has_name(std::string_view name) {
  const std::string_view signature = detail::type_name<Enum>();
  const std::size_t at = signature.rfind(name);
  if (at == std::string_view::npos || signature[at - 1] != ':') return false;
  const std::string_view rest = signature.substr(at + name.size());
  return rest.find_first_of(";]>") == 0;
}

// The names in the headers, which are the judge: each `enum class` at the beginning of a line.
std::set<std::string> declared_enumerations() {
  std::set<std::string> found;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(SIGNHOOK_SAMPLES "/../../include/signhook")) {
    const std::string path = entry.path().generic_string();
    if (!path.ends_with(".hpp") || path.find("/detail/") != std::string::npos) continue;
    std::ifstream file(entry.path());
    const std::string_view keywords = "enum class ";
    for (std::string line; std::getline(file, line);) {
      if (line.starts_with(keywords))
        found.insert(
            line.substr(keywords.size(), line.find(' ', keywords.size()) - keywords.size()));
    }
  }
  return found;
}

}  // namespace

TEST_CASE("a value that is no enumerator has no name") {
  for (const int value : {2, 3, 128, 255}) {
    CHECK(name(static_cast<from_zero>(value)).empty());
  }
  for (const int value : {0, 3, 128, 255}) CHECK(name(static_cast<from_one>(value)).empty());
  CHECK(name(static_cast<dossier_state>(255)).empty());
}

TEST_CASE("each enumerator has a name of its own") {
  []<class... Enum>(std::type_identity<std::tuple<Enum...>>) {
    (check_names<Enum>(), ...);
  }(std::type_identity<all_enumerations>{});
}

TEST_CASE("the list of enumerations is that of the headers") {
  const auto declared = declared_enumerations();
  CHECK(declared.size() == std::tuple_size_v<all_enumerations>);
  []<class... Enum>(const auto& names, std::type_identity<std::tuple<Enum...>>) {
    for (const std::string& name : names) {
      INFO(name);
      CHECK((has_name<Enum>(name) || ...));
    }
  }(declared, std::type_identity<all_enumerations>{});
}
