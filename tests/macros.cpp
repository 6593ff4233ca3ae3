// SPDX-License-Identifier: BSL-1.0
// The headers after those of platforms and frameworks that define common words as macros. What our headers
// include is included before: it is not ours to protect.
#include <fmt/format.h>
#include <fmt/std.h>
#include <simdjson.h>
#if __has_include(<error.h>)
#include <error.h>  // a function with the name of our type
#endif

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <charconv>
#include <chrono>
#include <compare>
#include <concepts>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <memory>
#include <mutex>
#include <new>
#include <numeric>
#include <optional>
#include <ostream>
#include <ranges>
#include <ratio>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>
#include <version>
#if defined(__cpp_lib_format)
#include <format>
#endif

// windows.h, with windef.h, winnt.h, wingdi.h, winuser.h, winbase.h, rpcndr.h and winsock2.h
#define min(a, b) (((a) < (b)) ? (a) : (b))
#define max(a, b) (((a) > (b)) ? (a) : (b))
#define near
#define far
#define small char
#define hyper long long
#define interface struct
#define cdecl
#define pascal
#define IN
#define OUT
#define OPTIONAL
#define CONST const
#define VOID void
#define ERROR 0
#define NO_ERROR 0
#define TRUE 1
#define FALSE 0
#define DELETE 0x00010000L
#define IGNORE 0
#define STRICT 1
#define ABSOLUTE 1
#define RELATIVE 2
#define TRANSPARENT 1
#define OPAQUE 2
#define DIFFERENCE 11
#define GetObject GetObjectW
#define GetMessage GetMessageW
#define SendMessage SendMessageW
#define CreateEvent CreateEventW
#define OpenEvent OpenEventW
#define Yield()
#define s_addr S_un.S_addr
// X11/X.h and Xlib.h
#define None 0L
#define Always 2
#define Never 0
#define Success 0
#define Status int
#define Bool int
#define True 1
#define False 0
#define Above 0
#define Below 1
#define Complex 0
#define Unsorted 0
#define Expose 12
#define KeyPress 2
#define CursorShape 0
// sys/sysmacros.h and older compilers
#define major(device) gnu_dev_major(device)
#define minor(device) gnu_dev_minor(device)
#define makedev(a, b) gnu_dev_makedev(a, b)
#define unix 1
#define linux 1
#define i386 1
// Qt
#define signals public
#define slots
#define emit
#define foreach(a, b) for (a : b)
#define forever for (;;)
// Unreal
#define check(expression)
#define checkf(expression, ...)
#define verify(expression)
#define verifyf(expression, ...)
#define ensure(expression) (expression)
#define unimplemented()
#define TEXT(text) u##text
#define PI 3.14f
// AssertMacros.h of macOS
#define check_noerr(code)
#define check_string(a, b)
#define verify_noerr(code)
#define verify_action(a, b)
#define require(a, b)
#define require_noerr(a, b)
#define require_action(a, b, c)
#define require_quiet(a, b)
#define nrequire(a, b)
#define ncheck(a)
#define nverify(a)
// Arduino.h
#define abs(x) ((x) > 0 ? (x) : -(x))
#define round(x) ((x) >= 0 ? (long)((x) + 0.5) : (long)((x)-0.5))
#define constrain(x, low, high) ((x) < (low) ? (low) : ((x) > (high) ? (high) : (x)))
#define radians(x) ((x)*0.017)
#define degrees(x) ((x)*57.29)
#define sq(x) ((x) * (x))
#define bit(b) (1UL << (b))
#define bitRead(value, bit) (((value) >> (bit)) & 0x01)
#define lowByte(w) ((w)&0xff)
#define highByte(w) ((w) >> 8)
#define word(...) makeWord(__VA_ARGS__)
#define interrupts() sei()
#define noInterrupts() cli()
#define _BV(b) (1UL << (b))
#define F(text) text
#define B0 0
#define B1 1
#define HIGH 1
#define LOW 0
#define INPUT 0
#define OUTPUT 1
#define DEFAULT 1
#define EXTERNAL 0
#define INTERNAL 3
#define SERIAL 0
#define DISPLAY 1
#define CHANGE 1
#define RISING 3
// termios, BSD's sys/param.h, glog, gtest and Catch2
#define ECHO 0000010
#define CR 0
#define roundup(x, y) ((((x) + ((y)-1)) / (y)) * (y))
#define howmany(x, y) (((x) + ((y)-1)) / (y))
#define LOG(severity) severity
#define CHECK(condition) condition
#define FAIL() 0
#define SUCCEED() 0
#define TEST(a, b) a##b

// Names of the program that a using-directive inside a header would make ambiguous.
struct days {};
struct seconds {};
struct nanoseconds {};
struct year_month_day {};
struct error_code {};
struct string_view {};
int floor(days);

#include <signhook/format.hpp>
#include <signhook/signhook.hpp>
#include <signhook/std_format.hpp>
#if __has_include(<sqlite3.h>)
#include <signhook/inbox/sqlite.hpp>
#endif
#if __has_include(<libpq-fe.h>)
#include <signhook/inbox/postgresql.hpp>
#endif

// A program, so that templates are instantiated too.
#include "../examples/receive.cpp"
