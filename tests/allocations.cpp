// SPDX-License-Identifier: BSL-1.0
#include "allocations.hpp"

#include <cstdlib>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) || \
    __has_feature(thread_sanitizer)
#define SIGNHOOK_SANITIZER_ALLOCATES 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SIGNHOOK_SANITIZER_ALLOCATES 1
#endif

namespace {

thread_local std::size_t counted = 0;

}  // namespace

namespace allocations {

std::size_t count() noexcept { return counted; }

}  // namespace allocations

#if defined(SIGNHOOK_SANITIZER_ALLOCATES)

extern "C" int __sanitizer_install_malloc_and_free_hooks(
    void (*on_malloc)(const volatile void* made, std::size_t size),
    void (*on_free)(const volatile void* gone));

namespace {

const bool are_hooks_set =
    __sanitizer_install_malloc_and_free_hooks([](const volatile void*, std::size_t) { ++counted; },
                                              [](const volatile void*) {}) != 0;

}  // namespace

bool allocations::are_counted() noexcept { return are_hooks_set; }

#elif defined(__GLIBC__)

bool allocations::are_counted() noexcept { return true; }

// glibc's malloc under another name, so that this one may stand before it.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t number, std::size_t size);
void* __libc_realloc(void* old, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);

void* malloc(std::size_t size) {
  ++counted;
  return __libc_malloc(size);
}
void* calloc(std::size_t number, std::size_t size) {
  ++counted;
  return __libc_calloc(number, size);
}
void* realloc(void* old, std::size_t size) {
  ++counted;
  return __libc_realloc(old, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  ++counted;
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** made, std::size_t alignment, std::size_t size) {
  ++counted;
  *made = __libc_memalign(alignment, size);
  return *made == nullptr ? 12 : 0;
}
}

#else

bool allocations::are_counted() noexcept { return false; }

#endif
