// SPDX-License-Identifier: BSL-1.0
// yyjson with a reused pool.
#include "adapter.hpp"

#include <yyjson.h>

#include <array>

namespace bench {
namespace {

struct object {
  yyjson_val* at = nullptr;
};

bool find_text(object& in, std::string_view key, std::string_view& text) {
  yyjson_val* const found = yyjson_obj_getn(in.at, key.data(), key.size());
  if (!yyjson_is_str(found)) return false;
  text = {yyjson_get_str(found), yyjson_get_len(found)};
  return true;
}
bool find_object(object& in, std::string_view key, object& member) {
  member.at = yyjson_obj_getn(in.at, key.data(), key.size());
  return yyjson_is_obj(member.at);
}
bool has(object& in, std::string_view key) {
  return yyjson_obj_getn(in.at, key.data(), key.size()) != nullptr;
}

class yy : public adapter {
 public:
  bool decode(std::string_view body, signhook::event& into) override {
    yyjson_alc pool;
    yyjson_alc_pool_init(&pool, room_.data(), room_.size());
    // Without the flag for work in place the text is only read.
    yyjson_doc* const document =
        yyjson_read_opts(const_cast<char*>(body.data()), body.size(), 0, &pool, nullptr);
    object top{yyjson_doc_get_root(document)};
    const bool decoded = yyjson_is_obj(top.at) && bind_event(top, into);
    yyjson_doc_free(document);
    return decoded;
  }

 private:
  std::array<char, 262144> room_{};
};

}  // namespace

std::unique_ptr<adapter> make_yyjson() { return std::make_unique<yy>(); }

}  // namespace bench
