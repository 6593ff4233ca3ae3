// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "reference.hpp"
#include <signhook/decoder.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reference {

// Compares a decoder with the reference: verdict, value, every diagnostic, with and without padding.
class comparison {
 public:
  using report = std::function<void(std::string_view body, const std::string& disagreement)>;

  comparison(std::string name, const signhook::decoder_options& options, report disagreed)
      : name_(std::move(name)), decoder_(options), disagreed_(std::move(disagreed)) {}

  // Returns the reference's outcome.
  outcome compare(std::string_view body) {
    outcome expected = decode(body, decoder_.options());

    std::vector<diagnostic> found;
    const bool accepted = decoder_.validate(body, [&](const signhook::diagnostic& one) {
      found.push_back({one.severity == signhook::severity::warning, one.error.code,
                       one.error.offset, std::string(one.error.path)});
    });
    if (accepted != expected.value.has_value() || found != expected.diagnostics) {
      differ(body, text(expected.diagnostics), text(found));
    }
    compare(body, expected, decoder_.decode(body));
    padded_.assign(body);
    padded_.append(simdjson::SIMDJSON_PADDING, '"');
    compare(
        body, expected,
        decoder_.decode(simdjson::padded_string_view(padded_.data(), body.size(), padded_.size())));
    return expected;
  }

 private:
  static std::string text(signhook::errc code, std::size_t offset, std::string_view path) {
    return std::string(signhook::name(code)) + " at " + std::to_string(offset) + " '" +
           std::string(path) + "'";
  }

  static std::string text(const std::vector<diagnostic>& diagnostics) {
    std::string all;
    for (const diagnostic& one : diagnostics) {
      all += (one.warning ? "\n    warning " : "\n    ") + text(one.code, one.offset, one.path);
    }
    return all;
  }

  void compare(std::string_view body, const outcome& expected,
               const signhook::result<signhook::event>& got) const {
    if (got) {
      if (!expected.value) return differ(body, text(expected.diagnostics), "it is an event");
      if (*got != *expected.value) differ(body, "it is an event", "it is another one");
      return;
    }
    const signhook::error& error = got.error();
    if (expected.value) {
      return differ(body, "it is an event", text(error.code, error.offset, error.path));
    }
    const diagnostic& first = expected.first_violation();
    if (first.code != error.code || first.offset != error.offset || first.path != error.path) {
      differ(body, text(first.code, first.offset, first.path),
             text(error.code, error.offset, error.path));
    }
  }

  void differ(std::string_view body, const std::string& expected, const std::string& got) const {
    disagreed_(body,
               name_ + ": the reference reports " + expected + "\n  the library reports " + got);
  }

  std::string name_;
  signhook::decoder decoder_;
  report disagreed_;
  std::string padded_;
};

}  // namespace reference
