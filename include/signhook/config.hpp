// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/version.hpp>

#define SIGNHOOK_JOIN_(a, b, c, d) a##b##c##d
#define SIGNHOOK_JOIN(a, b, c, d) SIGNHOOK_JOIN_(a, b, c, d)

// The inline namespace of the layout: versions whose types may differ do not link with each other.
#define SIGNHOOK_ABI SIGNHOOK_JOIN(v, SIGNHOOK_VERSION_MAJOR, _, SIGNHOOK_VERSION_MINOR)

// Clang warns when what is returned outlives the object it points into.
#if defined(__clang__)
#define SIGNHOOK_LIFETIMEBOUND [[clang::lifetimebound]]
#else
#define SIGNHOOK_LIFETIMEBOUND
#endif

// Attributes for functions that are seldom called and must not be inlined, and for small functions that must be:
// clang calls the latter one by one, which makes a decode take half as long again.
#if defined(__GNUC__)
#define SIGNHOOK_COLD [[gnu::cold, gnu::noinline]]
#define SIGNHOOK_HOT [[gnu::always_inline]]
#else
#define SIGNHOOK_COLD
#define SIGNHOOK_HOT
#endif
