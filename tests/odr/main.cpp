// SPDX-License-Identifier: BSL-1.0
#include "units.hpp"

// A decoder does not depend on optimisation, exceptions or simdjson's checks, so units with different flags share it.
int main() {
  signhook::decoder decoder;
  return decodes_checked(decoder) && decodes_plain(decoder) ? 0 : 1;
}
