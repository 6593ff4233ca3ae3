// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "catch.hpp"
#include "receiving.hpp"

// The table of docs/receiving.md: a test for each row, which the including file has run for its columns,
// RECEIVING_PLACES.

namespace receiving {

TEMPLATE_TEST_CASE("the handler fails or throws", "[receiving]", RECEIVING_PLACES) {
  TestType place;
  endpoint<TestType> one(place);
  const auto write_in_transaction = [](auto& node, const inbox_entry& entry) {
    if constexpr (TestType::outlives_process) {
      REQUIRE(node.write(entry.id));
    }
  };
  const auto fails = [&](auto& node, const inbox_entry& entry) {
    write_in_transaction(node, entry);
    return handled::retry;
  };
  const int status = TestType::stores_first ? 200 : 503;
  CHECK(one.deliver(body, fails) == status);
  one.work(1000, fails);
  CHECK(place.effects(event_id()) == 0);
#if defined(__cpp_exceptions)
  const auto throws = [&](auto& node, const inbox_entry& entry) -> handled {
    write_in_transaction(node, entry);
    throw std::runtime_error("the handler");
  };
  CHECK(one.deliver(body, throws) == status);
  one.work(1100, throws);
  CHECK(place.effects(event_id()) == 0);
#endif
  CHECK(one.deliver(body, write) == 200);
  one.work(1200, write);
  CHECK(place.effects(event_id()) == 1);
}

TEMPLATE_TEST_CASE("the same event arrives twice at once", "[receiving]", RECEIVING_PLACES) {
  TestType place;
  endpoint<TestType> one(place);
  endpoint<TestType> other(place, &one);
  const auto slow = [](auto& node, const inbox_entry& entry) {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    return write(node, entry);
  };
  int first = 0;
  int second = 0;
  std::thread thread([&] { first = one.deliver(body, slow); });
  second = other.deliver(body, slow);
  thread.join();
  for (const int status : {first, second}) CHECK((status == 200 || status == 503));
  CHECK((first == 200 || second == 200));
  CHECK(one.deliver(body, never) == 200);
  std::thread worker([&] { one.work(1000, slow); });
  other.work(1000, slow);
  worker.join();
  CHECK(place.effects(event_id()) == 1);
}

TEMPLATE_TEST_CASE("the process ends before the effect is committed", "[receiving]",
                   RECEIVING_PLACES) {
  TestType place;
  if constexpr (TestType::stores_first) {
    endpoint<TestType> one(place);
    REQUIRE(one.deliver(body, never) == 200);
    {
      endpoint<TestType> dying(place);
      const auto taken = dying.node().inbox().take(at(1000));
      REQUIRE(dying.node().inbox().open(taken.lease));
      REQUIRE(dying.node().write(event_id()));
    }
    CHECK(place.effects(event_id()) == 0);
    one.work(1999, never);  // the lease lasts a second
    one.work(2000, write);
  } else {
    {
      endpoint<TestType> dying(place);
      signhook::decoder decoder;
      const auto decoded = decoder.decode(body);
      REQUIRE(decoded);
      const auto entry = inbox_entry::from(*decoded, body, at(1000));
      REQUIRE(dying.node().inbox().begin(entry) == signhook::begin_outcome::acquired);
      if constexpr (TestType::outlives_process) REQUIRE(dying.node().write(event_id()));
    }
    CHECK(place.effects(event_id()) == 0);
    endpoint<TestType> next(place);
    CHECK(next.deliver(body, write) == 200);
  }
  CHECK(place.effects(event_id()) == 1);
}

TEMPLATE_TEST_CASE("the process ends after the effect, and the event comes again", "[receiving]",
                   RECEIVING_PLACES) {
  // Before the answer or after it is the same to the inbox.
  TestType place;
  {
    endpoint<TestType> one(place);
    CHECK(one.deliver(body, write) == 200);
    one.work(1000, write);
  }
  endpoint<TestType> next(place);
  CHECK(next.deliver(body, write) == 200);
  next.work(9000, never);
  CHECK(place.effects(event_id()) == (TestType::outlives_process ? 1 : 2));
}

TEMPLATE_TEST_CASE("a second process receives the redelivery", "[receiving]", RECEIVING_PLACES) {
  TestType place;
  endpoint<TestType> one(place);
  endpoint<TestType> other(place);
  CHECK(one.deliver(body, write) == 200);
  CHECK(other.deliver(body, write) == 200);
  other.work(1000, write);
  one.work(1000, never);
  CHECK(place.effects(event_id()) == (TestType::outlives_process ? 1 : 2));
}

TEMPLATE_TEST_CASE("a body is no event", "[receiving]", RECEIVING_PLACES) {
  TestType place;
  endpoint<TestType> one(place);
  CHECK(one.deliver("{\"id\":", never) == 200);
  CHECK(place.quarantined() == std::vector<std::string>{"{\"id\":"});
}

TEMPLATE_TEST_CASE("another event has the same id", "[receiving]", RECEIVING_PLACES) {
  TestType place;
  endpoint<TestType> one(place);
  CHECK(one.deliver(body, write) == 200);
  CHECK(one.deliver(other_body, never) == 200);
  one.work(1000, write);
  CHECK(place.effects(event_id()) == 1);
  CHECK(place.quarantined() == std::vector<std::string>{other_body});
}

TEMPLATE_TEST_CASE("an event can never be handled", "[receiving]", RECEIVING_PLACES) {
  TestType place;
  endpoint<TestType> one(place);
  const auto impossible = [](auto& node, const inbox_entry& entry) {
    if constexpr (TestType::outlives_process) (void)node.write(entry.id);
    return handled::dead_letter("impossible");
  };
  CHECK(one.deliver(body, impossible) == 200);
  one.work(1000, impossible);
  CHECK(one.deliver(body, never) == 200);
  one.work(9000, never);
  CHECK(place.effects(event_id()) == 0);
  CHECK(place.dead_letters() == std::vector<std::string>{body});
}

TEMPLATE_TEST_CASE("an event comes again after its id was pruned", "[receiving]",
                   RECEIVING_PLACES) {
  TestType place;
  endpoint<TestType> one(place);
  CHECK(one.deliver(body, write) == 200);
  CHECK(one.node().inbox().prune(at(1001), 9) == (TestType::stores_first ? 0 : 1));
  one.work(1000, write);
  if constexpr (TestType::stores_first) CHECK(one.node().inbox().prune(at(1001), 9) == 1);
  CHECK(one.deliver(body, write) == 200);
  one.work(1000, write);
  CHECK(place.effects(event_id()) == 2);
}

TEMPLATE_TEST_CASE("every attempt fails, over all retries", "[receiving]", RECEIVING_PLACES) {
  TestType place;
  endpoint<TestType> one(place);
  const auto fails = [](auto&, const inbox_entry&) { return handled::retry; };
  if constexpr (TestType::stores_first) {
    CHECK(one.deliver(body, fails) == 200);
    for (const std::int64_t now : {1000, 2000, 3000}) one.work(now, fails);
    CHECK(place.dead_letters() == std::vector<std::string>{body});
    CHECK(one.deliver(body, never) == 200);
    CHECK(one.node().inbox().requeue(event_id(), at(4000)));
    one.work(4000, write);
    CHECK(place.effects(event_id()) == 1);
  } else {
    for (int attempt = 0; attempt != 6; ++attempt) CHECK(one.deliver(body, fails) == 503);
    CHECK(place.effects(event_id()) == 0);
    CHECK(place.dead_letters().empty());
  }
}

TEMPLATE_TEST_CASE("text has NUL, the year is 0000 and the offset 23:59", "[receiving]",
                   RECEIVING_PLACES) {
  TestType place;
  endpoint<TestType> one(place);
  CHECK(one.deliver(hard_body, write) == 200);
  one.work(1000, write);
  CHECK(one.deliver(hard_body, never) == 200);
  CHECK(one.deliver(body, never) == 200);
  CHECK(place.effects(event_id()) == 1);
  CHECK(place.quarantined() == std::vector<std::string>{body});

  TestType other;
  endpoint<TestType> two(other);
  const auto impossible = [](auto&, const inbox_entry&) { return handled::dead_letter("text"); };
  CHECK(two.deliver(hard_body, impossible) == 200);
  two.work(1000, impossible);
  CHECK(other.dead_letters() == std::vector<std::string>{hard_body});
}

}  // namespace receiving
