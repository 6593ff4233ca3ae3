// SPDX-License-Identifier: BSL-1.0
#include "units.hpp"

// Nothing in a decoder depends on optimisation, exceptions or simdjson's checks: units share it.
int main() {
  signhook::decoder decoder;
  return decodes_checked(decoder) && decodes_plain(decoder) ? 0 : 1;
}
