// SPDX-License-Identifier: BSL-1.0
module;

#include <signhook/signhook.hpp>

// What signhook.hpp has, as a module; macros and format.hpp are still to be included. tests/api keeps
// the list.
export module signhook;

export namespace signhook {

using signhook::answer_policy;
using signhook::apply_result;
using signhook::attempt;
using signhook::basic_dossier_projection;
using signhook::basis;
using signhook::bounded_map;
using signhook::can_conflict;
using signhook::claim;
using signhook::decode_lines;
using signhook::decoded_line;
using signhook::decoder;
using signhook::decoder_options;
using signhook::delivery_window;
using signhook::describe;
using signhook::diagnostic;
using signhook::disposition;
using signhook::dossier;
using signhook::dossier_id;
using signhook::dossier_of;
using signhook::dossier_prepared;
using signhook::dossier_projection;
using signhook::dossier_state;
using signhook::dossier_state_updated;
using signhook::duplicate_window;
using signhook::duration_bounds;
using signhook::encode;
using signhook::encode_to;
using signhook::endpoint_health;
using signhook::errc;
using signhook::error;
using signhook::event;
using signhook::event_id;
using signhook::event_types;
using signhook::fate;
using signhook::fault;
using signhook::for_each_observation;
using signhook::header;
using signhook::header_range;
using signhook::health;
using signhook::health_options;
using signhook::inline_text;
using signhook::instant;
using signhook::invite;
using signhook::invite_created;
using signhook::invite_expired;
using signhook::invite_id;
using signhook::invite_status;
using signhook::invite_undelivered;
using signhook::invite_viewed;
using signhook::invitee;
using signhook::invitee_id;
using signhook::invitee_reference;
using signhook::invitee_state;
using signhook::invitee_state_updated;
using signhook::known_event;
using signhook::known_invite;
using signhook::known_invitee;
using signhook::known_reassign_request;
using signhook::latest;
using signhook::line_part;
using signhook::line_sink;
using signhook::lines_summary;
using signhook::locate;
using signhook::location;
using signhook::longest_outage;
using signhook::max_encoded_size;
using signhook::max_retries;
using signhook::max_retry_delay;
using signhook::member;
using signhook::name;
using signhook::never_lose;
using signhook::observation;
using signhook::observation_kind;
using signhook::observation_row;
using signhook::open_state;
using signhook::outage;
using signhook::reassign_request;
using signhook::reassign_request_id;
using signhook::reassign_request_state;
using signhook::reassign_request_state_updated;
using signhook::receipt;
using signhook::receiver;
using signhook::receiver_errc;
using signhook::receiver_options;
using signhook::recovery;
using signhook::result;
using signhook::retry_assumptions;
using signhook::retry_schedule;
using signhook::samples;
using signhook::schema;
using signhook::schema_form;
using signhook::severity;
using signhook::shared_receiver;
using signhook::strict_http;
using signhook::subscription_id;
using signhook::tagged_id;
using signhook::timestamp;
using signhook::type_member;
using signhook::type_of;
using signhook::type_text;
using signhook::unknown;
using signhook::unknown_event;
using signhook::unknown_members;
using signhook::uuid;
using signhook::verdict;
using signhook::write_json_schema;

}  // namespace signhook
