// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "../reference/reference.hpp"
#include <signhook/decoder.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

// The rows of the RFCs' tables: valid texts, or invalid ones with the mark "<!>" before the first byte
// at fault. The library and the reference must both agree with each row.

namespace conformance {

struct row {
  std::string_view section;
  std::string_view text;
};

struct verdict {
  std::optional<signhook::event> value;
  signhook::errc code{};
  std::size_t offset = 0;
};

// Decodes with both and fails the test where they differ.
[[nodiscard]] verdict decoded(std::string_view body);

// A text without its mark, and where that was.
struct marked {
  std::string text;
  std::optional<std::size_t> at;
};

[[nodiscard]] marked read_mark(std::string_view text);

// Checks that `before + text + after` is accepted where the text has no mark, and is otherwise rejected
// with this code at the mark.
void check(const row& of, std::string_view before, std::string_view after, signhook::errc code);

// A good body around the value of an unknown member, a state, a time or an id.
inline constexpr std::string_view before_member =
    R"({"id":"b041a287-bc92-4469-801e-ae1a39c08f6e","type":"dossier.state.updated","created":"2026-01-01T00:00:00Z",)"
    R"("dossier":{"id":"b659c273-954e-43cf-893a-0f74a7f87153","state":"draft"},"new":)";
inline constexpr std::string_view after_member = "}";
inline constexpr std::string_view before_state =
    R"({"id":"b041a287-bc92-4469-801e-ae1a39c08f6e","type":"dossier.state.updated","created":"2026-01-01T00:00:00Z",)"
    R"("dossier":{"id":"b659c273-954e-43cf-893a-0f74a7f87153","state":")";
inline constexpr std::string_view after_state = "\"}}";
inline constexpr std::string_view before_time =
    R"({"id":"b041a287-bc92-4469-801e-ae1a39c08f6e","type":"dossier.state.updated","created":)";
inline constexpr std::string_view after_time =
    R"(,"dossier":{"id":"b659c273-954e-43cf-893a-0f74a7f87153","state":"draft"}})";
inline constexpr std::string_view before_id = "{\"id\":";
inline constexpr std::string_view after_id =
    R"(,"type":"dossier.state.updated","created":"2026-01-01T00:00:00Z",)"
    R"("dossier":{"id":"b659c273-954e-43cf-893a-0f74a7f87153","state":"draft"}})";

}  // namespace conformance
