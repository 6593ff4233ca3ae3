# Compiles all headers as a user's own, with the warnings that users may have on.
set(headers "")
foreach(target signhook signhook_format signhook_sqlite signhook_postgresql)
  get_property(verified TARGET ${target} PROPERTY VERIFY_INTERFACE_HEADER_SETS)
  if(verified)
    get_property(set TARGET ${target} PROPERTY HEADER_SET)
    list(APPEND headers ${set})
  endif()
endforeach()
list(TRANSFORM headers REPLACE "^${PROJECT_SOURCE_DIR}/include/(.*)$" "#include <\\1>")
list(JOIN headers "\n" headers)
file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/warnings/signhook_headers.hpp CONTENT "#pragma once\n${headers}\n" @ONLY)

add_library(warnings OBJECT warnings.cpp)
target_include_directories(warnings PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/warnings)
target_link_libraries(warnings PRIVATE signhook_strict
  $<TARGET_NAME_IF_EXISTS:SQLite::SQLite3> $<TARGET_NAME_IF_EXISTS:PostgreSQL::PostgreSQL>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # It finds null pointers only where it optimises.
  target_compile_options(warnings PRIVATE -O2 -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow
    -Wold-style-cast -Wuseless-cast -Weffc++ -Wswitch-enum -Wredundant-tags -Wnull-dereference)
else()
  # All of them but those
  #  - about other standards than the one asked for: c++98-compat, pre-c++14-compat ..., c++20-compat
  #  - about what every structure does: padded
  #  - that contradict another one: switch-default (covered-switch-default)
  #  - against all use of pointers: unsafe-buffer-usage
  #  - against std::lock_guard without its argument, for which the standard library has no guide: ctad-maybe-unsupported
  #  - that clang 14 gives for every defaulted <=>: zero-as-null-pointer-constant
  # An older clang does not know all of these names. It warns before it makes code, which nobody runs.
  target_compile_options(warnings PRIVATE -O0 -fno-sanitize=all -Weverything
    -Wno-c++98-compat -Wno-c++98-compat-pedantic -Wno-pre-c++14-compat -Wno-pre-c++17-compat
    -Wno-pre-c++20-compat-pedantic -Wno-c++20-compat -Wno-padded -Wno-switch-default -Wno-unsafe-buffer-usage
    -Wno-ctad-maybe-unsupported -Wno-zero-as-null-pointer-constant -Wno-unknown-warning-option)
endif()
