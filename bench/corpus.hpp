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

// Bodies of one kind.
struct kind {
  std::string name;
  bool are_good = true;
  bool are_in_order = true;  // their members, as documented, and their types known
  corpus bodies{};
};

// Bodies of all known types evenly and in a shuffled order. All kinds have the same events, or nearly:
//   compact              the canonical form
//   pretty, 2 spaces     the same, indented; also by 4 spaces, as PHP does, and by tabs
//   Python spacing       with a space after each colon and comma
//   drifted              in one other order of members, with two new ones
//   shuffled             in another order each, with two new members
//   unknown states       compact
//   unknown type         compact, of a type that is not known
//   upper-case ids       compact
//   Z times              compact, the offset written as Z
//   fractions            compact, with milliseconds
//   escaped slashes      compact, with a new member that has escaped slashes, as PHP writes them
//   broken               compact, with one fault each, of eight kinds
//   4 KiB, 60 KiB        compact, with one new member that is a long string; no more than some megabytes
class corpora {
 public:
  // Makes `count` bodies of each kind, or of the kind `only`.
  explicit corpora(std::size_t count, std::string_view only = {});

  [[nodiscard]] const std::vector<kind>& kinds() const noexcept { return kinds_; }
  [[nodiscard]] const corpus& operator[](std::string_view name) const;
  // The compact bodies, one a line.
  [[nodiscard]] const std::string& lines() const noexcept { return lines_; }

 private:
  [[nodiscard]] bool is_wanted(std::string_view name) const noexcept {
    return only_.empty() || only_ == name;
  }
  // Adds a body to the kind of that name. All bodies of a kind have the same flags.
  void add(const kind& of, const std::string& body);
  void add(std::string_view name, const std::string& body) {
    add({.name = std::string(name)}, body);
  }

  std::string only_;
  std::vector<kind> kinds_;
  std::string lines_;
};

}  // namespace bench
