// SPDX-License-Identifier: BSL-1.0
#include "decode/body_printer.hpp"

#include "text/json_text.hpp"
#include <signhook/encoder.hpp>
#include <signhook/encoder/cloudevents.hpp>
#include <signhook/format.hpp>
#include <signhook/ndjson.hpp>

#include <cstddef>
#include <string>
#include <string_view>

void body_printer::body(std::string_view bytes, std::string_view name) {
  print(bytes, decoder_.decode(bytes), name, 0);
  printed_.counted.bytes += bytes.size();
}

void body_printer::lines(const line_block& block, std::string_view name,
                         std::uint64_t lines_before) {
  signhook::decode_lines(decoder_, block.bytes, [&](const signhook::decoded_line& line) {
    print(line.bytes, line.decoded, name, lines_before + line.number - 1);
  });
  printed_.counted.bytes += block.size;
}

void body_printer::clear() {
  printed_.events.clear();
  printed_.diagnostics.clear();
  printed_.counted = {};
}

void body_printer::print(std::string_view bytes, const signhook::result<signhook::event>& decoded,
                         std::string_view name, std::uint64_t lines_before) {
  const auto report = [&](const signhook::error& error, signhook::severity severity) {
    fmt::format_to(
        fmt::appender(printed_.diagnostics), "{}\n",
        signhook::source_snippet{name, bytes, error, severity, lines_before, request_.draw});
  };
  printed_.counted.add(decoded);
  if (decoded) {
    if (!request_.summary) print(*decoded, bytes);
  } else if (!request_.all) {
    report(decoded.error(), signhook::severity::error);
  }
  if (request_.all) {
    decoder_.validate(
        bytes, [&](const signhook::diagnostic& found) { report(found.error, found.severity); });
  }
}

void body_printer::print(const signhook::event& event, std::string_view bytes) {
  fmt::memory_buffer& out = printed_.events;
  const std::size_t used = out.size();
  if (request_.cloud_events) {
    signhook::write_cloud_event(fmt::appender(out), event, bytes, request_.source);
    if (request_.escapes) escape_controls_from(used);
  } else if (request_.json) {
    out.resize(used + signhook::max_encoded_size);
    out.resize(
        static_cast<std::size_t>(signhook::encode_to(event, out.data() + used) - out.data()));
    escape_controls_from(used);
  } else {
    fmt::format_to(fmt::appender(out), "{}", event);
  }
  out.push_back('\n');
}

void body_printer::escape_controls_from(std::size_t begin) {
  fmt::memory_buffer& out = printed_.events;
  const std::string_view written(out.data() + begin, out.size() - begin);
  if (!may_have_controls(written)) return;
  const std::string shown = escape_controls(std::string(written));
  out.resize(begin);
  out.append(shown);
}
