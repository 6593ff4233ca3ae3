// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/projection.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string_view>
#include <vector>

// Rows of the dossier with the nil id that a database is likely to get wrong: the first and last year, offsets
// that no database has, leap seconds, nanoseconds, a state with U+0000, and ids and states that compare as
// bytes but not as text or signed numbers. Each history of them is in a random order.
inline std::vector<signhook::observation_row> hard_rows(std::mt19937& random) {
  using namespace signhook;
  static constexpr std::string_view times[] = {"0000-01-01T00:00:00+23:59",
                                               "0000-01-01T00:00:00Z",
                                               "1969-12-31T23:59:59.999999999Z",
                                               "1970-01-01T00:00:00Z",
                                               "2016-12-31T23:59:59.999999999Z",
                                               "2016-12-31T23:59:60Z",
                                               "2016-12-31T15:59:60-08:00",
                                               "2016-12-31T23:59:60.999999999-00:00",
                                               "2016-12-31T23:59:60.999999999+00:00",
                                               "2017-01-01T00:00:00Z",
                                               "2017-01-01T23:58:00+23:58",
                                               "9999-12-31T23:59:59.999999999Z",
                                               "9999-12-31T23:59:59-23:59"};
  static constexpr std::string_view values[] = {
      "",  {"\0", 1},   {"a\0b", 3}, "a",        "A",
      "b", "completed", "\\x00",     "\xc3\xa9", "\xf0\x9f\x98\x80"};
  const auto one_of = [&random](const auto& all) { return all[random() % std::size(all)]; };
  // Few instants, so that most rows meet.
  const std::size_t first = random() % std::size(times);
  std::vector<observation_row> rows(1 + random() % 12);
  for (observation_row& row : rows) {
    row.kind = observation_kind::dossier;
    row.value = observation_row::text::from(one_of(values)).value_or(observation_row::text());
    const std::string_view time = times[std::min(first + random() % 3, std::size(times) - 1)];
    row.created = timestamp::parse(time).value_or(timestamp());
    row.event.value.bytes[0] = static_cast<std::uint8_t>(random() % 2 == 0 ? 0x7f : 0x80);
    row.is_transition = random() % 2 == 0;
  }
  return rows;
}
