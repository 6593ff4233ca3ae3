// SPDX-License-Identifier: BSL-1.0
#pragma once

/// The whole library but for `format.hpp`, which needs fmt, and `std_format.hpp`, which includes `<format>`.
#include <signhook/config.hpp>
#include <signhook/decoder.hpp>
#include <signhook/decoder/bytes.hpp>
#include <signhook/decoder/options.hpp>
#include <signhook/delivery.hpp>
#include <signhook/encoder.hpp>
#include <signhook/encoder/cloudevents.hpp>
#include <signhook/enumeration.hpp>
#include <signhook/error.hpp>
#include <signhook/error/message.hpp>
#include <signhook/event.hpp>
#include <signhook/inbox.hpp>
#include <signhook/inbox/memory.hpp>
#include <signhook/inbox/queue.hpp>
#include <signhook/ndjson.hpp>
#include <signhook/ostream.hpp>
#include <signhook/projection.hpp>
#include <signhook/projection/sql.hpp>
#include <signhook/projection/storage.hpp>
#include <signhook/receiver.hpp>
#include <signhook/receiver/result.hpp>
#include <signhook/result.hpp>
#include <signhook/schema.hpp>
#include <signhook/schema/asyncapi.hpp>
#include <signhook/schema/json_schema.hpp>
#include <signhook/schema/openapi.hpp>
#include <signhook/subscription.hpp>
#include <signhook/subscription/json_schema.hpp>
#include <signhook/text.hpp>
#include <signhook/timestamp.hpp>
#include <signhook/timestamp/time_point.hpp>
#include <signhook/uuid.hpp>
#include <signhook/version.hpp>
