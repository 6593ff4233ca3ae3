// SPDX-License-Identifier: BSL-1.0
#pragma once

// Opens standard input, output and error where the program was started without, such that using them fails
// as it does with a closed descriptor. Otherwise the next file that is opened, or the next connection, would
// take the number, and get the messages. Called before anything is opened.
void open_standard_streams();
