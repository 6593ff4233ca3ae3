// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace signhook::inline SIGNHOOK_ABI::detail {

// Where the tokens of a body begin, by the first stage of simdjson. It also checks the body's UTF-8,
// and that strings end and hold no control characters. It takes the best kernel that the machine has,
// whatever the compiler may assume of the machine.
class token_index {
 public:
  // For bodies of up to `max_bytes`; false where memory is short.
  [[nodiscard]] bool allocate(std::size_t max_bytes) noexcept {
    constexpr std::size_t unused_depth = 1;
    return simdjson::get_active_implementation()->create_dom_parser_implementation(
               max_bytes, unused_depth, parser_) == simdjson::SUCCESS;
  }

  // False where there is no token or a check fails. The body ends with a brace: then no kernel reads behind it,
  // because the vector kernels copy their last block, and the fallback kernel reads on only from the first byte
  // of a character. simdjson asks for padding because its second stage needs it.
  [[nodiscard]] bool build(std::string_view body) noexcept {
    return parser_->stage1(reinterpret_cast<const std::uint8_t*>(body.data()), body.size(),
                           simdjson::stage1_mode::regular) == simdjson::SUCCESS;
  }

  // The offsets, in their order; at the end stands the body's size.
  [[nodiscard]] const std::uint32_t* begin() const noexcept {
    return parser_->structural_indexes.get();
  }
  [[nodiscard]] const std::uint32_t* end() const noexcept {
    return begin() + parser_->n_structural_indexes;
  }

 private:
  std::unique_ptr<simdjson::internal::dom_parser_implementation> parser_{};
};

}  // namespace signhook::inline SIGNHOOK_ABI::detail
