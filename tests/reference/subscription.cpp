// SPDX-License-Identifier: BSL-1.0
#include "subscription.hpp"

#include "json.hpp"
#include "values.hpp"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <set>
#include <string>

namespace reference {
namespace {

using signhook::errc;
using signhook::subscription_options;

const std::set<std::string> known_types = {
    "dossier.invite.created",        "dossier.invite.expired",
    "dossier.invite.undelivered",    "dossier.invite.viewed",
    "dossier.invitee.state.updated", "dossier.prepared",
    "dossier.state.updated",         "dossier.invitee.reassignRequest.state.updated"};

// All faults, in any order.
class faults {
 public:
  void add(errc code, std::size_t offset, const std::string& path) {
    all_.push_back({false, code, offset, path});
  }
  [[nodiscard]] bool empty() const { return all_.empty(); }
  // Returns the fault at the lowest offset, and of several there the first that was added.
  [[nodiscard]] diagnostic first() const {
    return *std::min_element(
        all_.begin(), all_.end(),
        [](const diagnostic& a, const diagnostic& b) { return a.offset < b.offset; });
  }

 private:
  std::vector<diagnostic> all_;
};

// A member, and the function that takes its value or adds its fault.
struct rule {
  std::string name;
  bool required;
  std::function<void(const json_value&)> take;
};

void read_object(const json_value& value, const std::vector<rule>& rules,
                 const subscription_options& options, faults& wrong) {
  if (value.kind != '{') return wrong.add(errc::not_an_object, value.offset, "");
  for (const rule& one : rules) {
    const auto is_it = [&](const auto& member) { return member.key == one.name; };
    const auto count = std::count_if(value.members.begin(), value.members.end(), is_it);
    if (count == 0 && one.required) wrong.add(errc::missing_member, value.offset, "/" + one.name);
  }
  std::set<std::string> seen;
  for (const auto& member : value.members) {
    const auto one = std::find_if(rules.begin(), rules.end(),
                                  [&](const rule& r) { return r.name == member.key; });
    if (one == rules.end()) {
      if (options.members == signhook::unknown_members::reject)
        wrong.add(errc::unknown_member, member.offset, "");
    } else if (!seen.insert(member.key).second) {
      wrong.add(errc::duplicate_member, member.offset, "/" + member.key);
    } else {
      one->take(member.value);
    }
  }
}

// Takes a value that must be a string, with `read`, which returns nothing if it is not valid.
template <class Value, class Read>
std::function<void(const json_value&)> take_text(Value& into, Read read, errc code,
                                                 std::string path, faults& wrong) {
  return [&into, read, code, path = std::move(path), &wrong](const json_value& value) {
    if (value.kind != '"') return wrong.add(errc::wrong_type, value.offset, path);
    const auto good = read(value.text);
    if (!good) return wrong.add(code, value.offset, path);
    into = Value(*good);
  };
}

std::optional<std::string> any_text(const std::string& text) { return text; }

void read_one(const json_value& value, const subscription_options& options,
              signhook::subscription& into, faults& wrong) {
  const auto take_events = [&](const json_value& events) {
    if (events.kind != '[') return wrong.add(errc::wrong_type, events.offset, "/events");
    into.events.emplace();
    for (const json_value& one : events.elements) {
      if (one.kind != '"') {
        wrong.add(errc::wrong_type, one.offset, "/events");
      } else if (options.types == signhook::unknown::reject && known_types.count(one.text) == 0) {
        wrong.add(errc::unknown_type, one.offset, "/events");
      } else {
        into.events->emplace_back(one.text);
      }
    }
  };
  const auto take_headers = [&](const json_value& headers) {
    if (headers.kind == 'n' || (headers.kind == '[' && headers.elements.empty())) return;
    if (headers.kind != '{') return wrong.add(errc::wrong_type, headers.offset, "/headers");
    std::set<std::string> seen;
    for (const auto& member : headers.members) {
      if (!seen.insert(member.key).second) {
        wrong.add(errc::duplicate_member, member.offset, "/headers");
      }
      if (member.value.kind != '"') wrong.add(errc::wrong_type, member.value.offset, "/headers");
      into.headers.push_back({member.key, member.value.text});
    }
  };
  const auto take_disabled = [&](const json_value& disabled) {
    if (disabled.kind != 't' && disabled.kind != 'f') {
      return wrong.add(errc::wrong_type, disabled.offset, "/disabled");
    }
    into.disabled = disabled.kind == 't';
  };
  read_object(
      value,
      {{"id", true, take_text(into.id, read_uuid, errc::invalid_uuid, "/id", wrong)},
       {"url", true, take_text(into.url, any_text, errc::wrong_type, "/url", wrong)},
       {"events", false, take_events},
       {"headers", true, take_headers},
       {"disabled", false, take_disabled},
       {"updatedAt", true,
        take_text(into.updated_at, read_timestamp, errc::invalid_timestamp, "/updatedAt", wrong)},
       {"createdAt", true,
        take_text(into.created_at, read_timestamp, errc::invalid_timestamp, "/createdAt", wrong)}},
      options, wrong);
}

// Reads an answer from its tree, or returns the fault that keeps it from having one.
template <class T, class Read>
answer<T> read_answer(std::string_view text, const subscription_options& options, Read read) {
  if (text.size() > options.max_bytes) return {{}, {false, errc::body_too_large, 0, ""}};
  if (const auto fault = find_fault(text, options.max_depth)) {
    return {{}, {false, fault->code, fault->offset, ""}};
  }
  faults wrong;
  T value;
  read(read_tree(text), value, wrong);
  if (wrong.empty()) return {value, {}};
  return {{}, wrong.first()};
}

}  // namespace

answer<signhook::subscription> read_subscription(std::string_view text,
                                                 const subscription_options& options) {
  return read_answer<signhook::subscription>(
      text, options, [&](const json_value& tree, signhook::subscription& into, faults& wrong) {
        read_one(tree, options, into, wrong);
      });
}

answer<std::vector<signhook::subscription>> read_subscriptions(
    std::string_view text, const subscription_options& options) {
  using list = std::vector<signhook::subscription>;
  return read_answer<list>(text, options, [&](const json_value& tree, list& into, faults& wrong) {
    if (tree.kind != '[') return wrong.add(errc::wrong_type, tree.offset, "");
    for (const json_value& one : tree.elements) read_one(one, options, into.emplace_back(), wrong);
  });
}

answer<signhook::api_error> read_api_error(std::string_view text,
                                           const subscription_options& options) {
  return read_answer<signhook::api_error>(
      text, options, [&](const json_value& tree, signhook::api_error& into, faults& wrong) {
        const auto take_status = [&](const json_value& status) {
          const bool is_integer = status.kind == '0' &&
                                  status.text.find_first_of(".eE") == std::string::npos &&
                                  status.text.size() <= 11;
          const long long number = is_integer ? std::strtoll(status.text.c_str(), nullptr, 10) : 0;
          if (!is_integer || number < INT32_MIN || number > INT32_MAX) {
            return wrong.add(errc::wrong_type, status.offset, "/status");
          }
          into.status = static_cast<std::int32_t>(number);
        };
        read_object(tree,
                    {{"status", true, take_status},
                     {"message", true,
                      take_text(into.message, any_text, errc::wrong_type, "/message", wrong)}},
                    options, wrong);
      });
}

}  // namespace reference
