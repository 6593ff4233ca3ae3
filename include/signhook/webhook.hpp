// SPDX-License-Identifier: BSL-1.0
#pragma once

/// The subscription: what is asked for and its requests, what comes back, and whether it fits.
#include <signhook/draft_error.hpp>
#include <signhook/webhook_audit.hpp>
#include <signhook/webhook_draft.hpp>
#include <signhook/webhook_request.hpp>
#include <signhook/webhook_resource.hpp>
