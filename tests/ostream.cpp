// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include "printed.hpp"
#include <signhook/ostream.hpp>

#include <cstddef>
#include <iomanip>
#include <sstream>
#include <string>
#include <string_view>

namespace {

// Writes with each adjustment, and then once more, as the width holds for one value.
template <class T>
std::string adjusted(const T& value, std::size_t width) {
  std::ostringstream out;
  for (const auto adjust : {std::ios::left, std::ios::right, std::ios::internal}) {
    out.setf(adjust, std::ios::adjustfield);
    out << std::setfill('*') << std::setw(static_cast<int>(width)) << value << '|' << value << '\n';
  }
  return out.str();
}

}  // namespace

TEST_CASE("streams print every type as they print its text") {
  printed::for_each([](const auto& value, const std::string& text) {
    std::ostringstream out;
    out << value;
    CHECK(out.str() == text);
    for (const std::size_t width :
         {std::size_t{1}, text.size(), text.size() + 1, text.size() + 7}) {
      CHECK(adjusted(value, width) == adjusted(std::string_view(text), width));
    }
  });
}

TEST_CASE("a stream that has failed stays so, and gets nothing") {
  std::ostringstream out;
  out.setstate(std::ios::failbit);
  out << signhook::uuid() << signhook::errc::too_deep;
  CHECK(out.fail());
  CHECK(out.str().empty());
}
