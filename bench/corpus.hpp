// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/event.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

// Bodies one behind the other in one buffer, with room behind each for who asks for padding.
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

// Each kind of body, as many as asked for, of all known types evenly and in a shuffled order. The same
// count gives the same events in all of them.
struct corpora {
  corpus compact;         // the canonical form
  corpus pretty;          // that, indented by four spaces
  corpus evolved;         // members shuffled, two unknown ones added
  corpus unknown_states;  // compact, but with states that are not known
  corpus broken;          // compact, but with one fault each, of seven kinds
  std::string lines;      // compact, one each line
};

[[nodiscard]] corpora make_corpora(std::size_t count);

}  // namespace bench
