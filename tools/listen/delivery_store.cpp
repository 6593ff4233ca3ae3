// SPDX-License-Identifier: BSL-1.0
#include "listen/delivery_store.hpp"

request_verdict delivery_store::verdict_of(const signhook::process_result& of) {
  using signhook::process_outcome;
  switch (of.outcome) {
    case process_outcome::handled: return request_verdict::accepted;
    case process_outcome::duplicate: return request_verdict::duplicate;
    case process_outcome::unauthenticated: return request_verdict::unauthenticated;
    case process_outcome::quarantined:
    case process_outcome::conflict:
      return of.sender_reaction().value == signhook::delivery_outcome::delivered
                 ? request_verdict::quarantine
                 : request_verdict::rejected;
    default: return request_verdict::failed;
  }
}
