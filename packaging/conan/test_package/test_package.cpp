// SPDX-License-Identifier: BSL-1.0
#include <signhook/signhook.hpp>

#include <cstdio>
#include <variant>

int main() {
  signhook::decoder decoder;
  const auto decoded = decoder.decode(R"({
    "id": "b041a287-bc92-4469-801e-ae1a39c08f6e", "type": "dossier.state.updated",
    "created": "2026-01-01T00:00:00+00:00",
    "dossier": {"id": "b659c273-954e-43cf-893a-0f74a7f87153", "state": "completed"}})");
  if (!decoded || !std::holds_alternative<signhook::dossier_state_updated>(*decoded)) return 1;
  std::puts("dossier.state.updated");
}
