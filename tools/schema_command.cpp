// SPDX-License-Identifier: BSL-1.0
#include "schema_command.hpp"

#include "output.hpp"
#include <signhook/json_schema.hpp>
#include <signhook/schema.hpp>
#include <signhook/subscription/json_schema.hpp>

#include <iterator>
#include <type_traits>
#include <variant>

exit_code print_schema(const std::string& type, signhook::schema_form form) {
  std::string text;
  if (type.empty()) {
    signhook::write_json_schema(std::back_inserter(text), form);
  } else if (type == resource_names[0]) {
    signhook::write_json_schema<signhook::webhook>(std::back_inserter(text), form);
  } else if (type == resource_names[1]) {
    signhook::write_json_schema<signhook::subscription_request>(std::back_inserter(text), form);
  } else if (type == resource_names[2]) {
    signhook::write_json_schema<signhook::api_error>(std::back_inserter(text), form);
  } else {
    const auto write = [&]<class Event>(const Event&) {
      if constexpr (signhook::known_event<Event>) {
        signhook::write_json_schema<Event>(std::back_inserter(text), form);
      }
    };
    for (const signhook::event& sample : signhook::samples) {
      if (type == signhook::type_of(sample)) std::visit(write, sample);
    }
  }
  output out;
  out.line(text);
  return out.finish() ? exit_code::accepted : exit_code::failed;
}
