// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/decoder_options.hpp>
#include <signhook/detail/expected_way.hpp>
#include <signhook/detail/findings.hpp>
#include <signhook/detail/general_way.hpp>
#include <signhook/detail/syntax.hpp>
#include <signhook/detail/token_index.hpp>
#include <signhook/error.hpp>
#include <signhook/event.hpp>
#include <signhook/result.hpp>

#include <simdjson.h>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <optional>
#include <string_view>
#include <utility>

namespace signhook::inline SIGNHOOK_ABI {

/// Turns bodies into events.
///
///     signhook::decoder decoder;
///     const auto decoded = decoder.decode(body);
///     if (!decoded) return refuse(decoded.error());
///     std::visit(handler, *decoded);
///
/// A body decodes only if all of it is JSON (RFC 8259) in UTF-8 and satisfies the schema of its
/// event. Keys and values are compared by meaning, not spelling; members may come in any order; a
/// known member that occurs twice is an error, and so is `null` in the place of a value.
///
/// *Threads*: one decoder for each thread at a time.
/// *Allocation*: the constructor allocates all that is ever needed, about six times
/// `decoder_options::max_bytes`.
class decoder {
 public:
  /// Throws `std::bad_alloc`, or aborts where exceptions are off, when memory is short. Nothing else
  /// here allocates or throws.
  explicit decoder(decoder_options options = {}) : options_(within_ceilings(options)) {
    const std::size_t room = std::size_t{options_.max_bytes} + simdjson::SIMDJSON_PADDING;
    padded_.reset(new char[room]);
    scratch_.reset(new char[room]);
    if (!index_.allocate(options_.max_bytes)) out_of_memory();
  }

  /// As they are applied: with the ceilings.
  /// *Lifetime*: a view into this object.
  [[nodiscard]] const decoder_options& options() const noexcept SIGNHOOK_LIFETIMEBOUND {
    return options_;
  }

  /// Decodes any bytes: empty, without padding, at the end of a page. Those that are not of the
  /// documented form are copied first.
  ///
  /// *Lifetime*: the event owns all that it holds; the body may go.
  /// *Errors*: that of the lowest offset; at equal offsets the table's first. A body that is no JSON
  /// is never reported as one that breaks the schema.
  /// *Complexity*: linear in the body's size.
  [[nodiscard]] result<event> decode(std::string_view body) noexcept {
    if (const auto refused = check_size(body)) return *refused;
    result<event> made(std::in_place);
    if (!decode_expected(body, *made)) decode_copied(body, made);
    return made;
  }

  /// The same without a copy, where `SIMDJSON_PADDING` readable bytes follow the body; what they are
  /// does not matter.
  [[nodiscard]] result<event> decode(simdjson::padded_string_view body) noexcept {
    const std::string_view bytes(body.data(), body.length());
    if (body.capacity() < body.length() + simdjson::SIMDJSON_PADDING) return decode(bytes);
    if (const auto refused = check_size(bytes)) return *refused;
    result<event> made(std::in_place);
    if (!decode_expected(bytes, *made)) decode_padded(bytes, made);
    return made;
  }

  /// The same for simdjson's own padded string.
  template <std::same_as<simdjson::padded_string> Padded>
  [[nodiscard]] result<event> decode(const Padded& body) noexcept {
    return decode(simdjson::padded_string_view(body));
  }

  /// Reports all that is wrong with a body and all that is new in it, as `finding`s, to
  /// `sink(const finding&)`: by offset, and at equal offsets in the table's order. Of a body that is
  /// no JSON the only finding is where it stops being one.
  ///
  /// Returns whether `decode` accepts the body, that is, whether there was no violation. Notices
  /// tell that the service has started to send something new.
  /// *Complexity*: linear in the body's size, slower than `decode`. Throws only what `sink` throws.
  template <class Sink>
  bool validate(std::string_view body, Sink&& sink) {
    bool accepted = true;
    const auto report = [&](const finding& found) {
      accepted = accepted && found.severity == severity::notice;
      sink(found);
      return true;
    };
    auto refused = check_size(body);
    if (!refused) refused = detail::syntax_check(body, options_.max_depth).run();
    if (refused) {
      report({severity::violation, *refused, body.substr(refused->offset, 0)});
    } else {
      detail::findings_walk(body, options_, scratch_.get(), report).run();
    }
    return accepted;
  }

 private:
  [[nodiscard]] static constexpr decoder_options within_ceilings(decoder_options options) noexcept {
    options.max_bytes = std::min(options.max_bytes, decoder_options::max_bytes_ceiling);
    options.max_depth = std::min(options.max_depth, decoder_options::max_depth_ceiling);
    return options;
  }

  [[noreturn]] static void out_of_memory() {
#if defined(__cpp_exceptions)
    throw std::bad_alloc();
#else
    std::abort();
#endif
  }

  [[nodiscard]] std::optional<error> check_size(std::string_view body) const noexcept {
    if (body.empty()) return error{errc::empty_body, 0, {}};
    if (body.size() > options_.max_bytes) return error{errc::body_too_large, 0, {}};
    return std::nullopt;
  }

  [[nodiscard]] bool decode_expected(std::string_view body, event& into) const noexcept {
    return options_.max_depth >= detail::expected_way::depth &&
           detail::expected_way(body).decode(into);
  }

  void decode_copied(std::string_view body, result<event>& into) noexcept {
    std::memcpy(padded_.get(), body.data(), body.size());
    std::memset(padded_.get() + body.size(), 0, simdjson::SIMDJSON_PADDING);
    decode_padded({padded_.get(), body.size()}, into);
  }

  void decode_padded(std::string_view body, result<event>& into) noexcept {
    using outcome = detail::general_way::outcome;
    const outcome found = detail::general_way(options_, scratch_.get()).decode(index_, body, *into);
    if (found != outcome::event) into = find_error(body, found == outcome::json);
  }

  [[nodiscard]] error find_error(std::string_view body, bool is_json) noexcept {
    std::optional<error> first;
    if (!is_json) first = detail::syntax_check(body, options_.max_depth).run();
    if (first) return *first;
    const auto keep_first = [&first](const finding& found) noexcept {
      if (found.severity == severity::violation) first = found.error;
      return !first;  // the next are further on
    };
    detail::findings_walk(body, options_, scratch_.get(), keep_first).run();
    // The tests and fuzz targets hold the two ways of judging together. Should they ever differ, the
    // body stays refused.
    return first.value_or(error{errc::invalid_json, 0, {}});
  }

  decoder_options options_;
  std::unique_ptr<char[]> padded_;   // a body and what simdjson may read behind it
  std::unique_ptr<char[]> scratch_;  // a string without its escapes
  detail::token_index index_;
};

}  // namespace signhook::inline SIGNHOOK_ABI
