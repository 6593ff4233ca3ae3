// SPDX-License-Identifier: BSL-1.0
// RapidJSON with a reused pool, and with its UTF-8 validation on, which is off by default.
#include "adapter.hpp"

#include <rapidjson/document.h>

#include <array>

namespace bench {
namespace {

using pool = rapidjson::MemoryPoolAllocator<>;
using document = rapidjson::GenericDocument<rapidjson::UTF8<>, pool, pool>;

struct object {
  const document::ValueType* at = nullptr;
};

const document::ValueType* find(object& in, std::string_view key) {
  const document::ValueType name(rapidjson::StringRef(key.data(), key.size()));
  const auto found = in.at->FindMember(name);
  return found == in.at->MemberEnd() ? nullptr : &found->value;
}
bool find_text(object& in, std::string_view key, std::string_view& text) {
  const auto* const found = find(in, key);
  if (found == nullptr || !found->IsString()) return false;
  text = {found->GetString(), found->GetStringLength()};
  return true;
}
bool find_object(object& in, std::string_view key, object& member) {
  member.at = find(in, key);
  return member.at != nullptr && member.at->IsObject();
}
bool has(object& in, std::string_view key) { return find(in, key) != nullptr; }

class rapid : public adapter {
 public:
  bool decode(std::string_view body, signhook::event& into) override {
    pool values(values_.data(), values_.size());
    pool stack(stack_.data(), stack_.size());
    document top(&values, 1024, &stack);
    top.Parse<rapidjson::kParseValidateEncodingFlag>(body.data(), body.size());
    if (top.HasParseError() || !top.IsObject()) return false;
    object object{&top};
    return bind_event(object, into);
  }

 private:
  std::array<char, 65536> values_{};
  std::array<char, 65536> stack_{};
};

}  // namespace

std::unique_ptr<adapter> make_rapidjson() { return std::make_unique<rapid>(); }

}  // namespace bench
