// SPDX-License-Identifier: BSL-1.0
// An endpoint on an inbox in memory, which covers one process until it ends: it authenticates a
// request, handles each event once, keeps what is no event, and answers.
#include <signhook/format.hpp>
#include <signhook/signhook.hpp>

#include <fmt/format.h>

#include <array>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace {

using headers = std::vector<std::pair<std::string, std::string>>;

// The latest state of each dossier, whatever the order of its events.
using dossiers = std::unordered_map<signhook::dossier_id, signhook::dossier_projection>;

signhook::handled handle(dossiers& all, const signhook::event& event) {
  const auto* const dossier = signhook::dossier_of(event);
  if (dossier == nullptr) return signhook::handled::dead_letter("an event without a dossier");
  auto& projection = all.try_emplace(dossier->id, dossier->id).first->second;
  projection.apply(event);
  fmt::print("handle {}: the dossier is {}\n", signhook::type_of(event),
             projection.state()->last.value);
  return signhook::handled::done;
}

}  // namespace

int main() {
  const std::array<std::string_view, 2> secrets = {"the-one-of-this-year-V2hvIGtub3dz",
                                                   "the-one-of-last-year-Tm9ib2R5IGRv"};
  const auto receiver =
      signhook::receiver::make({.secret_header = "X-Webhook-Secret", .secrets = secrets});
  if (!receiver) return 1;

  // A file or a table in earnest, and with a lock if there are several threads.
  std::vector<std::string> kept;
  signhook::memory_inbox_options options;
  options.quarantine = [&](const signhook::quarantine_entry& entry) {
    kept.emplace_back(entry.body);
    return true;
  };
  options.dead_letter = [&](const signhook::inbox_entry& entry, std::string_view) {
    kept.emplace_back(entry.body);
    return true;
  };
  signhook::memory_inbox inbox(options);
  signhook::decoder decoder;  // one for each thread
  dossiers all;

  const auto answer = [&](const headers& of, std::string_view body) {
    const auto done = signhook::process(*receiver, decoder, inbox,
                                        {.method = "POST", .headers = of, .body = body},
                                        [&](const auto& event) { return handle(all, event); });
    fmt::print("{}\n", done);
    return done.status;
  };

  const headers sender = {{"Content-Type", "application/json"},
                          {"x-webhook-secret", "the-one-of-last-year-Tm9ib2R5IGRv"}};
  constexpr std::string_view body = R"({
    "id": "b041a287-bc92-4469-801e-ae1a39c08f6e", "type": "dossier.state.updated",
    "created": "2026-01-01T00:00:00+00:00",
    "dossier": {"id": "b659c273-954e-43cf-893a-0f74a7f87153", "state": "completed"}})";
  const int statuses = answer(sender, body) + answer(sender, body) +
                       answer(sender, body.substr(0, 200)) + answer({}, body);
  fmt::print("{} kept\n", kept.size());
  return statuses == 200 + 200 + 200 + 401 ? 0 : 1;
}
