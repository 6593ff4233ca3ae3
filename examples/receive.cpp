// SPDX-License-Identifier: BSL-1.0
// What a server does with a request: it asks the receiver, folds the event into what is known,
// keeps what is no event, and answers.
#include <signhook/format.hpp>
#include <signhook/signhook.hpp>

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace {

// As the HTTP library hands it over; any range of names and values will do for the headers.
struct request {
  std::string_view method;
  std::vector<signhook::header> headers;
  std::string_view body;
};

// The latest state of each dossier, whatever the order of its events.
using dossiers = std::unordered_map<signhook::dossier_id, signhook::dossier_projection>;

// False where the event could not be kept: the database is away, say.
bool store(dossiers& all, const signhook::event& event) {
  const auto* const dossier = signhook::dossier_of(event);
  if (dossier == nullptr) return true;  // of an unknown type, about something else
  signhook::dossier_projection& view = all.try_emplace(dossier->id, dossier->id).first->second;
  view.apply(event);
  fmt::print("stored {}: the dossier is {}\n", signhook::type_of(event), view.state()->last.value);
  return true;
}

int handle(signhook::receiver& receiver, dossiers& all, std::vector<std::string>& quarantine,
           const request& of) {
  using signhook::verdict;
  auto receipt = receiver.receive(of.method, of.headers, of.body, std::chrono::system_clock::now());
  if (receipt.verdict == verdict::accepted && !store(all, *receipt.event)) {
    receipt = receiver.failed(receipt);  // forgets the event: its retry is welcome
  }
  if (receipt.verdict == verdict::quarantine) quarantine.emplace_back(of.body);
  fmt::print("{}\n", receipt);
  return receipt.status;
}

}  // namespace

int main() {
  const std::array<std::string_view, 2> secrets = {"the-one-of-this-year-V2hvIGtub3dz",
                                                   "the-one-of-last-year-Tm9ib2R5IGRv"};
  auto receiver =
      signhook::receiver::make({.secret_header = "X-Webhook-Secret", .secrets = secrets});
  if (!receiver) return 1;
  dossiers all;
  std::vector<std::string> quarantine;

  const std::vector<signhook::header> sender = {
      {"Content-Type", "application/json"},
      {"x-webhook-secret", "the-one-of-last-year-Tm9ib2R5IGRv"}};
  constexpr std::string_view body = R"({
    "id": "b041a287-bc92-4469-801e-ae1a39c08f6e", "type": "dossier.state.updated",
    "created": "2026-01-01T00:00:00+00:00",
    "dossier": {"id": "b659c273-954e-43cf-893a-0f74a7f87153", "state": "completed"}})";
  handle(*receiver, all, quarantine, {"POST", sender, body});
  handle(*receiver, all, quarantine, {"POST", sender, body});
  handle(*receiver, all, quarantine, {"POST", sender, body.substr(0, 200)});
  handle(*receiver, all, quarantine, {"POST", {}, body});
  fmt::print("{} kept\n", quarantine.size());
}
