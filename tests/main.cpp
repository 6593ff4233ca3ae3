// SPDX-License-Identifier: BSL-1.0

// Catch2 3 has its own main() in Catch2::Catch2WithMain.
#if !__has_include(<catch2/catch_all.hpp>)
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
#endif
