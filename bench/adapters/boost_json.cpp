// SPDX-License-Identifier: BSL-1.0
// Boost.JSON with its values in a reused buffer. The reference decoder's library defines its functions.
#include "adapter.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/static_resource.hpp>

#include <array>

namespace bench {
namespace {

namespace json = boost::json;

struct object {
  const json::object* at = nullptr;
};

bool find_text(object& in, std::string_view key, std::string_view& text) {
  const json::value* const found = in.at->if_contains({key.data(), key.size()});
  if (found == nullptr || !found->is_string()) return false;
  text = {found->get_string().data(), found->get_string().size()};
  return true;
}
bool find_object(object& in, std::string_view key, object& member) {
  const json::value* const found = in.at->if_contains({key.data(), key.size()});
  if (found == nullptr || !found->is_object()) return false;
  member.at = &found->get_object();
  return true;
}
bool has(object& in, std::string_view key) { return in.at->contains({key.data(), key.size()}); }

class boost_json : public adapter {
 public:
  bool decode(std::string_view body, signhook::event& into) override {
    json::static_resource memory(buffer_.data(), buffer_.size());
    boost::system::error_code error;
    const json::value top = json::parse({body.data(), body.size()}, error, &memory);
    if (error || !top.is_object()) return false;
    object object{&top.get_object()};
    return bind_event(object, into);
  }

 private:
  std::array<unsigned char, 65536> buffer_{};
};

}  // namespace

std::unique_ptr<adapter> make_boost_json() { return std::make_unique<boost_json>(); }

}  // namespace bench
