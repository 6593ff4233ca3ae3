// SPDX-License-Identifier: BSL-1.0
#pragma once

// The only copy of the version: CMake, Meson and the package recipes read these three lines.

/// Grows with incompatible changes; while it is 0, the minor number does.
#define SIGNHOOK_VERSION_MAJOR 0
/// Grows with additions.
#define SIGNHOOK_VERSION_MINOR 1
/// Grows with fixes.
#define SIGNHOOK_VERSION_PATCH 0

/// One number that grows with every release, for `#if`: 1.2.3 is 10203.
#define SIGNHOOK_VERSION \
  (SIGNHOOK_VERSION_MAJOR * 10000 + SIGNHOOK_VERSION_MINOR * 100 + SIGNHOOK_VERSION_PATCH)
