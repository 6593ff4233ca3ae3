// SPDX-License-Identifier: BSL-1.0
#include "allocations.hpp"
#include "catch.hpp"
#include "projection_model.hpp"
#include <signhook/projection.hpp>
#include <signhook/schema.hpp>

#include <algorithm>
#include <array>
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

constexpr dossier_id sample_dossier = std::get<invite_created>(samples[0]).dossier.id;

template <class View, class Events>
constexpr View view_of(const Events& events, const dossier_id& of = sample_dossier) {
  View view(of);
  for (const event& one : events) view.apply(one);
  return view;
}

// The documented bodies are all of one second and one dossier, which cannot be draft, pending and
// completed at once: what counts follows from the ids in the service's page.
constexpr dossier_projection of_samples = view_of<dossier_projection>(samples);
static_assert(of_samples.id() == sample_dossier && of_samples.is_complete());
static_assert(of_samples.has_conflicts());
static_assert(of_samples.state()->last.value == dossier_state::completed);
static_assert(of_samples.state()->last.is_change);
static_assert(of_samples.state()->conflict->value == dossier_state::pending);
static_assert(of_samples.state()->conflict->by ==
              event_id::parse("f5b8eb0b-e976-4dc4-88c9-069f377dd1c9"));
static_assert(of_samples.invites().size() == 1);
static_assert(of_samples.invites().begin()->status.last.value == invite_status::undelivered);
static_assert(of_samples.invites().begin()->status.conflict->value == invite_status::viewed);
static_assert(of_samples.invitees().size() == 1);
static_assert(of_samples.invitees().begin()->state->last.value == invitee_state::approved);
static_assert(of_samples.invitees().begin()->state->conflict->value == invitee_state::reassigned);
static_assert(of_samples.invitees().begin()->viewed->value == of_samples.invites().begin()->id);
static_assert(of_samples.reassign_requests().size() == 1);
static_assert(of_samples.reassign_requests().begin()->state.last.value.original_invitee ==
              of_samples.invitees().begin()->id);
static_assert(view_of<dossier_projection>(std::array{samples[0], samples[0]}) ==
              view_of<dossier_projection>(std::array{samples[0]}));

static_assert(std::is_trivially_copyable_v<dossier_projection>);
static_assert(std::is_trivially_copyable_v<basic_dossier_projection<0, 0, 0>>);
static_assert(!std::is_convertible_v<dossier_id, dossier_projection>);

// Small enough to overflow.
using small_view = basic_dossier_projection<2, 3, 1>;
using no_view = basic_dossier_projection<0, 0, 0>;

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

dossier in(open_state<dossier_state> state) { return {sample_dossier, state}; }

event updated(unsigned id, std::string_view created, open_state<dossier_state> state) {
  return dossier_state_updated{id_of<event_id>(id), at(created), in(state)};
}

event mentioned(unsigned id, std::string_view created, open_state<dossier_state> state) {
  return dossier_prepared{id_of<event_id>(id), at(created), in(state)};
}

// Seven events that meet each other in every way: at one instant and at others, with shared ids, with
// a conflict on each kind of object, with more objects than `small_view` holds.
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

class random_histories {
 public:
  explicit random_histories(unsigned seed) : random_(seed) {}

  std::size_t below(std::size_t count) { return random_() % count; }

  std::vector<event> next() {
    std::vector<event> history(below(40));
    for (event& one : history) {
      const std::size_t which = below(samples.size() + 1);
      if (which != samples.size()) {
        one = samples[which];
      } else {
        one = unknown_event{{}, *type_text::from("new"), {}, dossier{}};
        if (below(4) == 0) std::get<unknown_event>(one).dossier.reset();
      }
      projection_model::narrow(one, [this](std::size_t count) { return below(count); });
    }
    return history;
  }

  // In another order, and some of them twice or more often.
  std::vector<event> disturbed(std::vector<event> history) {
    for (std::size_t i = below(10); i != 0 && !history.empty(); --i) {
      const event again = history[below(history.size())];
      history.push_back(again);
    }
    std::shuffle(history.begin(), history.end(), random_);
    return history;
  }

 private:
  std::mt19937 random_;
};

