// SPDX-License-Identifier: BSL-1.0
#include "adapter.hpp"

#include <nlohmann/json.hpp>

namespace bench {
namespace {

using nlohmann::json;

struct object {
  const json* at = nullptr;
};

bool find_text(object& in, std::string_view key, std::string_view& text) {
  const auto found = in.at->find(key);
  if (found == in.at->end() || !found->is_string()) return false;
  text = found->get_ref<const json::string_t&>();
  return true;
}
bool find_object(object& in, std::string_view key, object& member) {
  const auto found = in.at->find(key);
  if (found == in.at->end() || !found->is_object()) return false;
  member.at = &*found;
  return true;
}
bool has(object& in, std::string_view key) { return in.at->contains(key); }

class nlohmann_json : public adapter {
 public:
  bool decode(std::string_view body, signhook::event& into) override {
    const json top = json::parse(body, nullptr, false);
    if (!top.is_object()) return false;
    object object{&top};
    return bind_event(object, into);
  }
};

}  // namespace

std::unique_ptr<adapter> make_nlohmann() { return std::make_unique<nlohmann_json>(); }

}  // namespace bench
