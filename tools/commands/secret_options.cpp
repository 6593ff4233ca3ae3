// SPDX-License-Identifier: BSL-1.0
#include "commands/secret_options.hpp"

#include "commands/option_types.hpp"
#include "http/request_headers.hpp"
#include "system/secret_file.hpp"
#include <signhook/detail/http/field_name.hpp>
#include <signhook/schema.hpp>

#include <fmt/format.h>

#include <cstddef>
#include <stdexcept>

void secret_options::add_to(CLI::App& app, bool is_needed, const std::string& prefix) {
  auto* const name = app.add_option("--" + prefix + "secret-header", header,
                                    "Name the header that holds the secret");
  if (is_needed) name->required();
  one_value_each(
      app.add_option("--" + prefix + "secret-file", files,
                     fmt::format("Read the secret from this file (default: ${})", variable)))
      ->type_name("PATH")
      ->needs(name);
}

std::vector<std::string> secret_options::secrets() const {
  std::vector<std::string> all;
  for (const std::string& path : files) all.push_back(read_secret_file(path));
  if (all.empty()) all.push_back(secret_from_environment(variable));
  if (all.front().empty()) all.clear();
  return all;
}

std::vector<std::pair<std::string, std::string>> secret_options::headers() const {
  if (header.empty()) return {};
  const std::vector<std::string> all = secrets();
  if (all.size() != 1) throw std::runtime_error("expected exactly one secret to send");
  check_secret("secret", all.front());
  if (signhook::detail::is_reserved_name(header)) {
    throw std::runtime_error("HTTP itself uses the header " + header);
  }
  return {{header, all.front()}};
}

std::pair<std::string, std::string> header_of(const std::string& text) {
  const std::size_t colon = text.find(':');
  // The white space around a value is not part of it (RFC 9110, section 5.5).
  constexpr const char* space = " \t";
  const std::size_t value =
      text.find_first_not_of(space, colon == std::string::npos ? 0 : colon + 1);
  if (colon == std::string::npos || colon == 0 || value == std::string::npos) {
    throw std::runtime_error("expected a header as NAME:VALUE");
  }
  return {text.substr(0, colon), text.substr(value, text.find_last_not_of(space) - value + 1)};
}

std::vector<std::string> known_types() {
  return {signhook::event_types.begin(), signhook::event_types.end()};
}
