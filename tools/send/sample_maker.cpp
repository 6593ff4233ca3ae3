// SPDX-License-Identifier: BSL-1.0
#include "send/sample_maker.hpp"

#include <signhook/schema.hpp>
#include <signhook/timestamp.hpp>

#include <algorithm>
#include <iterator>
#include <type_traits>
#include <variant>

namespace {

signhook::timestamp whole_second(std::chrono::system_clock::time_point now) {
  return signhook::timestamp::from(std::chrono::floor<std::chrono::seconds>(now))
      .value_or(signhook::timestamp());
}

}  // namespace

sample_maker::sample_maker(const std::vector<std::string>& types, std::uint64_t seed)
    : random_(seed) {
  std::copy_if(signhook::samples.begin(), signhook::samples.end(), std::back_inserter(samples_),
               [&](const signhook::event& one) {
                 return types.empty() || std::find(types.begin(), types.end(),
                                                   signhook::type_of(one)) != types.end();
               });
}

signhook::event sample_maker::next(std::chrono::system_clock::time_point now) {
  signhook::event made = samples_[next_++ % samples_.size()];
  std::visit(
      [&]<class Event>(Event& one) {
        one.id = signhook::event_id(fresh_id());
        one.created = whole_second(now);
        if constexpr (signhook::known_event<Event>) {
          one.dossier.id = signhook::dossier_id(fresh_id());
        }
      },
      made);
  return made;
}

signhook::event sample_maker::next_unknown(std::chrono::system_clock::time_point now) {
  signhook::unknown_event made;
  made.id = signhook::event_id(fresh_id());
  made.type = signhook::type_text::from("dossier.of.tomorrow").value_or(signhook::type_text());
  made.created = whole_second(now);
  return made;
}

// 0xff never appears in UTF-8 (RFC 3629, section 3).
std::string sample_maker::corrupted(std::string body) {
  const auto place = std::uniform_int_distribution<std::size_t>(0, body.size() - 1)(random_);
  if (happens(0.5)) {
    body[place] = '\xff';
  } else {
    body.resize(place);
  }
  return body;
}

bool sample_maker::happens(double probability) {
  return std::bernoulli_distribution(probability)(random_);
}

// Version 4 (RFC 9562, section 5.4).
signhook::uuid sample_maker::fresh_id() {
  signhook::uuid made;
  std::uniform_int_distribution<unsigned> byte(0, 255);
  for (auto& one : made.bytes) one = static_cast<std::uint8_t>(byte(random_));
  made.bytes[6] = static_cast<std::uint8_t>((made.bytes[6] & 0x0fU) | 0x40U);
  made.bytes[8] = static_cast<std::uint8_t>((made.bytes[8] & 0x3fU) | 0x80U);
  return made;
}
