// SPDX-License-Identifier: BSL-1.0
// daw_json_link into structs with views of the body's texts, as they stand there: none of these members has an
// escape in practice. It does not validate UTF-8.
#include "wire.hpp"

#include <daw/json/daw_json_link.h>

#include <optional>

namespace {

using text = std::string_view;
using named = bench::wire::named<text>;
using with_state = bench::wire::with_state<text>;
using with_optional_state = bench::wire::with_optional_state<text>;
using request = bench::wire::request<text>;
using body = bench::wire::body<text>;

}  // namespace

namespace daw::json {

template <>
struct json_data_contract<named> {
  using type = json_member_list<json_string_raw<"id", text>>;
};

template <>
struct json_data_contract<with_state> {
  using type = json_member_list<json_string_raw<"id", text>, json_string_raw<"state", text>>;
};

template <>
struct json_data_contract<with_optional_state> {
  using type = json_member_list<json_string_raw<"id", text>,
                                json_string_raw_null<"state", std::optional<text>>>;
};

template <>
struct json_data_contract<request> {
  using type = json_member_list<json_string_raw<"id", text>, json_string_raw<"state", text>,
                                json_class_null<"originalInvitee", std::optional<with_state>>>;
};

template <>
struct json_data_contract<body> {
  using type = json_member_list<json_string_raw<"id", text>, json_string_raw<"type", text>,
                                json_string_raw<"created", text>,
                                json_class_null<"dossier", std::optional<with_state>>,
                                json_class_null<"invite", std::optional<named>>,
                                json_class_null<"invitee", std::optional<with_optional_state>>,
                                json_class_null<"reassignRequest", std::optional<request>>>;
};

}  // namespace daw::json

namespace bench {
namespace {

class daw_json_link : public adapter {
 public:
  bool decode(std::string_view from, signhook::event& into) override {
    try {
      return wire::fill_event(daw::json::from_json<body>(from), into);
    } catch (const daw::json::json_exception&) {
      return false;
    }
  }
};

}  // namespace

std::unique_ptr<adapter> make_daw_json_link() { return std::make_unique<daw_json_link>(); }

}  // namespace bench
