// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "http/headers.hpp"

#include <string_view>

// Throws std::runtime_error, with a message that does not contain a value, if the client cannot send these
// headers: a name that is not a token, a value with CR, LF, NUL or white space around it, a second
// Content-Type, or a header that the client writes itself because it belongs to the connection or the
// framing of a request.
void check_request_headers(const http_headers& headers);

// Throws std::runtime_error if a header cannot carry the secret such that the server sees the same bytes.
// `what` names the secret in the message.
void check_secret(std::string_view what, std::string_view secret);
