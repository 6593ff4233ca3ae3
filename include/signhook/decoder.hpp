// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/decoder/bytes.hpp>
#include <signhook/decoder/options.hpp>
#include <signhook/detail/decode/diagnostics.hpp>
#include <signhook/detail/decode/fast_path.hpp>
#include <signhook/detail/decode/fast_path_notes.hpp>
#include <signhook/detail/decode/learned_order.hpp>
#include <signhook/detail/decode/learned_path.hpp>
#include <signhook/detail/decode/slow_path.hpp>
#include <signhook/detail/json/grammar.hpp>
#include <signhook/detail/json/locator.hpp>
#include <signhook/detail/json/token_index.hpp>
#include <signhook/detail/text/byte_text.hpp>
#include <signhook/error.hpp>
#include <signhook/event.hpp>
#include <signhook/result.hpp>

#include <simdjson.h>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace signhook::inline SIGNHOOK_ABI {

namespace detail {
class line_decoder;
}

/// Turns bodies into events.
///
///     signhook::decoder decoder;
///     const auto decoded = decoder.decode(body);
///     if (!decoded) return log(decoded.error());
///     std::visit(handler, *decoded);
///
/// A body decodes only if all of it is JSON (RFC 8259) in UTF-8 and satisfies the schema of its
/// event. Keys and values are compared by meaning, not spelling; members may come in any order; a
/// known member that occurs twice is an error, and so is `null` in the place of a value.
///
/// *Threads*: one decoder for each thread at a time.
/// *Allocation*: the constructor allocates all that is ever needed, about six times
/// `decoder_options::max_bytes`, and touches little of it before a body needs it.
class decoder {
  friend class detail::line_decoder;  // of ndjson.hpp

 public:
  /// Throws `std::bad_alloc`, or aborts where exceptions are off, when memory is short. Nothing else
  /// here allocates or throws.
  decoder() : decoder(decoder_options{}) {}
  /// The same with these options.
  explicit decoder(const decoder_options& options) : options_(within_ceilings(options)) {
    joined_.reset(new char[options_.max_bytes]);
    scratch_.reset(new char[options_.max_bytes]);
    if (!index_.allocate(options_.max_bytes)) out_of_memory();
    // std::make_unique would clear it.
    order_.reset(new detail::learned_order<event>);  // NOLINT(modernize-make-unique)
  }

  /// Takes the other's buffers. The other then rejects every body, as if `max_bytes` were 0.
  decoder(decoder&& other) noexcept
      : options_(other.options_),
        joined_(std::move(other.joined_)),
        scratch_(std::move(other.scratch_)),
        index_(std::move(other.index_)),
        order_(std::move(other.order_)) {
    other.options_.max_bytes = 0;
  }
  /// Takes the other's buffers, which then rejects every body.
  decoder& operator=(decoder&& other) noexcept {
    if (this == &other) return *this;
    options_ = other.options_;
    joined_ = std::move(other.joined_);
    scratch_ = std::move(other.scratch_);
    index_ = std::move(other.index_);
    order_ = std::move(other.order_);
    other.options_.max_bytes = 0;
    return *this;
  }
  ~decoder() = default;

  /// As they are applied: with the ceilings.
  /// *Lifetime*: a view into this object.
  [[nodiscard]] const decoder_options& options() const noexcept SIGNHOOK_LIFETIMEBOUND {
    return options_;
  }

  /// Decodes any bytes: empty, without padding, at the end of a page. They are not copied.
  ///
  /// *Lifetime*: the event owns all that it holds; the body may go.
  /// *Errors*: that of the lowest offset; at equal offsets the schema's first. A body that is
  /// not JSON is never reported as one that breaks the schema.
  /// *Complexity*: linear in the body's size.
  [[nodiscard]] result<event> decode(std::string_view body) noexcept {
    result<event> made(unexpect, misfit(body));
    detail::fast_path_notes notes;
    bool learns = false;
    if (fits(body) && !decode_fast(body, made, notes, learns))
      decode_slow(body, notes.prefix, learns, made);
    return made;
  }

