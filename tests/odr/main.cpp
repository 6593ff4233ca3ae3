// SPDX-License-Identifier: BSL-1.0
// Units with different options in one program: each gives the same results, with the objects of each other that
// has the same types.
#include "units.hpp"

#include <cstdio>
#include <iterator>
#include <stdexcept>
#include <string>

namespace {
bool throws = false;
}

bool handle_or_throw() {
  if (throws) throw std::runtime_error("a handler's");
  return true;
}

int main() {
  const unit* const units[] = {&unit_checked, &unit_plain, &unit_native, &unit_newer, &unit_scalar};
  void* const first = units[0]->make();
  const std::string expected = units[0]->use(first);
  units[0]->destroy(first);
  int failures = expected.size() > 100'000 ? 0 : 1;
  int pairs = 0;
  for (const unit* const one : units) {
    throws = one->has_exceptions;
    if (one->catches() != one->has_exceptions) {
      std::printf("%s does not catch what a handler throws\n", one->name.data());
      ++failures;
    }
  }
  for (const unit* const maker : units) {
    for (const unit* const user : units) {
      if (maker->abi != user->abi) continue;
      ++pairs;
      void* const made = maker->make();
      if (user->use(made) != expected) {
        std::printf("%s has other results with the objects of %s\n", user->name.data(),
                    maker->name.data());
        ++failures;
      }
      maker->destroy(made);
    }
  }
  std::printf("%d pairs of %zu units\n", pairs, std::size(units));
  // Without vectors the types have other names, so that the linker rejects what would mix them.
  if (unit_scalar.abi == unit_plain.abi || pairs != 4 * 4 + 1) {
    std::puts("a unit without vectors shares the types of one with them, or others do not");
    ++failures;
  }
  return failures == 0 ? 0 : 1;
}
