// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/decoder.hpp>

#include <cstddef>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

// Each way through the decoder by itself.
class ways {
 public:
  explicit ways(signhook::decoder_options options = {}) : options_(options) {
    const std::size_t room = std::size_t{options.max_bytes} + simdjson::SIMDJSON_PADDING;
    scratch_.resize(room);
    if (!index_.allocate(options.max_bytes)) std::abort();
  }

  // Of a body that is not empty and no larger than `max_bytes`.
  [[nodiscard]] std::optional<signhook::event> general(std::string_view body) {
    padded_.assign(body);
    padded_.resize(body.size() + simdjson::SIMDJSON_PADDING);
    signhook::event made;
    signhook::detail::general_way way(options_, scratch_.data());
    const auto outcome = way.decode(index_, {padded_.data(), body.size()}, made);
    if (outcome != signhook::detail::general_way::outcome::event) return std::nullopt;
    return made;
  }

  [[nodiscard]] static std::optional<signhook::event> expected(std::string_view body) {
    signhook::event made;
    if (!signhook::detail::expected_way(body).decode(made)) return std::nullopt;
    return made;
  }

 private:
  signhook::decoder_options options_;
  std::string padded_;
  std::string scratch_;
  signhook::detail::token_index index_;
};