// Whether all that is promised of `View` holds for this history.
template <class View>
void check_history(random_histories& random, const std::vector<event>& history) {
  View view{dossier_id()};
  REQUIRE(projection_model::fold_all(view, history).empty());
  REQUIRE(projection_model::written_view(view) == projection_model::expected(view, history));
  REQUIRE(view == view_of<View>(random.disturbed(history), {}));

  const std::size_t cut = random.below(history.size() + 1);
  const auto middle = history.begin() + static_cast<std::ptrdiff_t>(cut);
  View left = view_of<View>(std::vector<event>(history.begin(), middle), {});
  View right = view_of<View>(std::vector<event>(middle, history.end()), {});
  const View left_before = left;
  const apply_result merged = left.merge(right);
  REQUIRE(left == view);
  REQUIRE(merged == (left == left_before ? apply_result::unchanged : apply_result::changed));
  right.merge(left_before);
  REQUIRE(right == view);
}

}  // namespace

TEST_CASE("a later instant counts, to the nanosecond and whatever the offset") {
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
      // The greater id, and the change, belong to the earlier.
      const event early = updated(2, in_order[j], dossier_state::pending);
      const event late = mentioned(1, in_order[i], dossier_state::draft);
      const dossier_projection view = view_of<dossier_projection>(std::array{early, late});
      CHECK(view == view_of<dossier_projection>(std::array{late, early}));
      CHECK(view.state()->last.value == dossier_state::draft);
      CHECK_FALSE(view.state()->conflict);
      CHECK_FALSE(view.has_conflicts());
    }
  }
}

TEST_CASE("at one instant a change counts before a mention, then the greater id") {
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
      // Ids that are shared, though they should not: by the bytes of the state.
      {updated(1, also_now, dossier_state::pending), updated(1, now, dossier_state::draft)},
      {updated(1, now, *open_state<dossier_state>::from_text("\xc3\xa9")),
       updated(1, now, dossier_state::pending)},
  };
  for (const auto& row : rows) {
    INFO((&row - std::begin(rows)));
    const dossier_projection view = view_of<dossier_projection>(std::array{row.less, row.greater});
    CHECK(view == view_of<dossier_projection>(std::array{row.greater, row.less}));
    CHECK(view.state()->last.value == dossier_of(row.greater)->state);
    REQUIRE(view.state()->conflict);
    CHECK(view.state()->conflict->value == dossier_of(row.less)->state);
    CHECK(view.has_conflicts());
  }
}

TEST_CASE("one value from several events is no conflict, and of three values two are observation") {
  const std::string_view now = "2026-01-01T00:00:00+00:00";
  const event first = updated(1, now, dossier_state::pending);
  const event second = updated(2, now, dossier_state::pending);
  const event third = updated(3, now, dossier_state::draft);
  const event fourth = updated(4, now, dossier_state::completed);
  dossier_projection view = view_of<dossier_projection>(std::array{first, second});
  CHECK(view.state()->last.by == id_of<event_id>(2));
  CHECK_FALSE(view.has_conflicts());
  CHECK(view.apply(third) == apply_result::changed);
  CHECK(view.state()->conflict->by == id_of<event_id>(2));
  CHECK(view.apply(fourth) == apply_result::changed);
  CHECK(view.state()->last.value == dossier_state::completed);
  CHECK(view.state()->conflict->value == dossier_state::draft);
  CHECK(view.apply(second) == apply_result::unchanged);
  // What comes later settles it.
  CHECK(view.apply(updated(0, "2026-01-01T00:00:01+00:00", dossier_state::completed)) ==
        apply_result::changed);
  CHECK_FALSE(view.has_conflicts());
}

TEST_CASE("each event tells of all that it names") {
  const auto view_after = [](std::size_t sample) {
    return view_of<dossier_projection>(std::array{samples[sample]});
  };
  const auto sizes = [](const dossier_projection& view) {
    return std::array{view.invites().size(), view.invitees().size(),
                      view.reassign_requests().size()};
  };
  const invite_status statuses[] = {invite_status::created, invite_status::expired,
                                    invite_status::undelivered, invite_status::viewed};
  for (std::size_t i = 0; i != std::size(statuses); ++i) {
    const dossier_projection view = view_after(i);
    CHECK(sizes(view) == std::array<std::size_t, 3>{1, i == 3 ? 1U : 0U, 0});
    CHECK(view.invites().begin()->status.last.value == statuses[i]);
  }
  // Who viewed an invite is somebody, in a state that is not known.
  const dossier_projection viewed = view_after(3);
  const auto& viewing = std::get<invite_viewed>(samples[3]);
  const known_invitee* const viewer = viewed.invitees().find(viewing.invitee.id);
  REQUIRE(viewer != nullptr);
  CHECK_FALSE(viewer->state);
  CHECK(viewer->viewed->value == viewing.invite.id);
  CHECK(viewer->viewed->created == viewing.created);

  CHECK(sizes(view_after(4)) == std::array<std::size_t, 3>{0, 1, 0});
  CHECK(sizes(view_after(5)) == std::array<std::size_t, 3>{0, 0, 0});
  CHECK(sizes(view_after(6)) == std::array<std::size_t, 3>{0, 0, 0});
  const dossier_projection requested = view_after(7);
  CHECK(sizes(requested) == std::array<std::size_t, 3>{0, 1, 1});
  CHECK_FALSE(requested.invitees().begin()->state->last.is_change);
  for (std::size_t i = 0; i != samples.size(); ++i) {
    const dossier_projection view = view_after(i);
    CHECK(view.state()->last.is_change == (i == 6));
    CHECK_FALSE(view.has_conflicts());
  }
}

