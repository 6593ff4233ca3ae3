// SPDX-License-Identifier: BSL-1.0
#include "units.hpp"

// Both units decode; a decoder of one is never taken for that of the other, since their names differ.
int main() {
  return decodes_checked() && decodes_plain() && checked_name() != plain_name() ? 0 : 1;
}
