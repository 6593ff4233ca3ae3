// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/event.hpp>

#include <string>

// Makes a traceparent (W3C Trace Context, Level 1, section 3.2). Its trace-id is the event's id, so that all attempts
// and all that has the id belong to one trace; its parent-id is random.
[[nodiscard]] std::string make_traceparent(const signhook::event_id& id);
