// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "decode_command.hpp"
#include "line_blocks.hpp"
#include "tally.hpp"
#include <signhook/decoder.hpp>

#include <fmt/format.h>

#include <cstdint>
#include <string_view>

// What is to be said of some bodies.
struct printed_bodies {
  fmt::memory_buffer events;       // for standard output
  fmt::memory_buffer diagnostics;  // for standard error
  tally counted;
};

// Decodes bodies into texts: what can be done by several threads, each with its own.
class body_printer {
 public:
  explicit body_printer(const decode_request& request)
      : request_(request), decoder_(request.options) {}

  // `name` is what diagnostics call the place where the body comes from.
  void body(std::string_view bytes, std::string_view name);
  void lines(const line_block& block, std::string_view name, std::uint64_t lines_before);

  [[nodiscard]] const printed_bodies& printed() const { return printed_; }
  void clear();

  // The options, within their ceilings.
  [[nodiscard]] const signhook::decoder_options& options() const { return decoder_.options(); }

 private:
  void print(std::string_view bytes, const signhook::result<signhook::event>& decoded,
             std::string_view name, std::uint64_t lines_before);
  void print(const signhook::event& event);

  const decode_request& request_;
  signhook::decoder decoder_;
  printed_bodies printed_;
};
