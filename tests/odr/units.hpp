// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/signhook.hpp>

#include <array>
#include <string_view>

// Decodes every sample, in a unit with its own options, with a decoder that may come from another one.
bool decodes_checked(signhook::decoder& decoder);
bool decodes_plain(signhook::decoder& decoder);

inline bool decodes_samples(signhook::decoder& decoder) {
  for (const signhook::event& sample : signhook::samples) {
    std::array<char, signhook::max_encoded_size> buffer{};
    const auto body = signhook::encode(sample, buffer);
    const auto decoded = decoder.decode(*body);
    if (!decoded || !(*decoded == sample)) return false;
  }
  return !decoder.decode(std::string_view("{\"id\":[[1]],\"x\":{}"));
}
