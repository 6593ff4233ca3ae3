// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "text/histogram.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

// Writes https://prometheus.io/docs/instrumenting/exposition_formats/. No label here needs escapes.
class exposition {
 public:
  // Begins a family, to which the samples after it belong.
  void family(std::string_view name, std::string_view kind, std::string_view help) {
    name_ = name;
    fmt::format_to(out_, "# HELP {0} {1}\n# TYPE {0} {2}\n", name, help, kind);
  }

  template <class Value>
  void sample(const Value& value) {
    fmt::format_to(out_, "{} {}\n", name_, value);
  }

  template <class Label, class Value>
  void sample(std::string_view label, const Label& is, const Value& value) {
    fmt::format_to(out_, "{}{{{}=\"{}\"}} {}\n", name_, label, is, value);
  }

  template <class Value>
  void single(std::string_view name, std::string_view kind, std::string_view help,
              const Value& value) {
    family(name, kind, help);
    sample(value);
  }

  template <std::size_t Size>
  void times(std::string_view name, std::string_view help, const histogram<Size>& of) {
    family(name, "histogram", help);
    of.for_each_bound([&](double bound, std::uint64_t below) {
      fmt::format_to(out_, "{}_bucket{{le=\"{}\"}} {}\n", name, bound, below);
    });
    fmt::format_to(out_, "{0}_bucket{{le=\"+Inf\"}} {2}\n{0}_sum {1}\n{0}_count {2}\n", name,
                   of.sum(), of.count());
  }

  [[nodiscard]] std::string text() && { return std::move(text_); }

 private:
  std::string text_;
  std::back_insert_iterator<std::string> out_{text_};
  std::string_view name_;
};
