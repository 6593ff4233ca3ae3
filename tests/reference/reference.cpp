// SPDX-License-Identifier: BSL-1.0
#include "reference.hpp"

#include "json.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <map>
#include <utility>

namespace reference {
namespace {

using signhook::decoder_options;
using signhook::errc;

// ---- Values, by the C library --------------------------------------------------------------------

std::optional<signhook::uuid> read_uuid(const std::string& text) {
  // RFC 9562, section 4.
  const std::string form = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  if (text.size() != form.size()) return std::nullopt;
  std::string digits;
  for (std::size_t i = 0; i < form.size(); ++i) {
    if (form[i] == '-' && text[i] != '-') return std::nullopt;
    if (form[i] == 'x' &&
        std::string("0123456789abcdefABCDEF").find(text[i]) == std::string::npos) {
      return std::nullopt;
    }
    if (form[i] == 'x') digits += text[i];
  }
  signhook::uuid id;
  for (std::size_t i = 0; i < 16; ++i) {
    id.bytes[i] =
        static_cast<std::uint8_t>(std::strtoul(digits.substr(2 * i, 2).c_str(), nullptr, 16));
  }
  return id;
}

// The seconds since 1970 of a date and time of day in UTC, by timegm(); none where there is no such
// date, which timegm() would make another one of.
std::optional<std::time_t> seconds_of(int year, int month, int day, int hour, int minute,
                                      int second) {
  std::tm fields{};
  fields.tm_year = year - 1900;
  fields.tm_mon = month - 1;
  fields.tm_mday = day;
  fields.tm_hour = hour;
  fields.tm_min = minute;
  fields.tm_sec = second;
  const std::time_t seconds = timegm(&fields);
  if (fields.tm_mon != month - 1 || fields.tm_mday != day) return std::nullopt;
  return seconds;
}

std::optional<signhook::timestamp> read_timestamp(const std::string& text) {
  // RFC 3339, section 5.6, field by field.
  std::size_t at = 0;
  bool good = true;
  const auto digits = [&](std::size_t count) {
    int value = 0;
    for (; count > 0; --count, ++at) {
      if (at >= text.size() || text[at] < '0' || text[at] > '9') {
        good = false;
        return 0;
      }
      value = value * 10 + (text[at] - '0');
    }
    return value;
  };
  const auto one_of = [&](const std::string& allowed) {
    if (at >= text.size() || allowed.find(text[at]) == std::string::npos) {
      good = false;
      return '\0';
    }
    return text[at++];
  };
  const int year = digits(4);
  one_of("-");
  const int month = digits(2);
  one_of("-");
  const int day = digits(2);
  one_of("Tt");
  const int hour = digits(2);
  one_of(":");
  const int minute = digits(2);
  one_of(":");
  const int second = digits(2);
  std::string fraction;
  if (good && at < text.size() && text[at] == '.') {
    ++at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') fraction += text[at++];
    if (fraction.empty()) return std::nullopt;
  }
  const char sign = one_of("Zz+-");
  int offset = 0;
  if (sign == '+' || sign == '-') {
    const int hours = digits(2);
    one_of(":");
    const int minutes = digits(2);
    if (hours > 23 || minutes > 59) return std::nullopt;
    offset = (hours * 60 + minutes) * (sign == '-' ? -1 : 1);
  }
  if (!good || at != text.size()) return std::nullopt;
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 60)
    return std::nullopt;

  const auto local = seconds_of(year, month, day, hour, minute, std::min(second, 59));
  if (!local) return std::nullopt;
  const std::time_t seconds = *local - offset * 60;
  if (second == 60) {
    // Section 5.7: at the end of a month in UTC.
    const std::time_t following = seconds + 1;
    std::tm fields{};
    gmtime_r(&following, &fields);
    if (fields.tm_mday != 1 || fields.tm_hour != 0 || fields.tm_min != 0 || fields.tm_sec != 0) {
      return std::nullopt;
    }
  }
  fraction.resize(9, '0');
  const auto made = signhook::timestamp::from(
      std::chrono::sys_seconds(std::chrono::seconds(seconds)),
      std::chrono::nanoseconds(std::strtol(fraction.c_str(), nullptr, 10)),
      std::chrono::minutes(offset));
  if (!made) std::abort();
  const bool is_leap = second == 60;
  const bool is_unknown_offset = sign == '-' && offset == 0;
  if (!is_leap && !is_unknown_offset) return made;

  // What `from` cannot make: from the text, held against what was worked out here.
  const auto read = signhook::timestamp::parse(text);
  if (!read || read->time() != made->time() || read->subsecond() != made->subsecond() ||
      read->offset() != made->offset() || read->is_leap_second() != is_leap ||
      read->knows_offset() == is_unknown_offset) {
    std::abort();
  }
  return read;
}

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
  [[nodiscard]] std::vector<finding> findings() {
    std::stable_sort(findings_.begin(), findings_.end(),
                     [](const finding& a, const finding& b) { return a.offset < b.offset; });
    return findings_;
  }

 private:
  void say(bool notice, errc code, std::size_t offset, const std::string& path) {
    findings_.push_back({notice, code, offset, path});
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
  std::vector<finding> findings_;
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

const finding& outcome::first_violation() const {
  return *std::find_if(findings.begin(), findings.end(),
                       [](const finding& f) { return !f.notice; });
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
  outcome result{{}, judging.findings()};
  if (std::all_of(result.findings.begin(), result.findings.end(),
                  [](const finding& f) { return f.notice; })) {
    result.value = value_of(tree);
  }
  return result;
}

}  // namespace reference
