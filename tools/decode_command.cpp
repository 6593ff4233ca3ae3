// SPDX-License-Identifier: BSL-1.0
#include "decode_command.hpp"

#include "body_reader.hpp"
#include "output.hpp"
#include <signhook/format.hpp>
#include <signhook/signhook.hpp>

#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <string_view>

namespace {

class decoding {
 public:
  explicit decoding(const decode_request& request) : request_(request), decoder_(request.options) {}

  void file(const std::string& path) {
    body_reader reader(path, decoder_.options().max_bytes);
    if (request_.lines) {
      while (const auto line = reader.read_line()) {
        if (out_.failed()) return;
        body(*line, reader.name(), reader.line() - 1);
      }
    } else if (const std::string_view all = reader.read_all(); !reader.failure()) {
      body(all, reader.name(), 0);
    }
    if (reader.failure()) {
      fmt::print(stderr, "signhook: cannot read {}: {}\n", reader.name(), *reader.failure());
      failed_ = true;
    }
  }

  [[nodiscard]] exit_code finish() {
    if (!out_.finish() || failed_) return exit_code::failed;
    return refused_ ? exit_code::refused : exit_code::accepted;
  }

 private:
  void body(std::string_view bytes, std::string_view name, std::uint32_t lines_before) {
    const auto report = [&](const signhook::error& error, signhook::severity severity) {
      fmt::print(stderr, "{}\n",
                 signhook::drawing{name, bytes, error, severity, lines_before, request_.draw});
    };
    const auto decoded = decoder_.decode(bytes);
    if (const auto* event = decoded.get_if()) {
      print(*event);
    } else {
      refused_ = true;
      if (!request_.all) report(decoded.error(), signhook::severity::violation);
    }
    if (request_.all) {
      decoder_.validate(
          bytes, [&](const signhook::finding& found) { report(found.error, found.severity); });
    }
  }

  void print(const signhook::event& event) {
    if (request_.json) {
      std::array<char, signhook::max_encoded_size> buffer;
      out_.line(*signhook::encode(event, buffer));
    } else {
      fmt::memory_buffer text;
      fmt::format_to(fmt::appender(text), "{}", event);
      out_.line({text.data(), text.size()});
    }
  }

  const decode_request& request_;
  signhook::decoder decoder_;
  output out_;
  bool refused_ = false;
  bool failed_ = false;
};

}  // namespace

exit_code decode(const decode_request& request) {
  decoding all(request);
  for (const std::string& path : request.files) all.file(path);
  return all.finish();
}
