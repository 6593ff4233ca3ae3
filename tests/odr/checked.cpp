// SPDX-License-Identifier: BSL-1.0
#include "units.hpp"

bool decodes_checked(signhook::decoder& decoder) {
  signhook::decoder own;
  return decodes_samples(own) && decodes_samples(decoder);
}