TEST_CASE("two invites viewed in one second are no conflict") {
  const timestamp now = at("2026-01-01T00:00:00Z");
  dossier_projection view(sample_dossier);
  for (const unsigned invite : {2U, 1U}) {
    view.apply(invite_viewed{id_of<event_id>(invite),
                             now,
                             in(dossier_state::pending),
                             {id_of<invite_id>(invite)},
                             {id_of<invitee_id>(1)}});
  }
  CHECK_FALSE(view.has_conflicts());
  CHECK(view.invitees().begin()->viewed->value == id_of<invite_id>(2));
}

TEST_CASE("other dossiers are rejected") {
  const dossier_projection before = of_samples;
  dossier_projection view = before;
  event other = samples[6];
  std::get<dossier_state_updated>(other).dossier.id = {};
  CHECK(dossier_of(other)->id == dossier_id());
  CHECK(view.apply(other) == apply_result::rejected);

  event unknown = unknown_event{id_of<event_id>(1), *type_text::from("new"),
                                at("2030-01-01T00:00:00Z"), std::nullopt};
  CHECK(dossier_of(unknown) == nullptr);
  CHECK(view.apply(unknown) == apply_result::rejected);
  CHECK(view.merge(dossier_projection(dossier_id())) == apply_result::rejected);
  CHECK(view == before);

  // But an unknown event that has the dossier tells its state.
  std::get<unknown_event>(unknown).dossier = in(dossier_state::draft);
  CHECK(view.apply(unknown) == apply_result::changed);
  CHECK(view.state()->last.value == dossier_state::draft);
  CHECK_FALSE(view.state()->last.is_change);
}

TEST_CASE("a view before its first event knows nothing") {
  const dossier_projection view(sample_dossier);
  CHECK_FALSE(view.state());
  CHECK(view.invites().empty());
  CHECK(view.invitees().find({}) == nullptr);
  CHECK(view.is_complete());
  CHECK_FALSE(view.has_conflicts());
  dossier_projection same = view;
  CHECK(same.merge(view) == apply_result::unchanged);
}

TEST_CASE("of more objects than there is room for, those with the smallest ids are kept") {
  std::vector<unsigned> order(7);
  std::iota(order.begin(), order.end(), 0U);
  std::size_t wrong = 0;
  do {
    basic_dossier_projection<3, 0, 0> view(sample_dossier);
    std::array<bool, 7> seen{};
    std::size_t count = 0;
    for (const unsigned which : order) {
      const invite_viewed one{id_of<event_id>(which),
                              at("2026-01-01T00:00:00Z"),
                              in(dossier_state::pending),
                              {id_of<invite_id>(10 * which)},
                              {id_of<invitee_id>(which)}};
      view.apply(one);
      seen[which] = true;
      // After each step, not only at the end.
      std::vector<invite_id> expected;
      for (unsigned i = 0; i != seen.size() && expected.size() != 3; ++i) {
        if (seen[i]) expected.push_back(id_of<invite_id>(10 * i));
      }
      std::vector<invite_id> kept;
      for (const known_invite& invite : view.invites()) kept.push_back(invite.id);
      wrong += kept != expected;
      wrong += view.invites().is_complete() != (++count <= 3);
      wrong += view.invitees().is_complete() || view.is_complete() || !view.invitees().empty();
      for (const invite_id& id : kept) wrong += view.invites().find(id)->id != id;
      wrong += view.invites().find(id_of<invite_id>(5)) != nullptr;
    }
  } while (std::next_permutation(order.begin(), order.end()));
  CHECK(wrong == 0);
}

