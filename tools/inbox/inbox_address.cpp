// SPDX-License-Identifier: BSL-1.0
#include "inbox/inbox_address.hpp"

#include <stdexcept>
#include <string_view>

inbox_address inbox_address::parse(const std::string& text) {
  constexpr std::string_view file = "sqlite:";
  if (text.starts_with(file) && text.size() > file.size()) {
    return {inbox_engine::sqlite, text.substr(file.size())};
  }
  if (text.starts_with("postgresql://") || text.starts_with("postgres://")) {
    return {inbox_engine::postgresql, text};
  }
  throw std::runtime_error("expected an inbox as sqlite:FILE or postgresql://...");
}
