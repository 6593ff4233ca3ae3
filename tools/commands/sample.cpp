// SPDX-License-Identifier: BSL-1.0
#include "commands/sample.hpp"

#include "system/output.hpp"
#include <signhook/encoder.hpp>
#include <signhook/schema.hpp>

#include <array>

exit_code print_sample(const std::string& type) {
  output out;
  for (const signhook::event& sample : signhook::samples) {
    if (!type.empty() && type != signhook::type_of(sample)) continue;
    std::array<char, signhook::max_encoded_size> buffer;
    out.line(*signhook::encode(sample, buffer));
  }
  return out.finish() ? exit_code::accepted : exit_code::failed;
}