  /// The same for a view of simdjson's; its padding is not read.
  [[nodiscard]] result<event> decode(simdjson::padded_string_view body) noexcept {
    return decode(std::string_view(body.data(), body.length()));
  }

  /// The same for simdjson's own padded string.
  template <std::same_as<simdjson::padded_string> Padded>
  [[nodiscard]] result<event> decode(const Padded& body) noexcept {
    return decode(simdjson::padded_string_view(body));
  }

  /// The same for bytes of another type: a span or vector of `std::byte`, `unsigned char`, `char` or `char8_t`, and
  /// one of the buffers of `buffer_sequence`.
  template <detail::other_buffer Body>
  [[nodiscard]] result<event> decode(const Body& body) noexcept {
    return decode(detail::bytes_of(body));
  }

  /// The same for a sequence of buffers, without a copy where all bytes are in one of them. Others are copied once,
  /// into this object.
  template <buffer_sequence Buffers>
  [[nodiscard]] result<event> decode(const Buffers& buffers) noexcept {
    const auto body = join(buffers);
    if (!body) return unexpected(error{errc::body_too_large, 0, {}});
    return decode(*body);
  }

  /// Returns the bytes of a sequence in a row, for `validate` and for `request::body`: a view of the only buffer
  /// that is not empty, or a copy in this object; nothing where they are more than `max_bytes`.
  /// *Lifetime*: of the buffers, or until another body is given to this object.
  template <buffer_sequence Buffers>
  [[nodiscard]] std::optional<std::string_view> join(
      const Buffers& buffers SIGNHOOK_LIFETIMEBOUND) noexcept SIGNHOOK_LIFETIMEBOUND {
    auto joined = signhook::join(buffers, {joined_.get(), options_.max_bytes});
    if (joined && joined->size() > options_.max_bytes) joined.reset();
    return joined;
  }

  /// Reports every error in a body and everything new in it, as `diagnostic`s, to
  /// `sink(const diagnostic&)`: by offset, and at equal offsets in the schema's order. A body that is
  /// not JSON has one diagnostic, at the byte where it stops being JSON.
  ///
  /// Returns true where `decode` accepts the body, that is, where there is no error. Warnings tell that
  /// the service has started to send something new.
  /// *Complexity*: linear in the body's size. Throws only what `sink` throws.
  template <class Sink>
  bool validate(std::string_view body, Sink&& sink) {
    bool accepted = true;
    auto report = [&](const diagnostic& found) {
      accepted = accepted && found.severity == severity::warning;
      sink(found);
      return true;
    };
    result<event> made(unexpect, misfit(body));
    detail::noted_warnings noted;
    detail::fast_path_notes notes{.warnings = &noted};
    bool learns = false;
    const auto report_noted = [&] {
      for (const auto& [code, field, size, source] : noted)
        report(detail::make_diagnostic<event>(body.data(), options_, code, field, {source, size}));
    };
    if (!fits(body)) {
      report({severity::error, made.error(), body.substr(0, 0)});
    } else if (decode_fast(body, made, notes, learns)) {
      report_noted();
    } else {
      using outcome = detail::slow_path::outcome;
      noted.clear();
      bool is_read = build_index(body);
      if (is_read) {
        detail::slow_path path(options_, index_, body, scratch_.get());
        const outcome found = path.decode(made, &noted, learns ? order_.get() : nullptr);
        is_read = found != outcome::not_json;
        if (found == outcome::event && path.warnings() != nullptr) {
          report_noted();
        } else if (is_read) {
          path.diagnose(report);
        }
      }
      if (!is_read) {
        const error fault = not_an_object(body, notes.prefix);
        const std::size_t size = fault.code == errc::not_an_object ? 1 : 0;
        report({severity::error, fault, body.substr(fault.offset, size)});
      }
    }
    return accepted;
  }

  /// The same for bytes of another type.
  template <detail::other_buffer Body, class Sink>
  bool validate(const Body& body, Sink&& sink) {
    return validate(detail::bytes_of(body), std::forward<Sink>(sink));
  }

