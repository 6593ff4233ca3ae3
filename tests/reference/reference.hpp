// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/decoder_options.hpp>
#include <signhook/error.hpp>
#include <signhook/event.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The oracle of the tests: what a body means, worked out slowly and from the documents, over
// Boost.JSON and the C library. It shares with the library the types of the values and nothing that
// reads or judges.

namespace reference {

struct diagnostic {
  bool warning;
  signhook::errc code;
  std::size_t offset;
  std::string path;

  friend bool operator==(const diagnostic&, const diagnostic&) = default;
};

struct outcome {
  std::optional<signhook::event> value;  // exactly where there is no violation
  std::vector<diagnostic> diagnostics;   // by offset, then in the documented order of members

  // What `decoder::decode` must report where there is no value.
  [[nodiscard]] const diagnostic& first_violation() const;
};

[[nodiscard]] outcome decode(std::string_view body, const signhook::decoder_options& options);

}  // namespace reference
