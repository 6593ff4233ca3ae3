// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include <signhook/receiver/result.hpp>

#include <iterator>
#include <utility>

namespace {

using namespace signhook;

constexpr int answer_policy::*statuses[] = {
    &answer_policy::accepted, &answer_policy::unauthenticated, &answer_policy::method,
    &answer_policy::size,     &answer_policy::content_type,    &answer_policy::content_coding,
    &answer_policy::json,     &answer_policy::schema,          &answer_policy::failed};
static_assert(sizeof(answer_policy) == sizeof(int) * std::size(statuses));

}  // namespace

TEST_CASE("a default result is not a success") {
  const receive_result got;
  CHECK(got.verdict == verdict::unauthenticated);
  CHECK(got.sender_reaction().value == delivery_outcome::retried);
  CHECK_FALSE(got.event);
}

TEST_CASE("every status of a policy is one of a final response") {
  for (const auto member : statuses) {
    for (const auto& [status, is_valid] : {std::pair{-1, false},
                                           {0, false},
                                           {100, false},
                                           {199, false},
                                           {200, true},
                                           {599, true},
                                           {600, false},
                                           {1200, false}}) {
      answer_policy policy;
      policy.*member = status;
      CHECK(policy.has_valid_statuses() == is_valid);
    }
  }
}

TEST_CASE("a policy that answers a failure as a success, or the reverse, is not safe") {
  struct row {
    int answer_policy::*member;
    int status;
    bool is_safe;
  };
  for (const row& one : {row{&answer_policy::accepted, 204, true},
                         {&answer_policy::accepted, 302, false},
                         {&answer_policy::accepted, 503, false},
                         {&answer_policy::failed, 500, true},
                         {&answer_policy::failed, 200, false},
                         {&answer_policy::failed, 429, false},
                         {&answer_policy::unauthenticated, 403, true},
                         {&answer_policy::unauthenticated, 503, true},
                         {&answer_policy::unauthenticated, 200, false},
                         {&answer_policy::json, 200, true},
                         {&answer_policy::json, 500, true}}) {
    answer_policy policy;
    policy.*one.member = one.status;
    INFO(one.status);
    CHECK(policy.is_safe() == one.is_safe);
  }
}

TEST_CASE("a policy has a status of its own for each fault") {
  answer_policy policy;
  int next = 400;
  for (const auto member : statuses) policy.*member = next++;
  CHECK(policy.of(fault::none) == policy.accepted);
  CHECK(policy.of(fault::method) == policy.method);
  CHECK(policy.of(fault::size) == policy.size);
  CHECK(policy.of(fault::content_type) == policy.content_type);
  CHECK(policy.of(fault::content_coding) == policy.content_coding);
  CHECK(policy.of(fault::json) == policy.json);
  CHECK(policy.of(fault::schema) == policy.schema);
}
