// SPDX-License-Identifier: BSL-1.0
// The README's tables: what an answer does, from `outcome_of`, and what a receiver answers, from the
// policies.
//   answers | answers policies
#include <signhook/delivery.hpp>
#include <signhook/receiver/result.hpp>

#include <cstdio>
#include <string_view>

namespace {

const char* words(signhook::delivery_outcome of) {
  switch (of) {
    case signhook::delivery_outcome::delivered: return "delivered";
    case signhook::delivery_outcome::retried: return "sent again";
    case signhook::delivery_outcome::dropped: return "lost";
    case signhook::delivery_outcome::unknown: break;
  }
  return "any of these";
}

void print_row(int first, int last) {
  const auto early = signhook::outcome_of(first);
  const auto at_last = signhook::outcome_of(first, signhook::max_retries.value + 1);
  if (first == 0) {
    std::printf("| none |");
  } else {
    std::printf("| %d to %d |", first, last);
  }
  std::printf(" %s | %s | %s |\n", words(early.value), words(at_last.value),
              early.source == signhook::source::documented ? "yes" : "no");
}

void print_answers() {
  std::printf(
      "| your answer | the event is | as the answer to retry %d, the last | the sender says so |\n",
      signhook::max_retries.value);
  std::printf("|---|---|---|---|\n");
  print_row(0, 0);
  for (int first = 100; first < 600;) {
    int last = first;
    while (last + 1 < 600 && signhook::outcome_of(last + 1) == signhook::outcome_of(first)) ++last;
    print_row(first, last);
    first = last + 1;
  }
}

void print_policies() {
  using policy = signhook::answer_policy;
  struct row {
    const char* what;
    int policy::*status;
  };
  constexpr row rows[] = {
      {"an event, handled now or before", &policy::accepted},
      {"without the secret", &policy::unauthenticated},
      {"not POST", &policy::method},
      {"more than `max_bytes`", &policy::size},
      {"not `application/json`", &policy::content_type},
      {"compressed", &policy::content_coding},
      {"not JSON", &policy::json},
      {"not an event", &policy::schema},
      {"not handled or not kept (`failed`)", &policy::failed},
  };
  std::printf(
      "| the request is | `always_acknowledge` | `http_semantics` | `secret_rotation` |\n"
      "|---|---|---|---|\n");
  for (const row& one : rows) {
    std::printf("| %s | %d | %d | %d |\n", one.what, signhook::always_acknowledge.*one.status,
                signhook::http_semantics.*one.status, signhook::secret_rotation.*one.status);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const bool of_policies = argc == 2 && std::string_view(argv[1]) == "policies";
  of_policies ? print_policies() : print_answers();
}
