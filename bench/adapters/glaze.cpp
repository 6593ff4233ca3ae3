// SPDX-License-Identifier: BSL-1.0
// glaze, which needs C++23, into structs with views of the body's texts. It validates UTF-8, and here also what it
// skips.
#include "wire.hpp"

#include <glaze/json/read.hpp>

namespace bench {
namespace {

struct options : glz::opts {
  bool validate_skipped = true;
};

class glaze : public adapter {
 public:
  bool decode(std::string_view body, signhook::event& into) override {
    constexpr options how{{.null_terminated = false, .error_on_unknown_keys = false}};
    wire::body<std::string_view> read;
    return !glz::read<how>(read, body) && wire::fill_event(read, into);
  }
};

}  // namespace

std::unique_ptr<adapter> make_glaze() { return std::make_unique<glaze>(); }

}  // namespace bench
