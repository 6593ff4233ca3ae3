// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/decoder/options.hpp>
#include <signhook/detail/decode/diagnostics.hpp>
#include <signhook/detail/decode/event_builder.hpp>
#include <signhook/detail/decode/fast_path_notes.hpp>
#include <signhook/detail/decode/field_walk.hpp>
#include <signhook/detail/decode/fields.hpp>
#include <signhook/detail/decode/learned_order.hpp>
#include <signhook/detail/decode/noted_fields.hpp>
#include <signhook/detail/json/escape.hpp>
#include <signhook/detail/json/token_index.hpp>
#include <signhook/detail/json/walker.hpp>
#include <signhook/error.hpp>
#include <signhook/event.hpp>
#include <signhook/result.hpp>

#include <cstdint>
#include <string_view>

namespace signhook::inline SIGNHOOK_ABI::detail {

// The slow path through a body: a walk over its tokens, in any member order, that checks every value
// and every key and notes where the fields are; then the event is built of them. Where it cannot be, a
// second walk reports why.
class slow_path {
 public:
  enum class outcome : std::uint8_t {
    event,     // it is filled
    rejected,  // the body is a JSON object, but not an event: `diagnose` tells why
    not_json,  // or not an object: the locator tells where
  };

  // `scratch` has the size of the body.
  slow_path(const decoder_options& options, const token_index& index, std::string_view body,
            char* scratch) noexcept
      : options_(options),
        body_(body),
        begin_(index.begin()),
        builder_(options, walker(body.data(), index.end(), options.max_depth), scratch),
        scratch_(scratch) {}

  // Notes the warnings of an event, and learns the order of its members, where these are not null.
  [[nodiscard]] outcome decode(result<event>& into, noted_warnings* warnings = nullptr,
                               learned_order<event>* order = nullptr) noexcept {
    if (tokens_.first(begin_) != '{') return outcome::not_json;
    noted_.note_warnings(warnings);
    noted_.learn(order);
    field_walk<event, noted_fields<event>> walk(tokens_, noted_, scratch_);
    if (walk.run(begin_) != tokens_.end()) return outcome::not_json;
    const auto built = builder_.build(walk.present(), into);
    if (built == event_builder::outcome::event) return outcome::event;
    is_repeated_ = built == event_builder::outcome::repeated;
    // Looking for a backslash once saves a search of every string.
    has_escapes_ = has_escape(body_);
    if (!has_escapes_ || noted_.have_valid_escapes(walk.present())) return outcome::rejected;
    return outcome::not_json;
  }

  // The noted warnings of an event; null where they are not all, and `diagnose` has to find them.
  [[nodiscard]] const noted_warnings* warnings() const noexcept {
    return builder_.has_others() ? nullptr : noted_.warnings();
  }

  // Reports all diagnostics of a body that is a JSON object, until the sink returns false.
  template <class Sink>
  void diagnose(Sink& sink) {
    auto handler = diagnostics_to(sink);
    field_walk<event, diagnostics<event, Sink>> walk(tokens_, handler, scratch_);
    static_cast<void>(walk.run(begin_));
  }

  // The first error of a body that is rejected.
  [[nodiscard]] SIGNHOOK_COLD error violation() noexcept {
    error first{};
    auto keep_first = [&first](const diagnostic& found) noexcept {
      if (found.severity == severity::warning) return true;
      first = found.error;
      return false;
    };
    const auto& [id, key] = noted_.first_repeated();
    if (is_repeated_ && builder_.document().known.has(id)) {
      // All else is right, so the first duplicate is the first error, and no second walk has to find it.
      diagnostics_to(keep_first).repeated(id, key);
    } else {
      diagnose(keep_first);
    }
    return first;
  }

 private:
  template <class Sink>
  [[nodiscard]] diagnostics<event, Sink> diagnostics_to(Sink& sink) const noexcept {
    return {tokens_,
            options_,
            builder_.document(),
            builder_.present(),
            has_escapes_ ? scratch_ : nullptr,
            sink};
  }

  const decoder_options& options_;
  std::string_view body_;
  const walker::token* begin_;
  event_builder builder_;
  const walker& tokens_ = builder_.tokens();
  noted_fields<event>& noted_ = builder_.noted();
  char* scratch_;
  bool has_escapes_ = true;
  bool is_repeated_ = false;  // a member is there twice, and all else is right
};

}  // namespace signhook::inline SIGNHOOK_ABI::detail
