// SPDX-License-Identifier: BSL-1.0
// Any bytes: the promises that hold for every answer.
//   cmake --workflow --preset fuzz && build/fuzz/fuzz/decode -dict=build/fuzz/fuzz/decode.dict build/fuzz/fuzz/seeds/decode
#include "../tests/allocations.hpp"
#include "target.hpp"
#include <signhook/format.hpp>
#include <signhook/signhook.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace {

using namespace signhook;

// The pointers of all members of all events, by the schema.
using pointers = std::set<std::string, std::less<>>;

template <class Object, class Value>
void add_pointers(pointers& to, const std::string& under, const member<Object, Value>& of);

template <class Object>
void add_pointers(pointers& to, const std::string& under, const Object*) {
  to.insert(under);
  if constexpr (requires { schema<Object>::members; }) {
    const auto add = [&](const auto& of) {
      if constexpr (std::is_same_v<decltype(of), const type_member&>) {
        to.insert(under + "/" + std::string(of.name));
      } else {
        add_pointers(to, under, of);
      }
    };
    std::apply([&](const auto&... members) { (add(members), ...); }, schema<Object>::members);
  }
}

template <class Object, class Value>
void add_pointers(pointers& to, const std::string& under, const member<Object, Value>& of) {
  const std::string path = under + "/" + std::string(of.name);
  if constexpr (requires { typename Value::value_type; }) {
    add_pointers(to, path, static_cast<const typename Value::value_type*>(nullptr));
  } else {
    add_pointers(to, path, static_cast<const Value*>(nullptr));
  }
}

const pointers all_pointers = [] {
  pointers made;
  [&]<class... Event>(std::type_identity<std::variant<Event...>>) {
    (add_pointers(made, "", static_cast<const Event*>(nullptr)), ...);
  }(std::type_identity<event>{});
  return made;
}();

void check_error(std::string_view body, const error& found) {
  if (found.offset > body.size()) fuzz::stop(body, "an offset after the end of the body");
  if (!all_pointers.contains(found.path))
    fuzz::stop(body, "a pointer that the schema does not have");
  if (name(found.code).empty() || describe(found.code).empty()) fuzz::stop(body, "no such code");

  location counted;
  for (const char c : body.substr(0, found.offset)) {
    counted.column = c == '\n' ? 1 : counted.column + 1;
    counted.line += c == '\n' ? 1U : 0U;
  }
  if (locate(body, found) != counted) fuzz::stop(body, "locate() does not count");
}

struct checked {
  std::string name;
  decoder with;
};

class diagnostics {
 public:
  void add(const diagnostic& found) {
    if (found.severity == severity::error && !first_) first_ = found.error;
    is_sorted_ = is_sorted_ && found.error.offset >= last_offset_;
    last_offset_ = found.error.offset;
    ++count_;
  }

  std::optional<error> first_;
  bool is_sorted_ = true;
  std::uint32_t last_offset_ = 0;
  std::size_t count_ = 0;
};

void check(checked& one, std::string_view body, simdjson::padded_string_view padded) {
  const auto stop = [&](const char* why) { fuzz::stop(body, one.name + ": " + why); };

  const std::size_t before = allocations::count();
  const result<event> decoded = one.with.decode(body);
  const result<event> decoded_padded = one.with.decode(padded);
  const result<event> decoded_again = one.with.decode(body);
  diagnostics found;
  const bool is_valid =
      one.with.validate(body, [&](const diagnostic& next) noexcept { found.add(next); });
  if (allocations::count() != before) stop("something was allocated");

  if (decoded != decoded_padded) stop("padding makes a difference");
  if (decoded != decoded_again) stop("decoding twice gives two results");
  if (is_valid != decoded.has_value()) stop("validate() and decode() disagree");
  if (found.first_.has_value() == is_valid)
    stop("validate() returns true and reports an error, or the reverse");
  if (!decoded && found.first_ != decoded.error()) stop("decode()'s error is not the first found");
  if (!found.is_sorted_) stop("diagnostics out of order");
  if (found.count_ > body.size() + 16) stop("more diagnostics than bytes and members");

  one.with.validate(body, [&](const diagnostic& next) {
    check_error(body, next.error);
    const auto at = static_cast<std::size_t>(next.source.data() - body.data());
    if (at != next.error.offset || next.source.size() > body.size() - at)
      stop("a source elsewhere than its error");
  });
  if (!decoded) {
    const std::string drawn = fmt::format("{}", drawing{"body", body, decoded.error()});
    if (std::any_of(drawn.begin(), drawn.end(),
                    [](char c) { return (c < ' ' && c != '\n') || c == '\x7f'; })) {
      stop("a drawing with control characters");
    }
  } else if (fmt::format("{}", *decoded).find_first_of("\n\x1b") != std::string::npos) {
    stop("an event that does not print on one line");
  }
}

std::vector<checked> make_decoders() {
  decoder_options small;
  small.max_bytes = 300;
  decoder_options shallow;
  shallow.max_depth = 2;
  decoder_options half;
  half.states = unknown::reject;
  std::vector<checked> made;
  made.push_back({"tolerant", decoder()});
  made.push_back({"strict", decoder(decoder_options::strict())});
  made.push_back({"300 bytes", decoder(small)});
  made.push_back({"two levels", decoder(shallow)});
  made.push_back({"known states", decoder(half)});
  return made;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static std::vector<checked> decoders = make_decoders();
  const std::string_view body = fuzz::input(data, size);
  // Exactly the required size, so that a sanitizer reports reads after the end; the bytes after the
  // body could be mistaken for a part of it.
  const std::size_t capacity = size + simdjson::SIMDJSON_PADDING;
  const std::unique_ptr<char[]> padded(new char[capacity]);
  std::copy(body.begin(), body.end(), padded.get());
  for (std::size_t i = size; i < capacity; ++i) padded[i] = "\"}],: \\1"[(size + i) % 8];
  for (checked& one : decoders)
    check(one, body, simdjson::padded_string_view(padded.get(), size, capacity));
  return 0;
}
