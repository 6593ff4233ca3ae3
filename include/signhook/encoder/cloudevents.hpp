// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/http/uri_reference.hpp>
#include <signhook/detail/json/writer.hpp>
#include <signhook/detail/text/utf8.hpp>
#include <signhook/event.hpp>
#include <signhook/subscription/encode.hpp>
#include <signhook/timestamp.hpp>
#include <signhook/uuid.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

// Events as CloudEvents 1.0, https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md.

namespace signhook::inline SIGNHOOK_ABI {

/// The `source` of CloudEvents: a URI-reference (RFC 3986, section 4.1) that is not empty.
/// *Lifetime*: a view of the text that it is made of.
class cloud_event_source {
 public:
  /// The base address of CM.com's API, `production_base`.
  constexpr cloud_event_source() noexcept = default;

  /// Returns the source with this text, or nothing where the text is empty or not a URI-reference.
  /// *Lifetime*: a view of `text`.
  [[nodiscard]] static constexpr std::optional<cloud_event_source> from(
      std::string_view text SIGNHOOK_LIFETIMEBOUND) noexcept {
    if (text.empty() || !detail::is_uri_reference(text)) return std::nullopt;
    return cloud_event_source(text);
  }

  /// Returns the text.
  [[nodiscard]] constexpr std::string_view view() const noexcept { return text_; }

  friend constexpr bool operator==(const cloud_event_source&,
                                   const cloud_event_source&) noexcept = default;

 private:
  constexpr explicit cloud_event_source(std::string_view text) noexcept : text_(text) {}

  std::string_view text_ = production_base;
};

namespace detail {

// Returns true for a character that a String of CloudEvents must not have (section 3.1): U+0000 to U+001F, U+007F to
// U+009F, and the noncharacters, U+FDD0 to U+FDEF and the last two of each plane.
[[nodiscard]] constexpr bool is_forbidden(std::string_view character) noexcept {
  const auto byte = [character](std::size_t i) { return static_cast<unsigned char>(character[i]); };
  switch (character.size()) {
    case 1: return byte(0) < 0x20 || byte(0) == 0x7f;
    case 2: return byte(0) == 0xc2 && byte(1) < 0xa0;
    case 3:
      if (byte(0) != 0xef) return false;
      if (byte(1) == 0xb7) return byte(2) >= 0x90 && byte(2) <= 0xaf;
      return byte(1) == 0xbf && byte(2) >= 0xbe;
    default: return (byte(1) & 0x0fU) == 0x0f && byte(2) == 0xbf && byte(3) >= 0xbe;
  }
}

// The attribute `type`: a prefix and the event's type, whose forbidden characters are percent-encoded.
class cloud_event_type {
 public:
  constexpr explicit cloud_event_type(std::string_view type) noexcept {
    char* out = write_text(chars_.data(), prefix);
    const char* const end = type.data() + type.size();
    for (const char* p = type.data(); p != end;) {
      const char* const next = step_utf8(p, end).next;
      const std::string_view character(p, static_cast<std::size_t>(next - p));
      out = is_forbidden(character) ? write_percent_encoded(out, character)
                                    : write_text(out, character);
      p = next;
    }
    size_ = static_cast<std::size_t>(out - chars_.data());
  }
  [[nodiscard]] constexpr std::string_view view() const noexcept { return {chars_.data(), size_}; }

 private:
  static constexpr std::string_view prefix = "com.cm.sign.";

  std::array<char, prefix.size() + 3 * type_text::capacity> chars_{};
  std::size_t size_ = 0;
};

}  // namespace detail

/// Calls `f(name, value)` with two `std::string_view` for each context attribute of the CloudEvent that an event
/// becomes, in this order:
///
/// | name | value |
/// |---|---|
/// | `specversion` | `1.0` |
/// | `id` | the event's id |
/// | `source` | `source` |
/// | `type` | `com.cm.sign.` and the event's type |
/// | `subject` | `dossiers/` and the dossier's id; left out where an unknown event has no dossier |
/// | `time` | when the event was created |
/// | `datacontenttype` | `application/json` |
///
/// All values but a source's and an unknown type's are ASCII. Characters of an unknown type that CloudEvents forbids,
/// such as controls, are percent-encoded. Allocates nothing.
/// *Lifetime*: a view ends with its call.
template <class F>
requires std::invocable<F&, std::string_view, std::string_view>
constexpr void for_each_cloud_event_attribute(const event& of, cloud_event_source source, F f) {
  constexpr std::string_view before_dossier = "dossiers/";
  const auto text_of = [](const auto& value, auto& chars, std::size_t from = 0) {
    const char* const end = value.write_to(chars.data() + from);
    return std::string_view(chars.data(), static_cast<std::size_t>(end - chars.data()));
  };
  std::array<char, uuid::text_size> id_text{};
  std::array<char, timestamp::max_text_size> time_text{};
  std::array<char, before_dossier.size() + uuid::text_size> subject{};
  f(std::string_view("specversion"), std::string_view("1.0"));
  f(std::string_view("id"), text_of(id(of), id_text));
  f(std::string_view("source"), source.view());
  f(std::string_view("type"), detail::cloud_event_type(type_of(of)).view());
  if (const dossier* const about = dossier_of(of)) {
    detail::write_text(subject.data(), before_dossier);
    f(std::string_view("subject"), text_of(about->id, subject, before_dossier.size()));
  }
  f(std::string_view("time"), text_of(created(of), time_text));
  f(std::string_view("datacontenttype"), std::string_view("application/json"));
}

/// Writes an event as a CloudEvent in JSON, which in structured mode is the body of a request of the type
/// `application/cloudevents+json`. Its `data` are the bytes of `body`, unchanged but for the white space around them,
/// which is left out. Returns the end.
///
/// `of` must be what a decoder made of `body`, which makes the output JSON: nothing is checked again.
/// Allocates nothing and throws only what `out` throws.
template <std::output_iterator<char> Out>
constexpr Out write_cloud_event(Out out, const event& of, std::string_view body,
                                cloud_event_source source = {}) {
  detail::json_writer<Out> to(std::move(out));
  to.begin_object();
  for_each_cloud_event_attribute(
      of, source, [&](std::string_view name, std::string_view value) { to.member(name, value); });
  to.key("data");
  constexpr std::string_view white_space = " \t\n\r";  // RFC 8259, section 2
  const std::size_t begin = (std::min)(body.find_first_not_of(white_space), body.size());
  to.raw(body.substr(begin, body.find_last_not_of(white_space) + 1 - begin));
  to.end_object();
  return to.end();
}

}  // namespace signhook::inline SIGNHOOK_ABI
