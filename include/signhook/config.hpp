// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/version.hpp>

#define SIGNHOOK_JOIN_(a, b, c, d, e) a##b##c##d##e
#define SIGNHOOK_JOIN(a, b, c, d, e) SIGNHOOK_JOIN_(a, b, c, d, e)

// Vectors of 16 bytes, by the language extension that GCC and clang share, where the machine has such.
#if defined(__GNUC__) && (defined(__SSE2__) || defined(__ARM_NEON))
#define SIGNHOOK_VECTORS 1
#define SIGNHOOK_CODE
#else
#define SIGNHOOK_CODE _scalar
#endif

// The inline namespace. Of a function that several units define alike a program keeps one, so units for which its
// code differs must not give it one name. Versions whose types may differ, and units with and without vectors, do
// not share types: passing one from one unit to the other is an error of the linker.
#define SIGNHOOK_ABI \
  SIGNHOOK_JOIN(v, SIGNHOOK_VERSION_MAJOR, _, SIGNHOOK_VERSION_MINOR, SIGNHOOK_CODE)

// The inline namespace of what catches exceptions of the caller's functions. Units with and without exceptions
// share everything else.
#if defined(__cpp_exceptions)
#define SIGNHOOK_EXCEPTIONS catching
#else
#define SIGNHOOK_EXCEPTIONS not_catching
#endif

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
