// SPDX-License-Identifier: BSL-1.0
#include "commands/cloud_event_options.hpp"

#include <signhook/encoder/cloudevents.hpp>

#include <map>

void cloud_event_options::add_to(CLI::App& app, const std::string& prefix) {
  // As numbers, because the help shows the values: an enumerator of one byte would be a control character.
  static const std::map<std::string, int> modes{
      {"structured", static_cast<int>(forward_form::structured)},
      {"binary", static_cast<int>(forward_form::binary)}};
  auto* const cloud_events =
      app.add_option("--" + prefix + "cloudevents", mode,
                     "Post events as CloudEvents 1.0: in JSON with the body in data "
                     "(structured), or as they are with the attributes in header fields (binary)")
          ->transform(CLI::CheckedTransformer(modes));
  source = signhook::cloud_event_source().view();
  app.add_option("--" + prefix + "source", source, "Give CloudEvents this source, a URI-reference")
      ->type_name("URI")
      ->capture_default_str()
      ->needs(cloud_events);
}
