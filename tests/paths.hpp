// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/decoder.hpp>

#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Each path through the decoder by itself.
class paths {
 public:
  explicit paths(signhook::decoder_options options = {}) : options_(options) {
    scratch_.resize(options.max_bytes);
    if (!index_.allocate(options.max_bytes)) std::abort();
  }

  // Takes a body that is not empty and no larger than `max_bytes`.
  [[nodiscard]] signhook::result<signhook::event> slow(std::string_view body) {
    using signhook::detail::slow_path;
    signhook::result<signhook::event> made(signhook::unexpect);
    if (build(body)) {
      slow_path path(options_, index_, body, scratch_.data());
      const auto found = path.decode(made);
      if (found == slow_path::outcome::event) return made;
      if (found == slow_path::outcome::rejected) return signhook::unexpected(path.violation());
    }
    const auto fault = signhook::detail::locator(body, options_.max_depth).run();
    if (fault) return signhook::unexpected(*fault);
    const auto first = body.find_first_not_of(" \t\r\n");
    return signhook::unexpected(
        signhook::error{signhook::errc::not_an_object, static_cast<std::uint32_t>(first), {}});
  }

  // Returns nothing if the fast path declines.
  [[nodiscard]] std::optional<signhook::event> fast(std::string_view body) const {
    using path = signhook::detail::fast_path<signhook::detail::input::body>;
    signhook::result<signhook::event> made(signhook::unexpect);
    signhook::detail::fast_path_notes notes;
    if (path::decode(body, options_, made, notes) == nullptr) return std::nullopt;
    return *made;
  }

  // The part of a body that the fast path declines of which it knows that it begins JSON.
  [[nodiscard]] signhook::detail::json_prefix known_prefix(std::string_view body) const {
    using path = signhook::detail::fast_path<signhook::detail::input::body>;
    signhook::result<signhook::event> made(signhook::unexpect);
    signhook::detail::fast_path_notes notes;
    static_cast<void>(path::decode(body, options_, made, notes));
    return notes.prefix;
  }

  // The slow path's warnings about a body that is an event.
  [[nodiscard]] std::vector<signhook::diagnostic> slow_warnings(std::string_view body) {
    using signhook::detail::slow_path;
    std::vector<signhook::diagnostic> found;
    signhook::result<signhook::event> made(signhook::unexpect);
    if (!build(body)) return found;
    slow_path path(options_, index_, body, scratch_.data());
    if (path.decode(made) != slow_path::outcome::event) return found;
    auto keep = [&](const signhook::diagnostic& one) {
      found.push_back(one);
      return true;
    };
    path.diagnose(keep);
    return found;
  }

 private:
  [[nodiscard]] bool build(std::string_view body) {
    const std::string_view trimmed = signhook::detail::trim_space_end(body);
    return trimmed.ends_with('}') && index_.build(trimmed);
  }

  signhook::decoder_options options_;
  std::string scratch_;
  signhook::detail::token_index index_;
};
