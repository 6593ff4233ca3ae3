// SPDX-License-Identifier: BSL-1.0
#include "reference.hpp"

#include "json.hpp"
#include "values.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

namespace reference {
namespace {

using signhook::decoder_options;
using signhook::errc;

// ---- The documented schema, written out once more ------------------------------------------------

const std::vector<std::string> dossier_states = {"draft", "pending", "completed"};
const std::vector<std::string> invitee_states = {"approved", "declined", "reassigned"};
const std::vector<std::string> request_states = {"pending", "approved"};

struct shape {
  enum { uuid, time, state, type, object } kind = uuid;
  const std::vector<std::string>* states = nullptr;
  struct member;
  std::vector<member> members;
};
struct shape::member {
  std::string name;
  shape value;
  bool required = true;
};

const shape id{shape::uuid, nullptr, {}};
const shape created{shape::time, nullptr, {}};
const shape type{shape::type, nullptr, {}};

shape object(std::vector<shape::member> members) {
  return {shape::object, nullptr, std::move(members)};
}
shape state(const std::vector<std::string>& states) { return {shape::state, &states, {}}; }

shape event_with(std::vector<shape::member> more, bool needs_dossier = true) {
  std::vector<shape::member> members = {
      {"id", id},
      {"type", type},
      {"created", created},
      {"dossier", object({{"id", id}, {"state", state(dossier_states)}}), needs_dossier}};
  members.insert(members.end(), more.begin(), more.end());
  return object(std::move(members));
}

const shape invite_shape = object({{"id", id}});
const shape invitee_shape = object({{"id", id}, {"state", state(invitee_states)}});

const std::map<std::string, shape> known_events = {
    {"dossier.invite.created", event_with({{"invite", invite_shape}})},
    {"dossier.invite.expired", event_with({{"invite", invite_shape}})},
    {"dossier.invite.undelivered", event_with({{"invite", invite_shape}})},
    {"dossier.invite.viewed",
     event_with({{"invite", invite_shape}, {"invitee", object({{"id", id}})}})},
    {"dossier.invitee.state.updated", event_with({{"invitee", invitee_shape}})},
    {"dossier.prepared", event_with({})},
    {"dossier.state.updated", event_with({})},
    {"dossier.invitee.reassignRequest.state.updated",
     event_with({{"reassignRequest", object({{"id", id},
                                             {"state", state(request_states)},
                                             {"originalInvitee", invitee_shape}})}})},
};
const shape any_other_event = event_with({}, false);

constexpr std::size_t longest_state = 46;
constexpr std::size_t longest_type = 79;

// ---- Judging -------------------------------------------------------------------------------------

const json_value* find(const json_value& object, const std::string& key) {
  for (const auto& member : object.members) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

class judge {
 public:
  explicit judge(const decoder_options& options) : options_(options) {}

  void object(const shape& of, const json_value& value, const std::string& path) {
    std::map<std::string, int> seen;
    for (const auto& member : value.members) {
      const auto known = std::find_if(of.members.begin(), of.members.end(),
                                      [&](const auto& m) { return m.name == member.key; });
      if (known == of.members.end()) {
        say(options_.members == signhook::unknown_members::ignore, errc::unknown_member,
            member.offset, path);
      } else if (seen[member.key]++ > 0) {
        say(false, errc::duplicate_member, member.offset, path + "/" + member.key);
      } else {
        any(known->value, member.value, path + "/" + member.key);
      }
    }
    for (const auto& member : of.members) {
      if (member.required && seen.count(member.name) == 0) {
        say(false, errc::missing_member, value.offset, path + "/" + member.name);
      }
    }
  }

  // By offset; what stands at the same place is in order already.
  [[nodiscard]] std::vector<diagnostic> diagnostics() {
    std::stable_sort(findings_.begin(), findings_.end(),
                     [](const diagnostic& a, const diagnostic& b) { return a.offset < b.offset; });
    return findings_;
  }

 private:
  void say(bool warning, errc code, std::size_t offset, const std::string& path) {
    findings_.push_back({warning, code, offset, path});
  }

  void any(const shape& of, const json_value& value, const std::string& path) {
    if (value.kind != (of.kind == shape::object ? '{' : '"')) {
      return say(false, errc::wrong_type, value.offset, path);
    }
    switch (of.kind) {
      case shape::object: return object(of, value, path);
      case shape::uuid:
        if (!read_uuid(value.text)) say(false, errc::invalid_uuid, value.offset, path);
        return;
      case shape::time:
        if (!read_timestamp(value.text)) say(false, errc::invalid_timestamp, value.offset, path);
        return;
      case shape::state:
        if (std::count(of.states->begin(), of.states->end(), value.text) == 0) {
          unknown(options_.states, errc::unknown_state, longest_state, value, path);
        }
        return;
      case shape::type:
        if (known_events.count(value.text) == 0) {
          unknown(options_.types, errc::unknown_type, longest_type, value, path);
        }
        return;
    }
  }

  void unknown(signhook::unknown policy, errc code, std::size_t longest, const json_value& value,
               const std::string& path) {
    if (policy == signhook::unknown::reject) return say(false, code, value.offset, path);
    if (value.text.size() > longest) return say(false, errc::text_too_long, value.offset, path);
    say(true, code, value.offset, path);
  }

  const decoder_options& options_;
  std::vector<diagnostic> findings_;
};

// ---- Values of bodies in which nothing is wrong --------------------------------------------------

template <class Id>
Id id_of(const json_value& object) {
  return Id(*read_uuid(find(object, "id")->text));
}

template <class Known>
signhook::open_state<Known> state_of(const json_value& object,
                                     const std::vector<std::string>& states) {
  const std::string& text = find(object, "state")->text;
  const auto at = std::find(states.begin(), states.end(), text);
  // The enumerators are in the documented order, behind `other`.
  if (at != states.end()) return static_cast<Known>(1 + (at - states.begin()));
  return *signhook::open_state<Known>::from_text(text);
}

signhook::dossier dossier_of(const json_value& body) {
  const json_value& value = *find(body, "dossier");
  return {id_of<signhook::dossier_id>(value),
          state_of<signhook::dossier_state>(value, dossier_states)};
}

signhook::invitee invitee_of(const json_value& value) {
  return {id_of<signhook::invitee_id>(value),
          state_of<signhook::invitee_state>(value, invitee_states)};
}

signhook::event value_of(const json_value& body) {
  const std::string& name = find(body, "type")->text;
  const auto event = id_of<signhook::event_id>(body);
  const auto at = *read_timestamp(find(body, "created")->text);
  if (known_events.count(name) == 0) {
    signhook::unknown_event unknown{event, *signhook::type_text::from(name), at, std::nullopt};
    if (find(body, "dossier") != nullptr) unknown.dossier = dossier_of(body);
    return unknown;
  }
  const auto dossier = dossier_of(body);
  if (name == "dossier.prepared") return signhook::dossier_prepared{event, at, dossier};
  if (name == "dossier.state.updated") return signhook::dossier_state_updated{event, at, dossier};
  if (name == "dossier.invitee.state.updated") {
    return signhook::invitee_state_updated{event, at, dossier, invitee_of(*find(body, "invitee"))};
  }
  if (name == "dossier.invitee.reassignRequest.state.updated") {
    const json_value& request = *find(body, "reassignRequest");
    return signhook::reassign_request_state_updated{
        event,
        at,
        dossier,
        {id_of<signhook::reassign_request_id>(request),
         state_of<signhook::reassign_request_state>(request, request_states),
         invitee_of(*find(request, "originalInvitee"))}};
  }
  const signhook::invite invite{id_of<signhook::invite_id>(*find(body, "invite"))};
  if (name == "dossier.invite.created") return signhook::invite_created{event, at, dossier, invite};
  if (name == "dossier.invite.expired") return signhook::invite_expired{event, at, dossier, invite};
  if (name == "dossier.invite.undelivered")
    return signhook::invite_undelivered{event, at, dossier, invite};
  return signhook::invite_viewed{
      event, at, dossier, invite, {id_of<signhook::invitee_id>(*find(body, "invitee"))}};
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

  const json_value* const named = find(tree, "type");
  const auto known =
      named != nullptr && named->kind == '"' ? known_events.find(named->text) : known_events.end();
  judge judging(options);
  judging.object(known == known_events.end() ? any_other_event : known->second, tree, "");
  outcome result{{}, judging.diagnostics()};
  if (std::all_of(result.diagnostics.begin(), result.diagnostics.end(),
                  [](const diagnostic& f) { return f.warning; })) {
    result.value = value_of(tree);
  }
  return result;
}

}  // namespace reference
