// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include "random_histories.hpp"
#include <signhook/projection/storage.hpp>

#include <array>
#include <cstddef>
#include <iterator>
#include <random>
#include <string>
#include <string_view>

namespace {

using namespace signhook;

using small_projection = basic_dossier_projection<2, 3, 1>;
using empty_projection = basic_dossier_projection<0, 0, 0>;

template <class Projection>
std::string stored(const Projection& of) {
  std::string bytes;
  store_to(of, std::back_inserter(bytes));
  return bytes;
}

template <class Projection>
Projection project(const std::vector<event>& events) {
  Projection projection{dossier_id()};
  for (const event& one : events) projection.apply(one);
  return projection;
}

// Loads without an allocation and in a constant too.
constexpr bool loads_in_a_constant = [] {
  dossier_projection projection(schema<invite_viewed>::sample.dossier.id);
  projection.apply(schema<invite_viewed>::sample);
  projection.apply(schema<reassign_request_state_updated>::sample);
  std::array<char, 1000> bytes{};
  const char* const end = store_to(projection, bytes.data());
  return load_projection({bytes.data(), static_cast<std::size_t>(end - bytes.data())}) ==
         projection;
}();
static_assert(loads_in_a_constant);

// Bytes that load are those that the loaded projection is stored as.
template <class Projection>
bool is_rejected_or_exact(const std::string& bytes) {
  const auto loaded = load_projection<Projection>(bytes);
  return !loaded || stored(*loaded) == bytes;
}

}  // namespace

TEST_CASE("the stored form of version 1 does not change") {
  dossier_projection projection(schema<dossier_state_updated>::sample.dossier.id);
  using namespace std::string_view_literals;
  constexpr std::string_view dossier =
      "\xb6\x59\xc2\x73\x95\x4e\x43\xcf\x89\x3a\x0f\x74\xa7\xf8\x71\x53"sv;
  const std::string before = "shpr\1" + std::string(dossier) + std::string("\0\0\0", 3);
  CHECK(stored(projection) == before);
  CHECK(load_projection(before) == projection);
  projection.apply(schema<dossier_state_updated>::sample);
  const std::string after = "shpr\1" + std::string(dossier) + std::string("\0\0\1\0", 4) +
                            std::string(dossier) +
                            "\xb0\x41\xa2\x87\xbc\x92\x44\x69\x80\x1e\xae\x1a\x39\xc0\x8f\x6e\1"
                            "\x19"
                            "2026-01-01T00:00:00+00:00\x09"
                            "completed";
  CHECK(stored(projection) == after);
  CHECK(load_projection(after) == projection);
}

TEMPLATE_TEST_CASE("a stored projection loads as it was", "", dossier_projection, small_projection,
                   empty_projection) {
  random_histories random(1);
  std::size_t incomplete = 0;
  for (int i = 0; i != 1000; ++i) {
    const auto projection = project<TestType>(random.next());
    const std::string bytes = stored(projection);
    REQUIRE(bytes.size() <= max_stored_size<TestType>);
    REQUIRE(load_projection<TestType>(bytes) == projection);
    incomplete += !projection.is_complete();
  }
  CHECK((incomplete > 100) == !std::is_same_v<TestType, dossier_projection>);
}

TEST_CASE("the largest projection has the documented size") {
  small_projection largest{dossier_id()};
  const auto created = timestamp::parse("2016-12-31T23:59:60.123456789-00:00");
  REQUIRE(created);
  const auto apply = [&](observation_kind kind, unsigned id, std::string_view value) {
    observation_row row;
    row.kind = kind;
    if (kind != observation_kind::dossier) row.object.bytes[0] = static_cast<std::uint8_t>(id);
    row.created = *created;
    const auto text = observation_row::text::from(value);
    REQUIRE(text);
    row.value = *text;
    largest.apply(row);
  };
  for (unsigned id = 0; id != 3; ++id) {
    for (const char c : {'a', 'b'}) {
      const std::string state(observation_row::text::capacity, c);
      for (const auto kind : {observation_kind::dossier, observation_kind::invite,
                              observation_kind::invitee, observation_kind::reassign_request}) {
        apply(kind, id, state);
      }
    }
    const std::string other = "f6b72c37-9255-4272-8b21-f2f6ba9537ba";
    apply(observation_kind::viewed, id, other);
    apply(observation_kind::original_invitee, id, other);
  }
  // Ids are shorter than the longest state.
  const std::size_t relations = 3 + 1;
  CHECK(stored(largest).size() ==
        max_stored_size<small_projection> -
            relations * (observation_row::text::capacity - uuid::text_size));
  CHECK(load_projection<small_projection>(stored(largest)) == largest);
}

