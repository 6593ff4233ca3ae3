// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/decoder.hpp>
#include <signhook/delivery.hpp>
#include <signhook/detail/http/header_fields.hpp>
#include <signhook/detail/http/media_type.hpp>
#include <signhook/detail/http/secrets.hpp>
#include <signhook/detail/http/token.hpp>
#include <signhook/detail/inbox/duplicate_table.hpp>
#include <signhook/error.hpp>
#include <signhook/event.hpp>
#include <signhook/receipt.hpp>
#include <signhook/receiver_options.hpp>
#include <signhook/result.hpp>
#include <signhook/uuid.hpp>

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace signhook::inline SIGNHOOK_ABI {

/// A header of a request, for those whose HTTP library has no range of them.
struct header {
  std::string_view name;   ///< in any case
  std::string_view value;  ///< without white space around it
};

/// All headers of a request: a range of `signhook::header`, of pairs of strings (cpp-httplib, Crow and
/// Drogon keep theirs in such maps) or of Beast's fields. All of them, and not a look-up by name: that
/// answers with one of several values of the same name, and an intermediary may mean another.
template <class T>
concept header_range = requires(const T& all) {
  { std::begin(all) != std::end(all) } -> std::convertible_to<bool>;
  requires detail::field_like<std::remove_cvref_t<decltype(*std::begin(all))>>;
};

namespace detail {

[[nodiscard]] constexpr fault fault_of(errc code) noexcept {
  switch (code) {
    case errc::body_too_large: return fault::size;
    case errc::empty_body:
    case errc::invalid_utf8:
    case errc::invalid_json:
    case errc::trailing_content:
    case errc::too_deep: return fault::json;
    default: return fault::schema;
  }
}

[[nodiscard]] inline const event_id& id_of(const event& of) noexcept {
  return std::visit([](const auto& one) -> const event_id& { return one.id; }, of);
}

// What all receivers of one subscription share and none changes.
class door {
 public:
  explicit door(const receiver_options& options)
      : secret_header_(options.secret_header), policy_(options.policy) {
    for (const std::string_view secret : options.secrets) secrets_.add(secret);
  }

  template <header_range Headers, class Duplicates>
  [[nodiscard]] receipt receive(decoder& with, Duplicates& seen, std::string_view method,
                                const Headers& headers, std::string_view body,
                                std::chrono::system_clock::time_point now) const noexcept {
    found_header secret;
    found_header content_type;
    for (const auto& field : headers) {
      const std::string_view name = name_of_field(field);
      if (equal_without_case(name, secret_header_)) secret.add(value_of_field(field));
      if (equal_without_case(name, "content-type")) content_type.add(value_of_field(field));
    }
    if (!secrets_.contain(secret.only_value())) {
      return answer(verdict::unauthenticated, policy_.unauthenticated);
    }
    if (method != "POST") return refuse(fault::method);
    if (body.size() > with.options().max_bytes) {
      return refuse(fault::size, error{errc::body_too_large, 0, {}});
    }
    if (!is_json_media_type(content_type.only_value())) return refuse(fault::content_type);

    const result<event> decoded = with.decode(body);
    if (!decoded) return refuse(fault_of(decoded.error().code), decoded.error());
    const bool is_new =
        seen.insert(id_of(*decoded), std::chrono::floor<std::chrono::milliseconds>(now));
    receipt made = is_new ? answer(verdict::accepted, policy_.accepted)
                          : answer(verdict::duplicate, policy_.duplicate);
    made.event = *decoded;
    return made;
  }

  template <class Duplicates>
  [[nodiscard]] receipt fail(Duplicates& seen, const receipt& of) const noexcept {
    if (of.verdict != verdict::accepted && of.verdict != verdict::quarantine) return of;
    if (of.event) seen.forget(id_of(*of.event));
    receipt made = of;
    made.verdict = verdict::failed;
    made.status = policy_.failed;
    made.then = outcome_of(made.status);
    return made;
  }

 private:
  [[nodiscard]] static receipt answer(verdict of, int status) noexcept {
    receipt made;
    made.verdict = of;
    made.status = status;
    made.then = outcome_of(status);
    return made;
  }

  [[nodiscard]] receipt refuse(fault why,
                               const std::optional<error>& error = std::nullopt) const noexcept {
    const int status = policy_.of(why);
    const bool comes_again = outcome_of(status).value != delivery_outcome::delivered;
    receipt made = answer(comes_again ? verdict::refused : verdict::quarantine, status);
    made.fault = why;
    made.error = error;
    return made;
  }

  std::string secret_header_;
  secrets secrets_;
  answer_policy policy_;
};

}  // namespace detail

/// Takes requests, and says what they are and what to answer. It knows no HTTP library.
///
///     const std::string_view secrets[] = {secret};
///     auto made = signhook::receiver::make({.secret_header = "X-Secret", .secrets = secrets});
///     ...
///     const auto receipt = made->receive(request.method, request.headers, request.body,
///                                        std::chrono::system_clock::now());
///     if (receipt.verdict == signhook::verdict::accepted) handle(*receipt.event);
///     response.status = receipt.status;
///
/// The secret comes first. Whoever does not know it learns nothing but that, whatever the request is,
/// and costs a look at the headers: the body is not touched. Then method, size and content type, which
/// cost nothing; then the body is decoded, and the event looked for among those that were there
/// before. Let your server bound the size of what it reads; this cannot.
///
/// An event is remembered once it is accepted, and its retries are answered as delivered from then on.
/// Make it durable before you answer; where you cannot, answer with `failed`.
///
/// *Threads*: one receiver for one thread at a time; see shared_receiver.hpp.
/// *Allocation*: `make` allocates all that is ever needed.
class receiver {
 public:
  /// Throws `std::bad_alloc`, or aborts where exceptions are off, when memory is short. Nothing else
  /// here allocates or throws.
  [[nodiscard]] static result<receiver, receiver_errc> make(const receiver_options& options) {
    if (const auto wrong = options.check()) return *wrong;
    return receiver(options);
  }

  /// *Lifetime*: the receipt owns all that it holds.
  /// *Complexity*: linear in the sizes of the headers and the body; of the events that are
  /// remembered it looks at no more than one, after at most 128 steps.
  template <header_range Headers>
  [[nodiscard]] receipt receive(std::string_view method, const Headers& headers,
                                std::string_view body,
                                std::chrono::system_clock::time_point now) noexcept {
    return door_.receive(decoder_, seen_, method, headers, body, now);
  }

  /// What to answer when an accepted event could not be handled, or a quarantined body not be kept: a
  /// 5xx, on which the sender sends it again. The event is forgotten, so that it is accepted then; but
  /// what came again before it was forgotten has been answered as a duplicate, so do not be long.
  /// Other receipts come back as they are.
  [[nodiscard]] receipt failed(const receipt& of) noexcept { return door_.fail(seen_, of); }

  /// Lets this event in again; false where it is not remembered.
  bool forget(const event_id& id) noexcept { return seen_.forget(id); }

  /// How many events are remembered.
  [[nodiscard]] std::uint32_t remembered() const noexcept { return seen_.size(); }

  /// How many events were forgotten within the window, for want of room: if there are any, remember
  /// more.
  [[nodiscard]] std::uint64_t displaced() const noexcept { return seen_.displaced(); }

 private:
  explicit receiver(const receiver_options& options)
      : door_(options),
        decoder_(options.decoding),
        seen_(std::min(options.remembered, receiver_options::max_remembered), options.window) {}

  detail::door door_;
  decoder decoder_;
  detail::duplicate_table seen_;
};

}  // namespace signhook::inline SIGNHOOK_ABI
