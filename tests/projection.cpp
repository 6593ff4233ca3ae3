// SPDX-License-Identifier: BSL-1.0
#include "allocations.hpp"
#include "catch.hpp"
#include "projection_model.hpp"
#include "random_histories.hpp"
#include <signhook/projection.hpp>
#include <signhook/projection/sql.hpp>
#include <signhook/schema.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <numeric>
#include <random>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace {

using namespace signhook;

template <class Event>
constexpr event sample_of = schema<Event>::sample;

constexpr dossier_id projected_dossier = schema<invite_created>::sample.dossier.id;

template <class Projection, class Events>
constexpr Projection project(const Events& events, const dossier_id& of = projected_dossier) {
  Projection projection(of);
  for (const event& one : events) projection.apply(one);
  return projection;
}

// The documented bodies have one second and one dossier, which cannot be draft, pending and completed at
// once: the ids on CM.com's page decide which counts.
constexpr std::array events_of_samples = {
    sample_of<invite_created>,        sample_of<invite_expired>,
    sample_of<invite_undelivered>,    sample_of<invite_viewed>,
    sample_of<invitee_state_updated>, sample_of<dossier_prepared>,
    sample_of<dossier_state_updated>, sample_of<reassign_request_state_updated>};
constexpr dossier_projection sample_projection = project<dossier_projection>(events_of_samples);
static_assert(sample_projection.id() == projected_dossier && sample_projection.is_complete());
static_assert(sample_projection.has_conflicts());
static_assert(sample_projection.state()->last.value == dossier_state::completed);
static_assert(sample_projection.state()->last.is_transition);
static_assert(sample_projection.state()->conflict->value == dossier_state::pending);
static_assert(sample_projection.state()->conflict->event ==
              event_id::parse("f5b8eb0b-e976-4dc4-88c9-069f377dd1c9"));
static_assert(sample_projection.invites().size() == 1);
static_assert(sample_projection.invites().begin()->status.last.value == invite_status::undelivered);
static_assert(sample_projection.invites().begin()->status.conflict->value == invite_status::viewed);
static_assert(sample_projection.invitees().size() == 1);
static_assert(sample_projection.invitees().begin()->state->last.value == invitee_state::approved);
static_assert(sample_projection.invitees().begin()->state->conflict->value ==
              invitee_state::reassigned);
static_assert(sample_projection.invitees().begin()->viewed->value ==
              sample_projection.invites().begin()->id);
static_assert(sample_projection.reassign_requests().size() == 1);
static_assert(sample_projection.reassign_requests().begin()->original_invitee->value ==
              sample_projection.invitees().begin()->id);
static_assert(project<dossier_projection>(std::array{samples[0], samples[0]}) ==
              project<dossier_projection>(std::array{samples[0]}));

static_assert(std::is_trivially_copyable_v<dossier_projection>);
static_assert(std::is_trivially_copyable_v<basic_dossier_projection<0, 0, 0>>);
static_assert(!std::is_convertible_v<dossier_id, dossier_projection>);

// Small enough to overflow.
using small_projection = basic_dossier_projection<2, 3, 1>;
using empty_projection = basic_dossier_projection<0, 0, 0>;

template <class Id>
Id id_of(unsigned last_byte) {
  Id id;
  id.value.bytes[15] = static_cast<std::uint8_t>(last_byte);
  return id;
}

timestamp at(std::string_view text) {
  const auto read = timestamp::parse(text);
  REQUIRE(read);
  return *read;
}

dossier in(open_state<dossier_state> state) { return {projected_dossier, state}; }

event updated(unsigned id, std::string_view created, open_state<dossier_state> state) {
  return dossier_state_updated{id_of<event_id>(id), at(created), in(state)};
}

event mentioned(unsigned id, std::string_view created, open_state<dossier_state> state) {
  return dossier_prepared{id_of<event_id>(id), at(created), in(state)};
}

