// SPDX-License-Identifier: BSL-1.0
// No copy of a secret stays: neither in memory that is freed, nor on the stack or the heap after a
// request, accepted or not. Built without optimisation and with.
#include <signhook/receiver.hpp>

#include <pthread.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

namespace {

constexpr std::string_view accepted = "c2VjcmV0IG9mIHRoZSB0ZXN0cw==";
constexpr std::string_view wrong = "YW5vdGhlciBvbmUgb2YgdGhlc2U=";

// True if eight bytes of the secret in a row are there, which no chance explains.
bool holds(const void* memory, std::size_t size, std::string_view secret) {
  const std::string_view bytes(static_cast<const char*>(memory), size);
  for (std::size_t at = 0; at + 8 <= secret.size(); ++at) {
    if (bytes.find(secret.substr(at, 8)) != std::string_view::npos) return true;
  }
  return false;
}

// All that is allocated and not freed.
struct block {
  void* memory;
  std::size_t size;
};
std::array<block, 4096> live;
std::size_t freed = 0;
std::size_t freed_with_secret = 0;

std::size_t live_with(std::string_view secret) {
  return static_cast<std::size_t>(std::count_if(live.begin(), live.end(), [&](const block& one) {
    return one.memory != nullptr && holds(one.memory, one.size, secret);
  }));
}

}  // namespace

void* operator new(std::size_t size) {
  void* const made = std::calloc(1, size);
  const auto free_place = std::find_if(live.begin(), live.end(),
                                       [](const block& one) { return one.memory == nullptr; });
  if (made == nullptr || free_place == live.end()) std::abort();
  *free_place = {made, size};
  return made;
}
void operator delete(void* gone) noexcept {
  if (gone == nullptr) return;
  const auto one = std::find_if(live.begin(), live.end(),
                                [gone](const block& each) { return each.memory == gone; });
  if (one == live.end()) std::abort();
  ++freed;
  if (holds(one->memory, one->size, accepted)) ++freed_with_secret;
  *one = {};
  std::free(gone);
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

namespace {

// A compiler must not drop a copy that nobody reads.
void escape(const void* memory) { asm volatile("" : : "r"(memory) : "memory"); }

// A thread whose stack can be read when it has ended.
struct work {
  const signhook::receiver* with = nullptr;
  signhook::decoder* decoding = nullptr;
  std::string_view sent = {};
  int status = 0;
  void (*run)(work&) = nullptr;
};

// Runs so deep in the stack that the end of the thread overwrites nothing of it.
void* run_deep(void* of) {
  work& one = *static_cast<work*>(of);
  std::array<char, 16384> pad;
  escape(pad.data());
  one.run(one);
  escape(pad.data());
  return nullptr;
}

void receive(work& one) {
  const std::array<signhook::header, 2> headers = {
      {{"X-Secret", one.sent}, {"Content-Type", "application/json"}}};
  one.status =
      one.with->receive(*one.decoding, {.method = "POST", .headers = headers, .body = "{\"id\":1}"})
          .status;
}

void copy_secret(work& one) {
  std::array<char, 64> copy{};
  one.sent.copy(copy.data(), copy.size());
  escape(copy.data());
}

alignas(4096) std::array<char, std::size_t{1} << 18U> stack;

// True if the secret is on the stack when the work is done.
bool leaves_secret(void (*run)(work&), work& of) {
  of.run = run;
  stack.fill(0);
  pthread_attr_t attributes;
  pthread_t thread;
  if (pthread_attr_init(&attributes) != 0 ||
      pthread_attr_setstack(&attributes, stack.data(), stack.size()) != 0 ||
      pthread_create(&thread, &attributes, run_deep, &of) != 0 ||
      pthread_join(thread, nullptr) != 0) {
    std::abort();
  }
  pthread_attr_destroy(&attributes);
  return holds(stack.data(), stack.size(), of.sent);
}

bool fails(bool is_wrong, const char* what) {
  if (is_wrong) std::printf("%s\n", what);
  return is_wrong;
}

}  // namespace

int main() {
  // Both would be seen.
  auto* const seen = new std::array<char, 64>{};
  accepted.copy(seen->data(), accepted.size());
  escape(seen->data());
  const bool is_live = live_with(accepted) == 1;
  delete seen;
  if (!is_live || freed_with_secret != 1) return 2;
  work of{nullptr, nullptr, accepted};
  if (!leaves_secret(copy_secret, of)) return 3;

  freed = 0;
  freed_with_secret = 0;
  bool is_wrong = false;
  {
    const std::array<std::string_view, 2> secrets = {accepted, accepted};
    auto made = signhook::receiver::make({.secret_header = "X-Secret", .secrets = secrets});
    if (!made) return 4;
    const std::optional<signhook::receiver> moved(std::move(*made));
    signhook::decoder decoding;
    for (const auto& [sent, status, kept] : {std::tuple{accepted, 200, 1U}, {wrong, 401, 0U}}) {
      work one{&*moved, &decoding, sent};
      is_wrong = fails(leaves_secret(receive, one), "a copy is on the stack") || is_wrong;
      is_wrong = fails(live_with(sent) != kept, "a copy is on the heap") || is_wrong;
      is_wrong = fails(one.status != status, "the request was not judged") || is_wrong;
    }
  }
  std::printf("%zu freed, %zu with the secret\n", freed, freed_with_secret);
  return freed < 3 || freed_with_secret != 0 || is_wrong ? 1 : 0;
}
