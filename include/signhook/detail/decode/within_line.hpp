// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/decode/fields.hpp>
#include <signhook/detail/json/grammar.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace signhook::inline SIGNHOOK_ABI::detail {

// Stands in for `deviations` where a body is the first line of what is read: where its canonical form
// ends shows where the line ends, so that nobody has to look for that before. LF is no white space,
// and from anything else there is no way back.
class within_line {
 public:
  static constexpr bool spans_lines = false;
  [[nodiscard]] static const char* skip_space(const char* p, const char* end) noexcept {
    while (p != end && *p != '\n' && is_space(*p)) ++p;
    return p;
  }
  [[nodiscard]] bool ends(const char* p, const char* end) noexcept {
    end_ = p;
    return p == end || *p == '\n';
  }
  // Of a line that was read.
  [[nodiscard]] const char* end() const noexcept { return end_; }

  struct open_object {
    const char* brace;
    node_index node;
    std::uint32_t depth;
    node_set seen;
  };
  struct member_place {
    const char* at;
    bool is_value;
  };
  struct text_place {
    const char* behind;
    std::string_view text;
  };

  [[nodiscard]] static member_place find_member(const char*, const open_object&,
                                                node_index) noexcept {
    return {nullptr, false};
  }
  [[nodiscard]] static const char* pass_mistyped(const char*, node_index, std::uint32_t) noexcept {
    return nullptr;
  }
  [[nodiscard]] static text_place pass_text(const char*, node_index) noexcept {
    return {nullptr, {}};
  }
  static void set_type(std::size_t) noexcept {}
  static void leave_at_type(const char*) noexcept {}
  static void leave_at_end(const char*) noexcept {}
  [[nodiscard]] static bool violation() noexcept { return false; }
  [[nodiscard]] static bool fault() noexcept { return false; }

 private:
  const char* end_ = nullptr;
};

}  // namespace signhook::inline SIGNHOOK_ABI::detail