// Returns seven events that meet in every way: at one instant and at others, with shared ids, with a
// conflict on each kind of object, with more objects than `small_projection` holds.
std::vector<event> seven() {
  const std::string_view now = "2026-01-01T00:00:00+00:00";
  const std::string_view also_now = "2026-01-01T01:00:00+01:00";
  const auto invitee_a = id_of<invitee_id>(1);
  return {updated(1, now, dossier_state::pending),
          updated(1, also_now, dossier_state::completed),
          invite_viewed{id_of<event_id>(2),
                        at(now),
                        in(dossier_state::pending),
                        {id_of<invite_id>(3)},
                        {id_of<invitee_id>(4)}},
          invite_expired{id_of<event_id>(3),
                         at(also_now),
                         in(*open_state<dossier_state>::from_text("expired")),
                         {id_of<invite_id>(3)}},
          invitee_state_updated{id_of<event_id>(4),
                                at("2026-01-01T00:00:00.000000001Z"),
                                in(dossier_state::pending),
                                {invitee_a, invitee_state::approved}},
          reassign_request_state_updated{id_of<event_id>(5),
                                         at("2026-01-01T00:00:00.000000001Z"),
                                         in(dossier_state::draft),
                                         {id_of<reassign_request_id>(2),
                                          reassign_request_state::pending,
                                          {invitee_a, invitee_state::reassigned}}},
          reassign_request_state_updated{id_of<event_id>(6),
                                         at(now),
                                         in(dossier_state::completed),
                                         {id_of<reassign_request_id>(1),
                                          reassign_request_state::approved,
                                          {id_of<invitee_id>(2), invitee_state::declined}}}};
}

std::vector<event> chosen(const std::vector<event>& from, unsigned bits) {
  std::vector<event> some;
  for (std::size_t i = 0; i != from.size(); ++i) {
    if ((bits >> i & 1U) != 0) some.push_back(from[i]);
  }
  return some;
}

// Checks all that is documented of `Projection`, for this history.
template <class Projection>
void check_history(random_histories& random, const std::vector<event>& history) {
  Projection projection{dossier_id()};
  REQUIRE(projection_model::apply_all(projection, history).empty());
  REQUIRE(projection_model::written_projection(projection) ==
          projection_model::expected(projection, history));
  REQUIRE(projection == project<Projection>(random.disturbed(history), {}));

  const std::size_t cut = random.below(history.size() + 1);
  const auto middle = history.begin() + static_cast<std::ptrdiff_t>(cut);
  Projection left = project<Projection>(std::vector<event>(history.begin(), middle), {});
  Projection right = project<Projection>(std::vector<event>(middle, history.end()), {});
  const Projection left_before = left;
  const apply_result result = left.merge(right);
  REQUIRE(left == projection);
  REQUIRE(result == (left == left_before ? apply_result::unchanged : apply_result::changed));
  right.merge(left_before);
  REQUIRE(right == projection);
}

}  // namespace

TEST_CASE("a later instant counts, to the nanosecond and whatever its offset") {
  const std::string_view in_order[] = {
      "0000-01-01T00:00:00+23:59",      "1969-12-31T23:59:59.999999999Z",
      "1970-01-01T00:00:00Z",           "2016-12-31T23:59:58.9Z",
      "2016-12-31T23:59:59Z",           "2016-12-31T23:59:59.5Z",
      "2016-12-31T15:59:60-08:00",      "2016-12-31T23:59:60.4Z",
      "2017-01-01T08:59:60.5+09:00",    "2017-01-01T00:00:00Z",
      "2017-01-01T23:59:00.1+23:59",    "2016-12-31T23:00:00.100000001-01:00",
      "9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59-23:59"};
  for (std::size_t i = 0; i != std::size(in_order); ++i) {
    for (std::size_t j = 0; j != i; ++j) {
      INFO(in_order[j] << " then " << in_order[i]);
      // The earlier event has the greater id and announces its state.
      const event early = updated(2, in_order[j], dossier_state::pending);
      const event late = mentioned(1, in_order[i], dossier_state::draft);
      const dossier_projection projection = project<dossier_projection>(std::array{early, late});
      CHECK(projection == project<dossier_projection>(std::array{late, early}));
      CHECK(projection.state()->last.value == dossier_state::draft);
      CHECK_FALSE(projection.state()->conflict);
      CHECK_FALSE(projection.has_conflicts());
    }
  }
}

