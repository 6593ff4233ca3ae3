#include <signhook/subscription.hpp>

#include <array>
#include <cstdio>
#include <string>

using namespace signhook;

int main() {
  // What to send, by whatever HTTP client there is: POST to this address, with a token.
  const std::array types{schema<dossier_prepared>::type, schema<invite_viewed>::type};
  const std::array headers{custom_header{"X-Secret", "correct horse battery staple"}};
  const subscription_request draft{"https://example.com/hook", types, headers};
  std::array<char, 1024> buffer;
  std::string address(production_base);
  if (!create_path_to("my-key-id", std::back_inserter(address))) return 1;
  const auto body = encode_create(draft, buffer);
  if (!body) return 1;  // body.error(): a code, which item, where in it
  std::printf("POST %s\n%.*s\n", address.c_str(), static_cast<int>(body->size()), body->data());

  // What came back, some weeks and failed deliveries later, and whether it fits.
  const auto answer = decode_subscription(R"({
    "id": "77e79832-1708-4a49-9528-3536ba4057d7", "url": "https://example.com/hook",
    "events": ["dossier.prepared", "dossier.state.updated"], "headers": null,
    "disabled": true, "updatedAt": "2022-01-15T00:00:00+00:00",
    "createdAt": "2022-01-01T00:00:00+00:00"})");
  const auto handled = event_type_set::of<dossier_prepared, invite_viewed>();
  if (!answer || audit(*answer, handled).is_clean()) return 1;
  webhook repaired = repair(*answer, handled);
  repaired.headers = {{"X-Secret", "correct horse battery staple"}};  // as we know it
  const auto update = encode_update(repaired, buffer);
  if (!update) return 1;
  std::printf("PUT\n%.*s\n", static_cast<int>(update->size()), update->data());
}
