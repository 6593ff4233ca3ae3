// SPDX-License-Identifier: BSL-1.0
// Jsonifier into structs of strings, which it cannot make views, from a reused pool. It validates UTF-8 only when
// asked to, as here.
#include "wire.hpp"

#include <array>
#include <cstddef>
#include <jsonifier>
#include <new>
#include <string>

namespace {

// The strings of one body. Nothing is freed before the next one.
struct {
  std::array<char, 65536> bytes;
  std::size_t used;
} pool;

template <class T>
struct pool_allocator {
  using value_type = T;

  T* allocate(std::size_t count) {
    static_assert(sizeof(T) == 1);
    if (count > pool.bytes.size() - pool.used) throw std::bad_alloc();
    T* const made = pool.bytes.data() + pool.used;
    pool.used += count;
    return made;
  }
  void deallocate(T*, std::size_t) noexcept {}
  friend bool operator==(pool_allocator, pool_allocator) noexcept { return true; }
};

using text = std::basic_string<char, std::char_traits<char>, pool_allocator<char>>;
using named = bench::wire::named<text>;
using with_state = bench::wire::with_state<text>;
using with_optional_state = bench::wire::with_optional_state<text>;
using request = bench::wire::request<text>;
using body = bench::wire::body<text>;

}  // namespace

namespace jsonifier {

template <>
struct core<named> {
  using value_type = named;
  static constexpr auto parseValue = createValue<&named::id>();
};

template <>
struct core<with_state> {
  using value_type = with_state;
  static constexpr auto parseValue = createValue<&with_state::id, &with_state::state>();
};

template <>
struct core<with_optional_state> {
  using value_type = with_optional_state;
  static constexpr auto parseValue =
      createValue<&with_optional_state::id, &with_optional_state::state>();
};

template <>
struct core<request> {
  using value_type = request;
  static constexpr auto parseValue =
      createValue<&request::id, &request::state, &request::originalInvitee>();
};

template <>
struct core<body> {
  using value_type = body;
  static constexpr auto parseValue =
      createValue<&body::id, &body::type, &body::created, &body::dossier, &body::invite,
                  &body::invitee, &body::reassignRequest>();
};

}  // namespace jsonifier

namespace bench {
namespace {

class jsonifier : public adapter {
 public:
  bool decode(std::string_view from, signhook::event& into) override {
    constexpr ::jsonifier::parse_options how{.validateUtf8 = true};
    pool.used = 0;
    body read;
    return parser_.parseJson<how>(read, from) && wire::fill_event(read, into);
  }

 private:
  ::jsonifier::jsonifier_core<> parser_;
};

}  // namespace

std::unique_ptr<adapter> make_jsonifier() { return std::make_unique<jsonifier>(); }

}  // namespace bench
