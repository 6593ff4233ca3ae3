// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/decode/field_mask.hpp>
#include <signhook/detail/json/locator.hpp>
#include <signhook/detail/text/uninitialized_array.hpp>
#include <signhook/error.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace signhook::inline SIGNHOOK_ABI::detail {

// The warnings of a body that is an event, by their offsets: a few, as most bodies have none.
class noted_warnings {
 public:
  // The code, the field at fault or that holds the member at fault, and the bytes with their quotes.
  struct warning {
    errc code;
    field_id field;
    std::uint32_t size;
    const char* source;
  };

  // False where there is no room. The fast path comes by an unknown member again where an optional one
  // is absent: what was added before is not added again.
  [[nodiscard]] bool add(errc code, field_id field, std::string_view source) noexcept {
    if (size_ != 0 && source.data() <= all_[size_ - 1].source) return true;
    if (size_ == all_.size()) return false;
    all_[size_++] = {code, field, static_cast<std::uint32_t>(source.size()), source.data()};
    return true;
  }

  // The same for a warning that is new and may stand before others.
  [[nodiscard]] SIGNHOOK_COLD bool insert(errc code, field_id field,
                                          std::string_view source) noexcept {
    if (size_ == all_.size()) return false;
    std::size_t at = size_++;
    for (; at != 0 && all_[at - 1].source > source.data(); --at) all_[at] = all_[at - 1];
    all_[at] = {code, field, static_cast<std::uint32_t>(source.size()), source.data()};
    return true;
  }

  void clear() noexcept { size_ = 0; }

  [[nodiscard]] const warning* begin() const noexcept { return all_.data(); }
  [[nodiscard]] const warning* end() const noexcept { return all_.data() + size_; }

 private:
  uninitialized_array<warning, 16> all_{};
  std::size_t size_ = 0;
};

// The findings of a fast path besides the event.
struct fast_path_notes {
  json_prefix prefix{};                // of a body that it declined
  noted_warnings* warnings = nullptr;  // of one that it accepted, where they are wanted
};

}  // namespace signhook::inline SIGNHOOK_ABI::detail
