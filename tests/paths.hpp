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

  // Of a body that is not empty and no larger than `max_bytes`; why it is rejected is found as `validate`
  // finds it.
  [[nodiscard]] signhook::result<signhook::event> general(std::string_view body) {
    using outcome = signhook::detail::slow_path::outcome;
    padded_.assign(body);
    padded_.resize(body.size() + simdjson::SIMDJSON_PADDING);
    signhook::result<signhook::event> made{signhook::error{}};
    signhook::detail::slow_path way(options_, scratch_.data());
    if (way.decode(index_, {padded_.data(), body.size()}, made) == outcome::event) return made;
    auto why = signhook::detail::syntax_check(body, options_.max_depth).run();
    if (why) return *why;
    const auto keep_first = [&why](const signhook::diagnostic& found) noexcept {
      if (found.severity == signhook::severity::error) why = found.error;
      return !why;
    };
    signhook::detail::diagnostics_walk(body, options_, scratch_.data(), keep_first).run();
    if (!why) std::abort();
    return *why;
  }

  // None where that way has no opinion.
  [[nodiscard]] std::optional<signhook::result<signhook::event>> expected(
      std::string_view body) const {
    using outcome = signhook::detail::fast_path<>::outcome;
    signhook::result<signhook::event> made{signhook::error{}};
    signhook::detail::deviations odd(body, options_);
    switch (signhook::detail::fast_path<>::decode(body, odd, made)) {
      case outcome::event: return made;
      case outcome::rejected: return odd.rejection();
      case outcome::declined: break;
    }
    return std::nullopt;
  }

 private:
  signhook::decoder_options options_;
  std::string padded_;
  std::string scratch_;
  signhook::detail::token_index index_;
};
