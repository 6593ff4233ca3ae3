// SPDX-License-Identifier: BSL-1.0
// reflect-cpp over yyjson with a reused pool, into structs with views of yyjson's texts: its own `read` of a text
// would allocate the document and a string for each member.
#include "wire.hpp"

#include <rfl.hpp>
#include <rfl/json.hpp>

#include <array>
#include <memory>

namespace bench {
namespace {

struct text {
  static rfl::Result<text> from_json_obj(const rfl::json::Reader::InputVarType& from) {
    if (!yyjson_is_str(from.val_)) return rfl::error("not a string");
    return text{{yyjson_get_str(from.val_), yyjson_get_len(from.val_)}};
  }
  operator std::string_view() const { return view; }

  std::string_view view;
};

class reflect_cpp : public adapter {
 public:
  bool decode(std::string_view body, signhook::event& into) override {
    yyjson_alc pool;
    yyjson_alc_pool_init(&pool, room_.data(), room_.size());
    // Without the flag for work in place the text is only read.
    const std::unique_ptr<yyjson_doc, decltype(&yyjson_doc_free)> document(
        yyjson_read_opts(const_cast<char*>(body.data()), body.size(), 0, &pool, nullptr),
        &yyjson_doc_free);
    if (document == nullptr) return false;
    const auto read = rfl::json::read<wire::body<text>>(
        rfl::json::InputVarType(yyjson_doc_get_root(document.get())));
    return read && wire::fill_event(*read, into);
  }

 private:
  std::array<char, 262144> room_{};
};

}  // namespace

std::unique_ptr<adapter> make_reflect_cpp() { return std::make_unique<reflect_cpp>(); }

}  // namespace bench
