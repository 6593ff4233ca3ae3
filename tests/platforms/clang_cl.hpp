// SPDX-License-Identifier: BSL-1.0
// What clang-cl's syntax check (the job clang-cl of tests/platforms/run) needs before everything else, to take libc++
// and the headers of MinGW's C runtime in the place of Microsoft's: what libc++ expects of that runtime and MinGW hides
// or writes with attributes of GCC. Nothing of this is linked.
#pragma once

extern "C" {
__declspec(noreturn) void __cdecl abort(void);
__declspec(noreturn) void __cdecl exit(int);
__declspec(noreturn) void __cdecl quick_exit(int);
int __cdecl at_quick_exit(void (*)(void));
void* __cdecl aligned_alloc(decltype(sizeof 0), decltype(sizeof 0));
}

#include <_mingw.h>
#undef __attribute__  // which MinGW defines as nothing for compilers other than GCC
#undef __MINGW_ATTRIB_NORETURN
#define __MINGW_ATTRIB_NORETURN
#undef __MINGW_ATTRIB_DEPRECATED
#define __MINGW_ATTRIB_DEPRECATED
#undef __MINGW_NOTHROW
#define __MINGW_NOTHROW

// Functions in Microsoft's <math.h>, macros in MinGW's.
// clang-format off
template <class T> bool isfinite(T);
template <class T> bool isinf(T);
template <class T> bool isnan(T);
template <class T> bool isnormal(T);
template <class T> bool isgreater(T, T);
template <class T> bool isgreaterequal(T, T);
template <class T> bool isless(T, T);
template <class T> bool islessequal(T, T);
template <class T> bool islessgreater(T, T);
template <class T> bool isunordered(T, T);
// clang-format on

// clang's <intrin.h> declares it otherwise.
#define _setjmp setjmp_of_mingw
#include <setjmp.h>
#undef _setjmp

#include <stdlib.h>
#include <time.h>
extern "C" {
int __cdecl timespec_get(struct timespec*, int);
long double __cdecl _strtold_l(const char*, char**, _locale_t);
}
