// SPDX-License-Identifier: BSL-1.0
// Nothing that is freed holds a secret any more, in an optimised build too.
#include <signhook/receiver.hpp>

#include <array>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <optional>
#include <string_view>
#include <utility>

namespace {

constexpr std::string_view secret = "c2VjcmV0IG9mIHRoZSB0ZXN0cw==";
std::size_t freed = 0;
std::size_t with_secret = 0;

void look_and_free(void* gone, std::size_t size) noexcept {
  const std::string_view bytes(static_cast<const char*>(gone), size);
  ++freed;
  if (bytes.find(secret) != std::string_view::npos) ++with_secret;
  std::free(gone);
}

}  // namespace

// The size stands before what is given out, for those who delete without it.
constexpr std::size_t size_room = alignof(std::max_align_t);

void* operator new(std::size_t size) {
  void* const made = std::malloc(size + size_room);
  if (made == nullptr) std::abort();
  *static_cast<std::size_t*>(made) = size;
  return static_cast<char*>(made) + size_room;
}
void operator delete(void* gone) noexcept {
  if (gone == nullptr) return;
  void* const made = static_cast<char*>(gone) - size_room;
  look_and_free(made, *static_cast<std::size_t*>(made) + size_room);
}
void operator delete(void* gone, std::size_t) noexcept { operator delete(gone); }

// AddressSanitizer's other forms do not call these.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return operator new(size); }
void* operator new[](std::size_t size) { return operator new(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return operator new(size);
}
void operator delete[](void* gone) noexcept { operator delete(gone); }
void operator delete[](void* gone, std::size_t) noexcept { operator delete(gone); }

int main() {
  // It would be seen.
  auto* const seen = new std::array<char, 64>{};
  secret.copy(seen->data(), secret.size());
  // Read by nobody but the look before it is freed: the compiler must not leave it out.
  static_cast<void>(*static_cast<volatile char*>(seen->data()));
  delete seen;
  if (with_secret != 1) return 2;

  with_secret = 0;
  freed = 0;
  {
    const std::array<std::string_view, 2> secrets = {secret, secret};
    auto made = signhook::receiver::make({.secret_header = "X-Secret", .secrets = secrets});
    if (!made) return 3;
    std::optional<signhook::receiver> moved(std::move(*made));
    const std::array<signhook::header, 1> headers = {{{"X-Secret", secret}}};
    if (moved->receive("POST", headers, {}, {}).status != 200) return 4;
  }
  std::printf("%zu freed, %zu with the secret\n", freed, with_secret);
  return freed >= 3 && with_secret == 0 ? 0 : 1;
}
