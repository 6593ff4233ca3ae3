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

struct finding {
  bool notice;
  signhook::errc code;
  std::size_t offset;
  std::string path;

  friend bool operator==(const finding&, const finding&) = default;
};

struct outcome {
  std::optional<signhook::event> value;  // exactly where there is no violation
  std::vector<finding> findings;         // by offset, then in the documented order of members

  // What `decoder::decode` must report where there is no value.
  [[nodiscard]] const finding& first_violation() const;
};

[[nodiscard]] outcome decode(std::string_view body, const signhook::decoder_options& options);

}  // namespace reference