TEST_CASE("at one instant a transition counts before a mention, then the greater id") {
  const std::string_view now = "2026-01-01T00:00:00+00:00";
  const std::string_view also_now = "2025-12-31T23:30:00-00:30";
  struct {
    event greater;
    event less;
  } const rows[] = {
      {updated(1, now, dossier_state::draft), mentioned(2, also_now, dossier_state::pending)},
      {updated(2, now, dossier_state::draft), updated(1, also_now, dossier_state::pending)},
      {mentioned(2, also_now, dossier_state::draft), mentioned(1, now, dossier_state::pending)},
      {updated(0x80, now, dossier_state::draft), updated(0x7f, now, dossier_state::pending)},
      // Shared ids: the bytes of the state decide, then the offset.
      {updated(1, also_now, dossier_state::pending), updated(1, now, dossier_state::draft)},
      {updated(1, now, *open_state<dossier_state>::from_text("\xc3\xa9")),
       updated(1, now, dossier_state::pending)},
  };
  for (const auto& row : rows) {
    INFO((&row - std::begin(rows)));
    const dossier_projection projection =
        project<dossier_projection>(std::array{row.less, row.greater});
    CHECK(projection == project<dossier_projection>(std::array{row.greater, row.less}));
    CHECK(projection.state()->last.value == dossier_of(row.greater)->state);
    REQUIRE(projection.state()->conflict);
    CHECK(projection.state()->conflict->value == dossier_of(row.less)->state);
    CHECK(projection.has_conflicts());
  }
}

TEST_CASE("the same value twice is no conflict, and of three values the greatest two are kept") {
  const std::string_view now = "2026-01-01T00:00:00+00:00";
  const event first = updated(1, now, dossier_state::pending);
  const event second = updated(2, now, dossier_state::pending);
  const event third = updated(3, now, dossier_state::draft);
  const event fourth = updated(4, now, dossier_state::completed);
  dossier_projection projection = project<dossier_projection>(std::array{first, second});
  CHECK(projection.state()->last.event == id_of<event_id>(2));
  CHECK_FALSE(projection.has_conflicts());
  CHECK(projection.apply(third) == apply_result::changed);
  CHECK(projection.state()->conflict->event == id_of<event_id>(2));
  CHECK(projection.apply(fourth) == apply_result::changed);
  CHECK(projection.state()->last.value == dossier_state::completed);
  CHECK(projection.state()->conflict->value == dossier_state::draft);
  CHECK(projection.apply(second) == apply_result::unchanged);
  // A later event resolves the conflict.
  CHECK(projection.apply(updated(0, "2026-01-01T00:00:01+00:00", dossier_state::completed)) ==
        apply_result::changed);
  CHECK_FALSE(projection.has_conflicts());
}

TEST_CASE("an event says something of every object that it has") {
  const auto after_sample = [](std::size_t sample) {
    return project<dossier_projection>(std::array{events_of_samples[sample]});
  };
  const auto sizes = [](const dossier_projection& projection) {
    return std::array{projection.invites().size(), projection.invitees().size(),
                      projection.reassign_requests().size()};
  };
  const invite_status statuses[] = {invite_status::created, invite_status::expired,
                                    invite_status::undelivered, invite_status::viewed};
  for (std::size_t i = 0; i != std::size(statuses); ++i) {
    const dossier_projection projection = after_sample(i);
    CHECK(sizes(projection) == std::array<std::size_t, 3>{1, i == 3 ? 1U : 0U, 0});
    CHECK(projection.invites().begin()->status.last.value == statuses[i]);
  }
  // The invitee who viewed an invite has no known state.
  const dossier_projection viewed = after_sample(3);
  constexpr invite_viewed viewing = schema<invite_viewed>::sample;
  const known_invitee* const viewer = viewed.invitees().find(viewing.invitee.id);
  REQUIRE(viewer != nullptr);
  CHECK_FALSE(viewer->state);
  CHECK(viewer->viewed->value == viewing.invite.id);
  CHECK(viewer->viewed->created == viewing.created);

  CHECK(sizes(after_sample(4)) == std::array<std::size_t, 3>{0, 1, 0});
  CHECK(sizes(after_sample(5)) == std::array<std::size_t, 3>{0, 0, 0});
  CHECK(sizes(after_sample(6)) == std::array<std::size_t, 3>{0, 0, 0});
  const dossier_projection requested = after_sample(7);
  CHECK(sizes(requested) == std::array<std::size_t, 3>{0, 1, 1});
  CHECK_FALSE(requested.invitees().begin()->state->last.is_transition);
  for (std::size_t i = 0; i != events_of_samples.size(); ++i) {
    const dossier_projection projection = after_sample(i);
    CHECK(projection.state()->last.is_transition == (i == 6));
    CHECK_FALSE(projection.has_conflicts());
  }
}

