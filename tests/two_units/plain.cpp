// SPDX-License-Identifier: BSL-1.0
#include "units.hpp"
#include <signhook/signhook.hpp>

#include <array>
#include <string_view>

SIGNHOOK_DEFINE_UNIT(decodes_plain, plain_name)
