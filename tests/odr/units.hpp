// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>
#include <string_view>

// Throws if `throws` is set, for units that have exceptions; otherwise returns true.
bool handle_or_throw();

// A unit with its own options: what its code makes, and what its code says of what another unit has made. The
// objects are behind pointers, because a unit that may not share types with others is one of them.
struct unit {
  std::string_view name;      // of the options
  std::string_view abi;       // the inline namespace of its types
  void* (*make)();            // a decoder and a receiver
  std::string (*use)(void*);  // the results of everything with these
  void (*destroy)(void*);
  bool has_exceptions;
  bool (*catches)();  // true if an exception of `handle_or_throw` is caught
};

extern const unit unit_checked;
extern const unit unit_plain;
extern const unit unit_native;
extern const unit unit_newer;
extern const unit unit_scalar;
