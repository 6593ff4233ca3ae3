// SPDX-License-Identifier: BSL-1.0
// simdjson On-Demand in one pass over each object, with its perfect hash of the keys made at compile time.
#include "../corpus.hpp"
#include "wire.hpp"

#include <simdjson.h>

#include <optional>

namespace bench {
namespace {

using simdjson::ondemand::object;
using simdjson::ondemand::value;

template <class Into>
simdjson::error_code read(value from, std::optional<Into>& into) {
  object members;
  if (const auto error = from.get_object().get(members)) return error;
  Into& made = into.emplace();
  if constexpr (requires { made.originalInvitee; }) {
    return members.for_each<"id", "state", "originalInvitee">(
        made.id, made.state, [&](value of) { return read(of, made.originalInvitee); });
  } else if constexpr (requires { made.state.emplace(); }) {
    return members.for_each<"id", "state">(made.id,
                                           [&](value of) { return of.get(made.state.emplace()); });
  } else if constexpr (requires { made.state; }) {
    return members.for_each<"id", "state">(made.id, made.state);
  } else {
    return members.for_each<"id">(made.id);
  }
}

class ondemand_key_selector : public adapter {
 public:
  bool decode(std::string_view text, signhook::event& into) override {
    simdjson::ondemand::document document;
    object top;
    const simdjson::padded_string_view padded(text, text.size() + corpus::padding);
    if (parser_.iterate(padded).get(document) != simdjson::SUCCESS ||
        document.get_object().get(top) != simdjson::SUCCESS)
      return false;
    wire::body<std::string_view> body;
    const simdjson::error_code error =
        top.for_each<"id", "type", "created", "dossier", "invite", "invitee", "reassignRequest">(
            body.id, body.type, body.created, [&](value of) { return read(of, body.dossier); },
            [&](value of) { return read(of, body.invite); },
            [&](value of) { return read(of, body.invitee); },
            [&](value of) { return read(of, body.reassignRequest); });
    return error == simdjson::SUCCESS && wire::fill_event(body, into);
  }

 private:
  simdjson::ondemand::parser parser_;
};

}  // namespace

std::unique_ptr<adapter> make_ondemand_key_selector() {
  return std::make_unique<ondemand_key_selector>();
}

}  // namespace bench
