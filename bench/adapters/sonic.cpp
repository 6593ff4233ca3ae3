// SPDX-License-Identifier: BSL-1.0
// sonic-cpp's DOM with a reused pool. It does not validate UTF-8.
#include "adapter.hpp"

#include <sonic/sonic.h>

#include <array>

namespace bench {
namespace {

using pool = sonic_json::MemoryPoolAllocator<>;
using node = sonic_json::DNode<pool>;

struct object {
  const node* at = nullptr;
};

const node* find(object& in, std::string_view key) {
  const auto found = in.at->FindMember({key.data(), key.size()});
  return found == in.at->MemberEnd() ? nullptr : &found->value;
}
bool find_text(object& in, std::string_view key, std::string_view& text) {
  const node* const found = find(in, key);
  if (found == nullptr || !found->IsString()) return false;
  const auto view = found->GetStringView();
  text = {view.data(), view.size()};
  return true;
}
bool find_object(object& in, std::string_view key, object& member) {
  member.at = find(in, key);
  return member.at != nullptr && member.at->IsObject();
}
bool has(object& in, std::string_view key) { return find(in, key) != nullptr; }

class sonic : public adapter {
 public:
  bool decode(std::string_view body, signhook::event& into) override {
    pool_.Clear();
    sonic_json::GenericDocument<node> top(&pool_);
    top.Parse(body.data(), body.size());
    if (top.HasParseError() || !top.IsObject()) return false;
    object object{&top};
    return bind_event(object, into);
  }

 private:
  std::array<char, 262144> room_{};
  sonic_json::SimpleAllocator base_;
  pool pool_{room_.data(), room_.size(), 65536, &base_};
};

}  // namespace

std::unique_ptr<adapter> make_sonic() { return std::make_unique<sonic>(); }

}  // namespace bench
