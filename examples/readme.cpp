#include <signhook/signhook.hpp>

#include <cstdio>

int main() {
  signhook::decoder decoder;
  const auto decoded = decoder.decode(R"({
    "id": "b041a287-bc92-4469-801e-ae1a39c08f6e", "type": "dossier.state.updated",
    "created": "2026-01-01T00:00:00+00:00",
    "dossier": {"id": "b659c273-954e-43cf-893a-0f74a7f87153", "state": "completed"}})");
  if (!decoded) return 1;
  if (const auto* e = std::get_if<signhook::dossier_state_updated>(&*decoded)) {
    if (e->dossier.state == signhook::dossier_state::completed) std::puts("all have signed");
  }
}
