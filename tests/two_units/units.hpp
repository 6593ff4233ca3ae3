// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string_view>

bool decodes_checked();
bool decodes_plain();

// The inline namespace of each unit's decoder.
std::string_view checked_name();
std::string_view plain_name();

#define SIGNHOOK_TEXT_(name) #name
#define SIGNHOOK_TEXT(name) SIGNHOOK_TEXT_(name)

// Decodes every sample with the decoder of the unit that includes this.
#define SIGNHOOK_DEFINE_UNIT(decodes, decoder_name)                     \
  bool decodes() {                                                      \
    signhook::decoder decoder;                                          \
    for (const signhook::event& sample : signhook::samples) {           \
      std::array<char, signhook::max_encoded_size> buffer{};            \
      const auto body = signhook::encode(sample, buffer);               \
      const auto decoded = decoder.decode(*body);                       \
      if (!decoded || !(*decoded == sample)) return false;              \
    }                                                                   \
    return !decoder.decode(std::string_view("{\"id\":[[1]],\"x\":{}")); \
  }                                                                     \
  std::string_view decoder_name() { return SIGNHOOK_TEXT(SIGNHOOK_SIMDJSON_ABI); }
