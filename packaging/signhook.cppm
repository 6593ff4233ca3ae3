// SPDX-License-Identifier: BSL-1.0
module;

#include <signhook/signhook.hpp>

// What signhook.hpp has, as a module; macros and format.hpp are still to be included. tests/api keeps
// the list.
export module signhook;

export namespace signhook {

using signhook::decoder;
using signhook::decoder_options;
using signhook::describe;
using signhook::dossier;
using signhook::dossier_id;
using signhook::dossier_prepared;
using signhook::dossier_state;
using signhook::dossier_state_updated;
using signhook::encode;
using signhook::encode_to;
using signhook::errc;
using signhook::error;
using signhook::event;
using signhook::event_id;
using signhook::event_types;
using signhook::finding;
using signhook::inline_text;
using signhook::invite;
using signhook::invite_created;
using signhook::invite_expired;
using signhook::invite_id;
using signhook::invite_undelivered;
using signhook::invite_viewed;
using signhook::invitee;
using signhook::invitee_id;
using signhook::invitee_reference;
using signhook::invitee_state;
using signhook::invitee_state_updated;
using signhook::known_event;
using signhook::locate;
using signhook::location;
using signhook::max_encoded_size;
using signhook::member;
using signhook::name;
using signhook::open_state;
using signhook::reassign_request;
using signhook::reassign_request_id;
using signhook::reassign_request_state;
using signhook::reassign_request_state_updated;
using signhook::result;
using signhook::samples;
using signhook::schema;
using signhook::schema_form;
using signhook::severity;
using signhook::tagged_id;
using signhook::timestamp;
using signhook::type_member;
using signhook::type_of;
using signhook::type_text;
using signhook::unknown;
using signhook::unknown_event;
using signhook::unknown_members;
using signhook::uuid;
using signhook::write_json_schema;

}  // namespace signhook