TEST_CASE("two invites viewed in one second are no conflict") {
  const timestamp now = at("2026-01-01T00:00:00Z");
  dossier_projection projection(projected_dossier);
  for (const unsigned invite : {2U, 1U}) {
    projection.apply(invite_viewed{id_of<event_id>(invite),
                                   now,
                                   in(dossier_state::pending),
                                   {id_of<invite_id>(invite)},
                                   {id_of<invitee_id>(1)}});
  }
  CHECK_FALSE(projection.has_conflicts());
  CHECK(projection.invitees().begin()->viewed->value == id_of<invite_id>(2));
}

TEST_CASE("other dossiers are rejected") {
  const dossier_projection before = sample_projection;
  dossier_projection projection = before;
  event other = sample_of<dossier_state_updated>;
  std::get<dossier_state_updated>(other).dossier.id = {};
  CHECK(dossier_of(other)->id == dossier_id());
  CHECK(projection.apply(other) == apply_result::rejected);

  event unknown = unknown_event{id_of<event_id>(1), *type_text::from("new"),
                                at("2030-01-01T00:00:00Z"), std::nullopt};
  CHECK(dossier_of(unknown) == nullptr);
  CHECK(projection.apply(unknown) == apply_result::rejected);
  CHECK(projection.merge(dossier_projection(dossier_id())) == apply_result::rejected);
  CHECK(projection == before);

  // An unknown event that has the dossier mentions its state.
  std::get<unknown_event>(unknown).dossier = in(dossier_state::draft);
  CHECK(projection.apply(unknown) == apply_result::changed);
  CHECK(projection.state()->last.value == dossier_state::draft);
  CHECK_FALSE(projection.state()->last.is_transition);
}

TEST_CASE("a projection before its first event knows nothing") {
  const dossier_projection projection(projected_dossier);
  CHECK_FALSE(projection.state());
  CHECK(projection.invites().empty());
  CHECK(projection.invitees().find({}) == nullptr);
  CHECK(projection.is_complete());
  CHECK_FALSE(projection.has_conflicts());
  dossier_projection same = projection;
  CHECK(same.merge(projection) == apply_result::unchanged);
}

TEST_CASE("of more objects than the capacity, those with the smallest ids are kept") {
  std::vector<unsigned> order(7);
  std::iota(order.begin(), order.end(), 0U);
  std::size_t wrong = 0;
  do {
    basic_dossier_projection<3, 0, 0> projection(projected_dossier);
    std::array<bool, 7> seen{};
    std::size_t count = 0;
    for (const unsigned which : order) {
      const invite_viewed one{id_of<event_id>(which),
                              at("2026-01-01T00:00:00Z"),
                              in(dossier_state::pending),
                              {id_of<invite_id>(10 * which)},
                              {id_of<invitee_id>(which)}};
      projection.apply(one);
      seen[which] = true;
      // The same holds after each step.
      std::vector<invite_id> expected;
      for (unsigned i = 0; i != seen.size() && expected.size() != 3; ++i) {
        if (seen[i]) expected.push_back(id_of<invite_id>(10 * i));
      }
      std::vector<invite_id> kept;
      for (const known_invite& invite : projection.invites()) kept.push_back(invite.id);
      wrong += kept != expected;
      wrong += projection.invites().is_complete() != (++count <= 3);
      wrong += projection.invitees().is_complete() || projection.is_complete() ||
               !projection.invitees().empty();
      for (const invite_id& id : kept) wrong += projection.invites().find(id)->id != id;
      wrong += projection.invites().find(id_of<invite_id>(5)) != nullptr;
    }
  } while (std::next_permutation(order.begin(), order.end()));
  CHECK(wrong == 0);
}

