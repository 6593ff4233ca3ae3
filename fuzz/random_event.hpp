// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "choices.hpp"
#include <signhook/event.hpp>

#include <string>

namespace fuzz {

// Any event that the schema allows: known and unknown types and states, all kinds of times.
[[nodiscard]] signhook::event random_event(choices& from);

// At most `most` bytes of UTF-8, of any characters.
[[nodiscard]] std::string random_text(choices& from, std::size_t most);

}  // namespace fuzz
