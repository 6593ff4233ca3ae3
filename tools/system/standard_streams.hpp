// SPDX-License-Identifier: BSL-1.0
#pragma once

// Opens /dev/null in the place of each standard stream that was closed when the program began, in the wrong
// direction, so that writing to it fails. Otherwise the next file that is opened would take its place.
void keep_standard_streams();