TEMPLATE_TEST_CASE("all orders of seven events give one projection", "", dossier_projection,
                   small_projection, empty_projection) {
  const std::vector<event> events = seven();
  const auto expected = project<TestType>(events);
  CHECK(projection_model::written_projection(expected) ==
        projection_model::expected(expected, events));
  CHECK(expected.has_conflicts());
  std::vector<std::size_t> order(events.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::size_t wrong = 0;
  do {
    TestType projection(projected_dossier);
    for (const std::size_t which : order) projection.apply(events[which]);
    wrong += projection != expected;
  } while (std::next_permutation(order.begin(), order.end()));
  CHECK(wrong == 0);
}

TEMPLATE_TEST_CASE("sequences of up to five of seven events give the projection of their set", "",
                   dossier_projection, small_projection) {
  const std::vector<event> events = seven();
  std::vector<TestType> projections;
  for (unsigned set = 0; set != 1U << events.size(); ++set)
    projections.push_back(project<TestType>(chosen(events, set)));

  // Each sequence extends a shorter one.
  struct sequence {
    TestType projection;
    unsigned set;
  };
  std::vector<sequence> sequences = {{TestType(projected_dossier), 0}};
  std::size_t wrong = 0;
  for (int length = 0; length != 5; ++length) {
    std::vector<sequence> longer;
    for (const sequence& shorter : sequences) {
      for (std::size_t i = 0; i != events.size(); ++i) {
        sequence next = shorter;
        const apply_result result = next.projection.apply(events[i]);
        next.set |= 1U << i;
        wrong += next.projection != projections[next.set];
        wrong += (result == apply_result::changed) != (next.projection != shorter.projection);
        if (length != 4) longer.push_back(next);
      }
    }
    sequences = longer;
  }
  CHECK(wrong == 0);
}

// This is associativity, commutativity and idempotence at once.
TEMPLATE_TEST_CASE("the projections of any two sets merge to that of both", "", dossier_projection,
                   small_projection, empty_projection) {
  const std::vector<event> events = seven();
  std::vector<TestType> projections;
  for (unsigned set = 0; set != 1U << events.size(); ++set)
    projections.push_back(project<TestType>(chosen(events, set)));
  std::size_t wrong = 0;
  for (unsigned a = 0; a != projections.size(); ++a) {
    for (unsigned b = 0; b != projections.size(); ++b) {
      TestType merged = projections[a];
      const apply_result result = merged.merge(projections[b]);
      wrong += merged != projections[a | b];
      wrong +=
          result != (merged == projections[a] ? apply_result::unchanged : apply_result::changed);
    }
    TestType same = projections[a];
    wrong += same.merge(same) != apply_result::unchanged || same != projections[a];
  }
  CHECK(wrong == 0);
}

TEST_CASE("random histories give what a search through all events finds") {
  random_histories random(1);
  std::size_t conflicts = 0;
  std::size_t incomplete = 0;
  for (int i = 0; i != 1000; ++i) {
    const std::vector<event> history = random.next();
    check_history<dossier_projection>(random, history);
    check_history<small_projection>(random, history);
    check_history<empty_projection>(random, history);
    conflicts += project<dossier_projection>(history, {}).has_conflicts();
    incomplete += !project<small_projection>(history, {}).is_complete();
  }
  CHECK(conflicts > 100);
  CHECK(conflicts < 900);
  CHECK(incomplete > 100);
}

TEST_CASE("applying and merging allocate nothing", "[allocations]") {
  const std::vector<event> events = seven();
  small_projection overflowed(projected_dossier);
  std::size_t changes = 0;
  const std::size_t before = allocations::count();
  for (int i = 0; i != 100; ++i) {
    dossier_projection projection(projected_dossier);
    for (const event& one : events) {
      changes += projection.apply(one) == apply_result::changed;
      overflowed.apply(one);
    }
    dossier_projection copy = projection;
    copy.merge(sample_projection);
    changes += copy != projection;
  }
  CHECK(allocations::count() == before);
  CHECK(changes >= 200);
  CHECK_FALSE(overflowed.is_complete());
}

TEST_CASE("a copy of its bytes is a projection") {
  dossier_projection after(dossier_id{});
  std::memcpy(static_cast<void*>(&after), &sample_projection, sizeof after);
  CHECK(after == sample_projection);
}

namespace {

std::vector<observation_row> rows_of(const event& of) {
  std::vector<observation_row> rows;
  for_each_observation(of, [&](const observation_row& row) { rows.push_back(row); });
  return rows;
}

// Writes a row as "kind object value transition"; dossier, time and event are those of the event.
std::string written(const observation_row& row) {
  return std::string(name(row.kind)) + ' ' + projection_model::text(row.object).substr(0, 8) + ' ' +
         std::string(row.value.view()) + (row.is_transition ? " announced" : " mentioned");
}

}  // namespace

TEST_CASE("the observations of each event are rows, that of the dossier first") {
  const struct {
    event of;
    std::vector<std::string> rows;
  } cases[] = {
      {sample_of<invite_created>,
       {"dossier b659c273 draft mentioned", "invite 87aa2c40 created announced"}},
      {sample_of<invite_expired>,
       {"dossier b659c273 pending mentioned", "invite 87aa2c40 expired announced"}},
      {sample_of<invite_undelivered>,
       {"dossier b659c273 pending mentioned", "invite 87aa2c40 undelivered announced"}},
      {sample_of<invite_viewed>,
       {"dossier b659c273 pending mentioned", "invite 87aa2c40 viewed announced",
        "viewed f6b72c37 87aa2c40-7ad1-4493-8ede-640eab6d2f4e announced"}},
      {sample_of<invitee_state_updated>,
       {"dossier b659c273 pending mentioned", "invitee f6b72c37 approved announced"}},
      {sample_of<dossier_prepared>, {"dossier b659c273 draft mentioned"}},
      {sample_of<dossier_state_updated>, {"dossier b659c273 completed announced"}},
      {sample_of<reassign_request_state_updated>,
       {"dossier b659c273 pending mentioned", "reassign_request 44971ae0 pending announced",
        "original_invitee 44971ae0 f6b72c37-9255-4272-8b21-f2f6ba9537ba mentioned",
        "invitee f6b72c37 reassigned mentioned"}},
      {unknown_event{{}, *type_text::from("dossier.state.updated"), {}, in(dossier_state::draft)},
       {"dossier b659c273 draft mentioned"}},
      {unknown_event{}, {}},
  };
  for (const auto& row : cases) {
    INFO(type_of(row.of));
    std::vector<std::string> rows;
    for (const observation_row& one : rows_of(row.of)) {
      CHECK(one.dossier == projected_dossier);
      std::visit(
          [&](const auto& e) {
            CHECK(one.created == e.created);
            CHECK(one.event == e.id);
          },
          row.of);
      rows.push_back(written(one));
    }
    CHECK(rows == row.rows);
  }
}

TEST_CASE("every known event has its dossier's observation first") {
  for (const event& one : samples) {
    INFO(type_of(one));
    const std::vector<observation_row> rows = rows_of(one);
    REQUIRE_FALSE(rows.empty());
    CHECK(rows[0].kind == observation_kind::dossier);
    CHECK(rows[0].object == rows[0].dossier.value);
  }
}

TEST_CASE("the rows of a history, in any order, give its projection") {
  random_histories random(2);
  for (int i = 0; i != 1000; ++i) {
    const std::vector<event> history = random.next();
    std::vector<observation_row> rows;
    for (const event& one : random.disturbed(history)) {
      for (const observation_row& row : rows_of(one)) rows.push_back(row);
    }
    std::reverse(rows.begin(), rows.end());
    dossier_projection of_rows{dossier_id()};
    small_projection small_of_rows{dossier_id()};
    for (const observation_row& row : rows) {
      const bool belongs = row.dossier == dossier_id();
      CHECK((of_rows.apply(row) == apply_result::rejected) != belongs);
      CHECK((small_of_rows.apply(row) == apply_result::rejected) != belongs);
    }
    CHECK(of_rows == project<dossier_projection>(history, {}));
    CHECK(small_of_rows == project<small_projection>(history, {}));
  }
}

TEST_CASE("the parameters of a row, for libpq and for SQLite") {
  using namespace std::string_literals;
  observation_row row;
  row.kind = observation_kind::invite;
  row.dossier.value.bytes[15] = 1;
  row.object.bytes[15] = 2;
  row.event.value.bytes[15] = 3;
  row.value = *observation_row::text::from("a\0b"s);
  row.created = *timestamp::parse("1969-12-31T23:59:58.000000258+23:59");
  row.is_transition = true;
  const projection_parameters all(row);
  const std::string nil(15, '\0');
  const std::string values[] = {nil + '\1',
                                "invite",
                                nil + '\2',
                                "a\0b"s,
                                "\xff\xff\xff\xff\xff\xfe\xae\xba"s,  // -86,342
                                "\0\0\1\2"s,
                                "1969-12-31T23:59:58.000000258+23:59",
                                "\1",
                                nil + '\3'};
  REQUIRE(std::ssize(values) == all.size());
  for (std::size_t i = 0; i != std::size(values); ++i) {
    INFO(i);
    CHECK(std::string(all.values()[i], static_cast<std::size_t>(all.lengths()[i])) == values[i]);
    CHECK(all.formats()[i] == 1);
  }

  // SQLite's functions are of these forms.
  std::vector<std::string> bound;
  const auto integer = [](std::vector<std::string>* to, int index, std::int64_t value) {
    to->push_back(std::to_string(index) + " integer " + std::to_string(value));
    return 0;
  };
  const auto text = [](std::vector<std::string>* to, int index, const char* value, int size,
                       void (*)(void*)) {
    to->push_back(std::to_string(index) + " text " +
                  std::string(value, static_cast<std::size_t>(size)));
    return 0;
  };
  const auto blob = [](std::vector<std::string>* to, int index, const void* value, int size,
                       void (*)(void*)) {
    to->push_back(std::to_string(index) + " blob " +
                  std::string(static_cast<const char*>(value), static_cast<std::size_t>(size)));
    return 0;
  };
  CHECK(all.bind(&bound, integer, text, blob));
  CHECK(bound ==
        std::vector<std::string>{"1 blob " + values[0], "2 text invite", "3 blob " + values[2],
                                 "4 blob " + values[3], "5 integer -86342", "6 integer 258",
                                 "7 text " + values[6], "8 integer 1", "9 blob " + values[8]});
  const auto fails = [](std::vector<std::string>*, int index, const char*, int, void (*)(void*)) {
    return index == 7 ? 1 : 0;
  };
  CHECK_FALSE(all.bind(&bound, integer, fails, blob));
}

TEST_CASE("a row that no event has is rejected") {
  const observation_row good = rows_of(sample_of<invite_viewed>)[2];
  dossier_projection projection(projected_dossier);
  CHECK(projection.apply(good) == apply_result::changed);
  CHECK(projection.apply(good) == apply_result::unchanged);
  const dossier_projection before = projection;

  const auto check = [&](auto change) {
    observation_row bad = good;
    change(bad);
    CHECK(projection.apply(bad) == apply_result::rejected);
    CHECK(projection == before);
  };
  check([](observation_row& row) { row.dossier = {}; });
  check([](observation_row& row) { row.value = *observation_row::text::from("completed"); });
  check([](observation_row& row) { row.kind = observation_kind::dossier; });
  check([](observation_row& row) {
    row.kind = observation_kind::original_invitee;
    row.value = {};
  });
  check([](observation_row& row) { row.kind = static_cast<observation_kind>(6); });
  CHECK(name(static_cast<observation_kind>(6)).empty());
}

TEST_CASE("an invite's status is the end of its event's type") {
  using detail::after_segment;
  CHECK(after_segment("dossier.invite.created", "invite") == "created");
  CHECK(after_segment("dossier.invite.delivery.failed", "invite") == "delivery.failed");
  CHECK(after_segment("invite.new", "invite") == "new");
  CHECK(after_segment("dossier.invitee.reminded", "invite").empty());
  CHECK(after_segment("dossier.invite", "invite").empty());
  CHECK(after_segment("dossier.xinvite.created", "invite").empty());
  CHECK(after_segment("dossier.invite.", "invite").empty());
  CHECK(after_segment("", "invite").empty());
}