 private:
  [[nodiscard]] static constexpr decoder_options within_ceilings(decoder_options options) noexcept {
    options.max_bytes = (std::min)(options.max_bytes, decoder_options::max_bytes_ceiling);
    options.max_depth = (std::min)(options.max_depth, decoder_options::max_depth_ceiling);
    return options;
  }

  // Lets the standard library throw, which does so in units without exceptions too.
  [[noreturn]] static void out_of_memory() {
    static_cast<void>(std::allocator<char>().allocate((std::numeric_limits<std::size_t>::max)()));
    std::abort();
  }

  [[nodiscard]] bool fits(std::string_view body) const noexcept {
    return !body.empty() && body.size() <= options_.max_bytes;
  }

  // The error of a body that does not fit.
  [[nodiscard]] static error misfit(std::string_view body) noexcept {
    return {body.empty() ? errc::empty_body : errc::body_too_large, 0, {}};
  }

  // False where the slow path has to be taken; `learns` then is true if that should learn the order of the members.
  [[nodiscard]] bool decode_fast(std::string_view body, result<event>& into,
                                 detail::fast_path_notes& notes, bool& learns) noexcept {
    if (options_.max_depth < detail::canonical_depth) return false;
    const auto decode_canonical = [&] {
      return detail::fast_path<detail::input::body>::decode(body, options_, into, notes) != nullptr;
    };
    if (!order_->is_right())
      return decode_canonical() || decode_learned(body, into, notes.warnings, learns);
    if (decode_learned(body, into, notes.warnings, learns)) return true;
    if (notes.warnings != nullptr) notes.warnings->clear();
    if (!decode_canonical()) return false;
    learns = false;
    return true;
  }

  [[nodiscard]] bool decode_learned(std::string_view body, result<event>& into,
                                    detail::noted_warnings* warnings, bool& learns) noexcept {
    if (!order_->begin()) return false;
    if (warnings != nullptr) warnings->clear();
    if (detail::learned_path(options_, body, *order_, scratch_.get()).decode(into, warnings)) {
      order_->succeed();
      return true;
    }
    order_->fail();
    order_->restart();
    learns = true;
    return false;
  }

  // False where the body is not JSON, or not an object. A body that was cut does not end with a brace:
  // so it costs no stage 1 and no walk.
  [[nodiscard]] bool build_index(std::string_view body) noexcept {
    const std::string_view trimmed = detail::trim_space_end(body);
    return trimmed.ends_with('}') && index_.build(trimmed);
  }

  void decode_slow(std::string_view body, detail::json_prefix known, bool learns,
                   result<event>& into) noexcept {
    using outcome = detail::slow_path::outcome;
    if (build_index(body)) {
      detail::slow_path path(options_, index_, body, scratch_.get());
      const outcome found = path.decode(into, nullptr, learns ? order_.get() : nullptr);
      if (found == outcome::event) return;
      if (found == outcome::rejected) {
        into = unexpected(path.violation());
        return;
      }
    }
    into = unexpected(not_an_object(body, known));
  }

  // The error of a body that is not a JSON object. It must not be one: the tests and fuzz targets hold
  // the locator and the slow path together.
  [[nodiscard]] SIGNHOOK_COLD error not_an_object(std::string_view body,
                                                  detail::json_prefix known) const noexcept {
    const auto fault = detail::locator(body, options_.max_depth).run(known);
    if (fault) return *fault;
    const char* const first = detail::skip_space(body.data(), body.data() + body.size());
    return {errc::not_an_object, static_cast<std::uint32_t>(first - body.data()), {}};
  }

  decoder_options options_;
  std::unique_ptr<char[]> joined_{};   // the bytes of several buffers
  std::unique_ptr<char[]> scratch_{};  // a string without its escapes
  detail::token_index index_{};
  std::unique_ptr<detail::learned_order<event>> order_{};
};

}  // namespace signhook::inline SIGNHOOK_ABI
