// SPDX-License-Identifier: BSL-1.0
#include "deliver/webhook_signer.hpp"

#include "text/base64.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstddef>
#include <optional>
#include <stdexcept>

namespace {

std::string signature_of(const std::string& key, const std::string& content) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(content.data()), content.size(), bytes.data(),
           &size) == nullptr) {
    throw std::runtime_error("OpenSSL cannot compute HMAC-SHA256");
  }
  return to_base64({reinterpret_cast<const char*>(bytes.data()), size});
}

}  // namespace

webhook_signer::webhook_signer(const std::vector<std::string>& secrets) {
  constexpr std::string_view prefix = "whsec_";
  constexpr std::size_t min_size = 24;
  constexpr std::size_t max_size = 64;
  for (const std::string& one : secrets) {
    const std::string_view text = one;
    const std::optional<std::string> key =
        text.starts_with(prefix) ? from_base64(text.substr(prefix.size())) : std::nullopt;
    if (!key || key->size() < min_size || key->size() > max_size) {
      throw std::runtime_error(
          fmt::format("the signing secret is not {} and base64 of {} to {} bytes: make one with "
                      "'echo {}$(openssl rand -base64 32)'",
                      prefix, min_size, max_size, prefix));
    }
    keys_.push_back(*key);
  }
}

http_headers webhook_signer::headers(const std::string& id,
                                     std::chrono::system_clock::time_point time,
                                     std::string_view body) const {
  const std::string seconds =
      fmt::format("{}", std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
  http_headers made{{"webhook-id", id}, {"webhook-timestamp", seconds}};
  const std::string content = fmt::format("{}.{}.{}", id, seconds, body);
  std::string signatures;
  for (const std::string& key : keys_) {
    signatures += fmt::format("{}v1,{}", signatures.empty() ? "" : " ", signature_of(key, content));
  }
  if (!signatures.empty()) made.emplace_back("webhook-signature", signatures);
  return made;
}
