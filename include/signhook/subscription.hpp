// SPDX-License-Identifier: BSL-1.0
#pragma once

/// The subscription: what is asked for and its requests, what comes back, and whether it fits.
#include <signhook/subscription/audit.hpp>
#include <signhook/subscription/encode.hpp>
#include <signhook/subscription/event_types.hpp>
#include <signhook/subscription/request.hpp>
#include <signhook/subscription/request_error.hpp>
#include <signhook/subscription/resource.hpp>
