// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/event.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

// Bodies in one buffer, each followed by padding.
class corpus {
 public:
  static constexpr std::size_t padding = 64;

  void add(std::string_view body);

  [[nodiscard]] std::size_t size() const noexcept { return places_.size(); }
  [[nodiscard]] std::size_t total_bytes() const noexcept { return total_; }
  [[nodiscard]] std::string_view operator[](std::size_t i) const noexcept {
    return {bytes_.data() + places_[i].begin, places_[i].size};
  }

 private:
  struct place {
    std::size_t begin;
    std::size_t size;
  };
  std::string bytes_;
  std::vector<place> places_;
  std::size_t total_ = 0;
};

// `count` bodies of each kind, of all known types evenly and in a shuffled order. All kinds have the
// same events.
struct corpora {
  corpus compact;         // the canonical form
  corpus pretty;          // the same, indented by four spaces
  corpus evolved;         // members shuffled, two unknown ones added
  corpus unknown_states;  // compact, but with states that are not known
  corpus broken;          // compact, but with one fault each, of seven kinds
  std::string lines;      // compact, one each line
};

[[nodiscard]] corpora make_corpora(std::size_t count);

}  // namespace bench
