// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/decoder/options.hpp>
#include <signhook/error.hpp>
#include <signhook/event.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The oracle of the tests: a second decoder, slow and simple, over Boost.JSON and the C library. It
// shares the types of the values with the library and takes the schema's names as data (shape.hpp);
// every rule, every reader of text and every place is its own.

namespace reference {

struct diagnostic {
  bool warning;
  signhook::errc code;
  std::size_t offset;
  std::string path;

  friend bool operator==(const diagnostic&, const diagnostic&) = default;
};

struct outcome {
  std::optional<signhook::event> value;  // of a body without errors
  std::vector<diagnostic> diagnostics;   // by offset, then in the documented order of members

  // The error that `decoder::decode` must report if there is no value.
  [[nodiscard]] const diagnostic& first_violation() const;
};

[[nodiscard]] outcome decode(std::string_view body, const signhook::decoder_options& options);

}  // namespace reference
