// SPDX-License-Identifier: BSL-1.0
#pragma once

/// The whole library but for `format.hpp`, which needs fmt.
#include <signhook/bytes.hpp>
#include <signhook/config.hpp>
#include <signhook/decoder.hpp>
#include <signhook/decoder_options.hpp>
#include <signhook/delivery.hpp>
#include <signhook/encoder.hpp>
#include <signhook/enumeration.hpp>
#include <signhook/error.hpp>
#include <signhook/event.hpp>
#include <signhook/inbox.hpp>
#include <signhook/inbox/memory.hpp>
#include <signhook/inbox/queue.hpp>
#include <signhook/json_schema.hpp>
#include <signhook/message.hpp>
#include <signhook/ndjson.hpp>
#include <signhook/projection.hpp>
#include <signhook/projection/sql.hpp>
#include <signhook/projection/storage.hpp>
#include <signhook/receive_result.hpp>
#include <signhook/receiver.hpp>
#include <signhook/result.hpp>
#include <signhook/schema.hpp>
#include <signhook/subscription.hpp>
#include <signhook/subscription/json_schema.hpp>
#include <signhook/timestamp.hpp>
#include <signhook/uuid.hpp>
#include <signhook/version.hpp>
