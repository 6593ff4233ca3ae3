// SPDX-License-Identifier: BSL-1.0
#include "reference.hpp"

#include "json.hpp"
#include "shape.hpp"
#include "values.hpp"
#include <signhook/schema.hpp>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>
#include <variant>

namespace reference {
namespace {

using signhook::decoder_options;
using signhook::errc;

constexpr std::size_t longest_state = 46;
constexpr std::size_t longest_type = 79;

// ---- Diagnostics ---------------------------------------------------------------------------------

const json_value* find(const json_value& object, const std::string& key) {
  for (const auto& member : object.members) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

class checker {
 public:
  explicit checker(const decoder_options& options) : options_(options) {}

  void object(const shape& of, const json_value& value, const std::string& path) {
    std::map<std::string, int> seen;
    for (const auto& member : value.members) {
      const auto known = std::find_if(of.members.begin(), of.members.end(),
                                      [&](const auto& m) { return m.name == member.key; });
      if (known == of.members.end()) {
        report(options_.members == signhook::unknown_members::ignore, errc::unknown_member,
               member.offset, path);
      } else if (seen[member.key]++ > 0) {
        report(false, errc::duplicate_member, member.offset, path + "/" + member.key);
      } else {
        any(known->value, member.value, path + "/" + member.key);
      }
    }
    for (const auto& member : of.members) {
      if (member.is_required && seen.count(member.name) == 0) {
        report(false, errc::missing_member, value.offset, path + "/" + member.name);
      }
    }
  }

  // By offset; what stands at the same place is in order already.
  [[nodiscard]] std::vector<diagnostic> diagnostics() {
    std::stable_sort(diagnostics_.begin(), diagnostics_.end(),
                     [](const diagnostic& a, const diagnostic& b) { return a.offset < b.offset; });
    return diagnostics_;
  }

 private:
  void report(bool warning, errc code, std::size_t offset, const std::string& path) {
    diagnostics_.push_back({warning, code, offset, path});
  }

  void any(const shape& of, const json_value& value, const std::string& path) {
    if (value.kind != (of.is == shape::kind::object ? '{' : '"')) {
      return report(false, errc::wrong_type, value.offset, path);
    }
    switch (of.is) {
      case shape::kind::object: return object(of, value, path);
      case shape::kind::uuid:
        if (!read_uuid(value.text)) report(false, errc::invalid_uuid, value.offset, path);
        return;
      case shape::kind::timestamp:
        if (!read_timestamp(value.text)) report(false, errc::invalid_timestamp, value.offset, path);
        return;
      case shape::kind::state:
        if (std::count(of.states.begin(), of.states.end(), value.text) == 0) {
          unknown(options_.states, errc::unknown_state, longest_state, value, path);
        }
        return;
      case shape::kind::type:
        if (shapes().known.count(value.text) == 0) {
          unknown(options_.types, errc::unknown_type, longest_type, value, path);
        }
        return;
    }
  }

  void unknown(signhook::unknown policy, errc code, std::size_t longest, const json_value& value,
               const std::string& path) {
    if (policy == signhook::unknown::reject) return report(false, code, value.offset, path);
    if (value.text.size() > longest) return report(false, errc::text_too_long, value.offset, path);
    report(true, code, value.offset, path);
  }

  const decoder_options& options_;
  std::vector<diagnostic> diagnostics_;
};

// ---- Values of valid bodies ----------------------------------------------------------------------

// The schema maps names on the wire to members of structs; texts are read here.

template <class Tag>
void read(const json_value& value, signhook::tagged_id<Tag>& into) {
  into.value = *read_uuid(value.text);
}

void read(const json_value& value, signhook::timestamp& into) {
  into = *read_timestamp(value.text);
}

void read(const json_value& value, signhook::type_text& into) {
  into = *signhook::type_text::from(value.text);
}

template <class Known>
void read(const json_value& value, signhook::open_state<Known>& into) {
  // The enumerators of the known states follow `other`.
  const auto known = signhook::open_state<Known>::known_texts();
  const auto at = std::find(known.begin(), known.end(), value.text);
  if (at != known.end()) {
    into = static_cast<Known>(1 + (at - known.begin()));
  } else {
    into = *signhook::open_state<Known>::from_text(value.text);
  }
}

template <class Value>
void read(const json_value& value, std::optional<Value>& into);
template <class Object>
requires requires { signhook::schema<Object>::members; }
void read(const json_value& value, Object& into);

template <class Object, class Value>
void read_member(const json_value& object, Object& into,
                 const signhook::member<Object, Value>& member) {
  const json_value* const value = find(object, std::string(member.name));
  if (value != nullptr) read(*value, into.*member.pointer);
}

template <class Object>
void read_member(const json_value&, Object&, const signhook::type_member&) {}

template <class Value>
void read(const json_value& value, std::optional<Value>& into) {
  read(value, into.emplace());
}

template <class Object>
requires requires { signhook::schema<Object>::members; }
void read(const json_value& value, Object& into) {
  std::apply([&](const auto&... members) { (read_member(value, into, members), ...); },
             signhook::schema<Object>::members);
}

signhook::event value_of(const json_value& body) {
  const std::string& type = find(body, "type")->text;
  const auto& types = signhook::event_types;
  const auto index =
      static_cast<std::size_t>(std::find(types.begin(), types.end(), type) - types.begin());
  signhook::event made;
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    ((I == index ? void(made.emplace<I>()) : void()), ...);
  }
  (std::make_index_sequence<std::variant_size_v<signhook::event>>{});
  std::visit([&](auto& event) { read(body, event); }, made);
  return made;
}

}  // namespace

const diagnostic& outcome::first_violation() const {
  return *std::find_if(diagnostics.begin(), diagnostics.end(),
                       [](const diagnostic& f) { return !f.warning; });
}

outcome decode(std::string_view body, const decoder_options& options) {
  if (body.empty()) return {{}, {{false, errc::empty_body, 0, ""}}};
  if (body.size() > options.max_bytes) return {{}, {{false, errc::body_too_large, 0, ""}}};
  if (const auto fault = find_fault(body, options.max_depth)) {
    return {{}, {{false, fault->code, fault->offset, ""}}};
  }
  const json_value tree = read_tree(body);
  if (tree.kind != '{') return {{}, {{false, errc::not_an_object, tree.offset, ""}}};

  const json_value* const type = find(tree, "type");
  const auto& known = shapes().known;
  const auto at = type != nullptr && type->kind == '"' ? known.find(type->text) : known.end();
  checker check(options);
  check.object(at == known.end() ? shapes().any_other_type : at->second, tree, "");
  outcome result{{}, check.diagnostics()};
  if (std::all_of(result.diagnostics.begin(), result.diagnostics.end(),
                  [](const diagnostic& f) { return f.warning; })) {
    result.value = value_of(tree);
  }
  return result;
}

}  // namespace reference
