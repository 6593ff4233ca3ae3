// SPDX-License-Identifier: BSL-1.0
// The README's tables: what an answer does, from `disposition`, and what a receiver answers, from the
// policies.
//   answers | answers policies
#include <signhook/delivery.hpp>
#include <signhook/receipt.hpp>

#include <cstdio>
#include <string_view>

namespace {

const char* words(signhook::fate of) {
  switch (of) {
    case signhook::fate::delivered: return "delivered";
    case signhook::fate::retried: return "sent again";
    case signhook::fate::dropped: return "lost";
    case signhook::fate::unknown: break;
  }
  return "any of these";
}

void print_row(int first, int last) {
  const auto early = signhook::disposition(first);
  const auto at_last = signhook::disposition(first, signhook::max_retries.value + 1);
  if (first == 0) {
    std::printf("| none |");
  } else {
    std::printf("| %d to %d |", first, last);
  }
  std::printf(" %s | %s | %s |\n", words(early.value), words(at_last.value),
              early.basis == signhook::basis::stated ? "yes" : "no");
}

void print_answers() {
  std::printf("| your answer | the event is | at its retry %d | the sender says so |\n",
              signhook::max_retries.value);
  std::printf("|---|---|---|---|\n");
  print_row(0, 0);
  for (int first = 100; first < 600;) {
    int last = first;
    while (last + 1 < 600 && signhook::disposition(last + 1) == signhook::disposition(first))
      ++last;
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
      {"a new event", &policy::accepted},
      {"an event that was there before", &policy::duplicate},
      {"without the secret", &policy::unauthenticated},
      {"not POST", &policy::method},
      {"more than `max_bytes`", &policy::size},
      {"not `application/json`", &policy::content_type},
      {"not JSON", &policy::json},
      {"not an event", &policy::schema},
      {"your failure (`failed`)", &policy::failed},
  };
  std::printf("| the request is | `never_lose` | `strict_http` |\n|---|---|---|\n");
  for (const row& one : rows) {
    std::printf("| %s | %d | %d |\n", one.what, signhook::never_lose.*one.status,
                signhook::strict_http.*one.status);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const bool of_policies = argc == 2 && std::string_view(argv[1]) == "policies";
  of_policies ? print_policies() : print_answers();
}
