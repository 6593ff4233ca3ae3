#include <signhook/subscription.hpp>

#include <array>
#include <cstdio>
#include <iterator>
#include <string>

int main() {
  // The request, for any HTTP client: POST it to this address, with a token.
  constexpr auto handled =
      signhook::event_type_set::of<signhook::dossier_prepared, signhook::invite_viewed>();
  const signhook::subscription_request request{
      "https://example.com/hook", handled, {{"X-Secret", "q7Jm0rXw2Zk9VtLd4Bn8Hs1YcPfG3uEa"}}};
  std::array<char, 1024> buffer;
  std::string address(signhook::production_base);
  if (!signhook::create_path_to("my-key-id", std::back_inserter(address))) return 1;
  const auto body = signhook::encode_create(request, buffer);
  if (!body) return 1;  // body.error() has a code, the item and the offset in it
  std::printf("POST %s\n%.*s\n", address.c_str(), static_cast<int>(body->size()), body->data());

  // The subscription, some weeks and failed deliveries later: compare it with the request, and repair it.
  const auto answer = signhook::decode_subscription(R"({
    "id": "77e79832-1708-4a49-9528-3536ba4057d7", "url": "https://example.com/hook",
    "events": ["dossier.prepared", "dossier.state.updated"], "headers": null,
    "disabled": true, "updatedAt": "2022-01-15T00:00:00+00:00",
    "createdAt": "2022-01-01T00:00:00+00:00"})");
  if (!answer || signhook::audit(*answer, request).is_clean()) return 1;
  const auto update = signhook::encode_update(signhook::repair(*answer, request), buffer);
  if (!update) return 1;
  std::printf("PUT\n%.*s\n", static_cast<int>(update->size()), update->data());
}
