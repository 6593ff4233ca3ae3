// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>

#include <simdjson.h>

// A translation unit chooses simdjson's inlined kernel by its target, and its checks, which change
// the layout of simdjson's classes, by its optimisation. What is made of those classes lives in an
// inline namespace of that choice: units that differ in it keep their own, or do not link, and never
// share one by mistake. The header is the first that includes simdjson, hence its place.
#if defined(SIMDJSON_DEVELOPMENT_CHECKS) && SIMDJSON_DEVELOPMENT_CHECKS
#define SIGNHOOK_SIMDJSON_ABI SIGNHOOK_JOIN(on_, SIMDJSON_BUILTIN_IMPLEMENTATION, _, checked)
#else
#define SIGNHOOK_SIMDJSON_ABI SIGNHOOK_JOIN(on_, SIMDJSON_BUILTIN_IMPLEMENTATION, , )
#endif
