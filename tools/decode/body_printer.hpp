// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "decode/counters.hpp"
#include "decode/decode.hpp"
#include "decode/line_blocks.hpp"
#include <signhook/decoder.hpp>

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

// The output for some bodies.
struct printed_bodies {
  fmt::memory_buffer events;       // for standard output
  fmt::memory_buffer diagnostics;  // for standard error
  counters counted;
};

// Decodes bodies and formats the output for them. Each thread has one of its own.
class body_printer {
 public:
  explicit body_printer(const decode_request& request)
      : request_(request), decoder_(request.options) {}

  // `name` is the name of the input in diagnostics.
  void body(std::string_view bytes, std::string_view name);
  // `lines_before` is the number of lines of the input before the block.
  void lines(const line_block& block, std::string_view name, std::uint64_t lines_before);

  [[nodiscard]] const printed_bodies& printed() const { return printed_; }
  void clear();

  // The decoder's options, limited to their ceilings.
  [[nodiscard]] const signhook::decoder_options& options() const { return decoder_.options(); }

 private:
  void print(std::string_view bytes, const signhook::result<signhook::event>& decoded,
             std::string_view name, std::uint64_t lines_before);
  void print(const signhook::event& event, std::string_view bytes);

  // Escapes them in the JSON that was printed from there on.
  void escape_controls_from(std::size_t begin);

  const decode_request& request_;
  signhook::decoder decoder_;
  printed_bodies printed_;
};
