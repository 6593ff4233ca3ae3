// SPDX-License-Identifier: BSL-1.0
// Compiled once for each set of options, with a name in UNIT.
#include "../uses.hpp"
#include "units.hpp"

#define JOINED_(a, b) a##b
#define JOINED(a, b) JOINED_(a, b)
#define TEXT_OF_(a) #a
#define TEXT_OF(a) TEXT_OF_(a)

// A handler that is one type for all units which share types.
namespace signhook::inline SIGNHOOK_ABI {
struct shared_handler {
  bool operator()(const event&) const { return handle_or_throw(); }
};
}  // namespace signhook::inline SIGNHOOK_ABI

namespace {

struct endpoint {
  signhook::decoder decoder{};
  signhook::receiver receiver = make_receiver();
};

void* make() { return new endpoint; }
std::string use(void* of) {
  auto* const with = static_cast<endpoint*>(of);
  return use_all(with->decoder, with->receiver);
}
void destroy(void* of) { delete static_cast<endpoint*>(of); }

bool catches() {
  endpoint at;
  signhook::memory_inbox inbox;
  const std::vector<signhook::header> headers = {{"Content-Type", "application/json"},
                                                 {"X-Secret", secrets[0]}};
  const std::string body = encoded(signhook::samples[0]);
  const signhook::request request{.method = "POST", .headers = headers, .body = body};
  return signhook::process(at.receiver, at.decoder, inbox, request, signhook::shared_handler{})
             .outcome == signhook::process_outcome::threw;
}

#if defined(__cpp_exceptions)
constexpr bool has_exceptions = true;
#else
constexpr bool has_exceptions = false;
#endif

}  // namespace

const unit JOINED(unit_, UNIT) = {TEXT_OF(UNIT), TEXT_OF(SIGNHOOK_ABI), make,   use,
                                  destroy,       has_exceptions,        catches};