TEMPLATE_TEST_CASE("all orders of seven events give one view", "", dossier_projection, small_view,
                   no_view) {
  const std::vector<event> events = seven();
  const auto expected = view_of<TestType>(events);
  CHECK(projection_model::written_view(expected) == projection_model::expected(expected, events));
  CHECK(expected.has_conflicts());
  std::vector<std::size_t> order(events.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::size_t wrong = 0;
  do {
    TestType view(sample_dossier);
    for (const std::size_t which : order) view.apply(events[which]);
    wrong += view != expected;
  } while (std::next_permutation(order.begin(), order.end()));
  CHECK(wrong == 0);
}

TEMPLATE_TEST_CASE("all rows of up to five of seven events give the view of their set", "",
                   dossier_projection, small_view) {
  const std::vector<event> events = seven();
  std::vector<TestType> of_sets;
  for (unsigned set = 0; set != 1U << events.size(); ++set)
    of_sets.push_back(view_of<TestType>(chosen(events, set)));

  // Views of longer rows from those of the shorter ones.
  struct row {
    TestType view;
    unsigned set;
  };
  std::vector<row> rows = {{TestType(sample_dossier), 0}};
  std::size_t wrong = 0;
  for (int length = 0; length != 5; ++length) {
    std::vector<row> longer;
    for (const row& shorter : rows) {
      for (std::size_t i = 0; i != events.size(); ++i) {
        row next = shorter;
        const apply_result outcome = next.view.apply(events[i]);
        next.set |= 1U << i;
        wrong += next.view != of_sets[next.set];
        wrong += (outcome == apply_result::changed) != (next.view != shorter.view);
        if (length != 4) longer.push_back(next);
      }
    }
    rows = longer;
  }
  CHECK(wrong == 0);
}

// Which is associativity, commutativity and idempotence at once.
TEMPLATE_TEST_CASE("the views of any two sets merge to that of both", "", dossier_projection,
                   small_view, no_view) {
  const std::vector<event> events = seven();
  std::vector<TestType> of_sets;
  for (unsigned set = 0; set != 1U << events.size(); ++set)
    of_sets.push_back(view_of<TestType>(chosen(events, set)));
  std::size_t wrong = 0;
  for (unsigned a = 0; a != of_sets.size(); ++a) {
    for (unsigned b = 0; b != of_sets.size(); ++b) {
      TestType merged = of_sets[a];
      const apply_result outcome = merged.merge(of_sets[b]);
      wrong += merged != of_sets[a | b];
      wrong += outcome != (merged == of_sets[a] ? apply_result::unchanged : apply_result::changed);
    }
    TestType same = of_sets[a];
    wrong += same.merge(same) != apply_result::unchanged || same != of_sets[a];
  }
  CHECK(wrong == 0);
}

TEST_CASE("random histories give what is found by looking at all events anew") {
  random_histories random(1);
  std::size_t conflicts = 0;
  std::size_t incomplete = 0;
  for (int i = 0; i != 1000; ++i) {
    const std::vector<event> history = random.next();
    check_history<dossier_projection>(random, history);
    check_history<small_view>(random, history);
    check_history<no_view>(random, history);
    conflicts += view_of<dossier_projection>(history, {}).has_conflicts();
    incomplete += !view_of<small_view>(history, {}).is_complete();
  }
  CHECK(conflicts > 100);
  CHECK(conflicts < 900);
  CHECK(incomplete > 100);
}

TEST_CASE("apply_result and merging allocate nothing", "[allocations]") {
  const std::vector<event> events = seven();
  small_view overflown(sample_dossier);
  std::size_t changes = 0;
  const std::size_t before = allocations::count();
  for (int i = 0; i != 100; ++i) {
    dossier_projection view(sample_dossier);
    for (const event& one : events) {
      changes += view.apply(one) == apply_result::changed;
      overflown.apply(one);
    }
    dossier_projection copy = view;
    copy.merge(of_samples);
    changes += copy != view;
  }
  CHECK(allocations::count() == before);
  CHECK(changes >= 200);
  CHECK_FALSE(overflown.is_complete());
}

TEST_CASE("views survive a copy of their bytes") {
  dossier_projection after(dossier_id{});
  std::memcpy(static_cast<void*>(&after), &of_samples, sizeof after);
  CHECK(after == of_samples);
}
