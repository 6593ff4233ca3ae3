// SPDX-License-Identifier: BSL-1.0
// The README's table of what an answer does, from `disposition`.
#include <signhook/delivery.hpp>

#include <cstdio>

namespace {

const char* words(signhook::outcome of) {
  switch (of) {
    case signhook::outcome::delivered: return "delivered";
    case signhook::outcome::retried: return "sent again";
    case signhook::outcome::dropped: return "lost";
    case signhook::outcome::unknown: break;
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

}  // namespace

int main() {
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