TEST_CASE("a complete projection loads with another capacity that holds its objects") {
  dossier_projection projection(schema<invite_viewed>::sample.dossier.id);
  projection.apply(schema<invite_viewed>::sample);
  const std::string bytes = stored(projection);
  const auto small = load_projection<small_projection>(bytes);
  REQUIRE(small);
  CHECK(stored(*small) == bytes);
  CHECK_FALSE(load_projection<empty_projection>(bytes));

  // The objects left out are not known, so a greater capacity would claim too much.
  empty_projection incomplete(schema<invite_viewed>::sample.dossier.id);
  incomplete.apply(schema<invite_viewed>::sample);
  CHECK(load_projection<empty_projection>(stored(incomplete)) == incomplete);
  CHECK_FALSE(load_projection<small_projection>(stored(incomplete)));
}

TEST_CASE("other bytes are rejected") {
  dossier_projection projection(schema<invite_viewed>::sample.dossier.id);
  projection.apply(schema<invite_viewed>::sample);
  const std::string good = stored(projection);
  REQUIRE(load_projection(good) == projection);
  for (std::size_t size = 0; size != good.size(); ++size) {
    REQUIRE_FALSE(load_projection(good.substr(0, size)));
  }
  CHECK_FALSE(load_projection(good + '\0'));
  CHECK_FALSE(load_projection(std::string(max_stored_size<dossier_projection> + 1, 's')));
  std::string other_version = good;
  other_version[4] = 2;
  CHECK_FALSE(load_projection(other_version));

  // Observations in another order, or one twice, with the number of them.
  const std::size_t header = detail::stored_header_size;
  const std::size_t first_size = 34 + 1 + 25 + 1 + std::string_view("pending").size();
  const std::string head = good.substr(0, header);
  const std::string first = good.substr(header, first_size);
  const std::string rest = good.substr(header + first_size);
  std::string one_more = head;
  ++one_more[header - 1];
  CHECK(load_projection(head + first + rest) == projection);
  CHECK_FALSE(load_projection(head + rest + first));
  CHECK_FALSE(load_projection(one_more + first + first + rest));
  // Another form of the same time.
  std::string lower = good;
  lower[header + 35 + 10] = 't';
  CHECK_FALSE(load_projection(lower));
}

TEST_CASE("any change of stored bytes is rejected or is another projection") {
  random_histories random(3);
  std::mt19937 bytes_of(4);
  std::size_t loaded = 0;
  std::size_t wrong = 0;
  for (int i = 0; i != 200; ++i) {
    const std::string good = stored(project<small_projection>(random.next()));
    for (int change = 0; change != 100; ++change) {
      std::string bytes = good;
      for (std::size_t times = 1 + bytes_of() % 3; times != 0; --times) {
        const std::size_t at = bytes_of() % bytes.size();
        switch (bytes_of() % 4) {
          case 0: bytes[at] = static_cast<char>(bytes_of()); break;
          case 1:
            bytes[at] =
                static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ (1U << bytes_of() % 8));
            break;
          case 2: bytes.erase(at, 1 + bytes_of() % 4); break;
          default: bytes.insert(at, 1, static_cast<char>(bytes_of())); break;
        }
        if (bytes.empty()) break;
      }
      loaded += load_projection<small_projection>(bytes).has_value();
      wrong += !is_rejected_or_exact<small_projection>(bytes);
      wrong += !is_rejected_or_exact<dossier_projection>(bytes);
      wrong += !is_rejected_or_exact<empty_projection>(bytes);
    }
  }
  CHECK(wrong == 0);
  CHECK(loaded > 100);
}
