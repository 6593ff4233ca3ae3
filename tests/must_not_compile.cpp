// SPDX-License-Identifier: BSL-1.0
// Read by must_not_compile.cmake: each case compiles with WRONG=0, and must not with WRONG=1.
#include <signhook/error.hpp>
#include <signhook/event.hpp>
#include <signhook/projection.hpp>
#include <signhook/result.hpp>

#ifdef STRING_AS_PADDED
#include <signhook/decoder.hpp>

#include <string>
#endif

#ifdef EQUAL_NAMES
// Two names of the schema that are the same.
#include <array>
inline constexpr std::array<std::string_view, 3> some_names = {"created", "deleted",
#if WRONG
                                                               "created"
#else
                                                               "reminded"
#endif
};
static_assert(signhook::detail::are_distinct<some_names>());
#endif

#ifdef TWO_TYPES_OF_A_MEMBER
// A member that is a time in one event and an id in another.
#include <signhook/detail/decode/fields.hpp>
struct first_event {
  signhook::timestamp due;
};
struct second_event {
#if WRONG
  signhook::dossier_id due;
#else
  signhook::timestamp due;
#endif
};
template <>
struct signhook::schema<first_event> {
  static constexpr std::tuple members{member{"due", &first_event::due}};
};
template <>
struct signhook::schema<second_event> {
  static constexpr std::tuple members{member{"due", &second_event::due}};
};
static_assert(signhook::detail::types_agree<std::variant<first_event, second_event>>());
#endif

#ifdef STATE_WITHOUT_NAME
// An enumerator that schema.hpp gives no name.
enum class some_state : std::uint8_t {
  other,
  open,
#if WRONG
  closed,
#endif
};
template <>
struct signhook::schema<some_state> {
  static constexpr std::array states{state_name{some_state::open, "open"}};
};
static_assert(signhook::open_state<some_state>::known_texts().size() == 1);
#endif

#ifdef PRINT_SECRETS
#include <signhook/format.hpp>
#include <signhook/receiver.hpp>
#endif

#if defined(HEADERS_MADE_ON_THE_WAY) || defined(HEADERS_BY_VALUE) || \
    defined(HEADERS_OF_ACCESSORS) || defined(HEADER_LOOK_UP) || defined(HANDLER_OF_ANOTHER_TYPE)
#include <signhook/inbox/memory.hpp>

#include <array>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

using pairs = std::vector<std::pair<std::string, std::string>>;

// A range like that of std::views::transform with a function that returns `Field`.
template <class Field>
struct transformed {
  struct iterator {
    using value_type = Field;
    using difference_type = std::ptrdiff_t;
    using iterator_concept = std::forward_iterator_tag;
    Field operator*() const { return Field(at->first, at->second); }
    iterator& operator++() { return ++at, *this; }
    iterator operator++(int) { return {at++}; }
    friend bool operator==(const iterator&, const iterator&) = default;
    pairs::const_iterator at;
  };
  iterator begin() const { return {of->begin()}; }
  iterator end() const { return {of->end()}; }
  const pairs* of;
};

// A field as Pistache has it.
struct accessors {
  std::string name() const { return first; }
  std::string value() const { return second; }
  std::string first;
  std::string second;
};
// And as it should be.
struct views {
  const std::string& name() const { return first; }
  const std::string& value() const { return second; }
  std::string first;
  std::string second;
};

// A field that owns its strings and refers to them.
struct field : views {
  field(const std::string& a, const std::string& b) : views{a, b} {}
};
#endif

#ifdef IGNORE_RESULT
#pragma GCC diagnostic error "-Wunused-result"
#endif

#ifdef OBSERVE_UNKNOWN_OBJECT
// An added event with an added type of object.
struct document {
  signhook::dossier_id id;
};
struct document_signed {
  signhook::event_id id;
  signhook::timestamp created;
  signhook::dossier dossier;
#if WRONG
  ::document document;
#else
  signhook::invitee document;
#endif
};
template <>
struct signhook::schema<document> {
  static constexpr std::tuple members{member{"id", &document::id}};
};
template <>
struct signhook::schema<document_signed> {
  static constexpr std::string_view type = "dossier.document.signed";
  static constexpr std::tuple members{member{"dossier", &document_signed::dossier},
                                      member{"document", &document_signed::document}};
};
#endif

namespace {

[[maybe_unused]] signhook::result<signhook::uuid> decode() { return signhook::uuid{}; }

[[maybe_unused]] void use() {
#if defined(KEEP_TEMPORARY_RESULT)
#pragma clang diagnostic error "-Wdangling"
#if WRONG
  [[maybe_unused]] const signhook::uuid& id = *decode();
#else
  const auto decoded = decode();
  [[maybe_unused]] const signhook::uuid& id = *decoded;
#endif
#elif defined(VIEW_TEMPORARY_TEXT)
#if WRONG
  [[maybe_unused]] const auto view = signhook::type_text().view();
#else
  const signhook::type_text text;
  [[maybe_unused]] const auto view = text.view();
#endif
#elif defined(VIEW_TEMPORARY_STATE)
#if WRONG
  [[maybe_unused]] const auto& state = signhook::dossier_projection(signhook::dossier_id()).state();
#else
  const signhook::dossier_projection view{signhook::dossier_id()};
  [[maybe_unused]] const auto& state = view.state();
#endif
#elif defined(DOSSIER_OF_TEMPORARY)
#if WRONG
  [[maybe_unused]] const auto* dossier = dossier_of(signhook::dossier_prepared());
#else
  const signhook::event event = signhook::dossier_prepared();
  [[maybe_unused]] const auto* dossier = dossier_of(event);
#endif
#elif defined(OBSERVE_UNKNOWN_OBJECT)
  const auto sink = [](const auto&...) {};
  signhook::detail::observe_event(document_signed(), sink);
#elif defined(MIX_IDS)
  signhook::dossier_id dossier;
#if WRONG
  [[maybe_unused]] signhook::invite invite{dossier};
#else
  [[maybe_unused]] signhook::dossier same{dossier, {}};
#endif
#elif defined(COMPARE_IDS)
#if WRONG
  [[maybe_unused]] const bool same = signhook::dossier_id() == signhook::invite_id();
#else
  [[maybe_unused]] const bool same = signhook::dossier_id() == signhook::dossier_id();
#endif
#elif defined(IGNORE_RESULT)
#if WRONG
  decode();
#else
  static_cast<void>(decode());
#endif
#elif defined(STRING_AS_PADDED)
#if WRONG
  simdjson::padded_string_view body = std::string("{}");
#else
  const simdjson::padded_string owner(std::string("{}"));
  simdjson::padded_string_view body = owner;
#endif
  static_cast<void>(signhook::decoder().decode(body));
#elif defined(HEADERS_MADE_ON_THE_WAY)
  const pairs all;
#if WRONG
  const transformed<std::pair<std::string, std::string>> headers{&all};
#else
  const transformed<std::pair<const std::string&, const std::string&>> headers{&all};
#endif
  [[maybe_unused]] const signhook::request request{.headers = headers};
#elif defined(HEADERS_BY_VALUE)
  const pairs all;
#if WRONG
  const transformed<field> headers{&all};
#else
  const std::vector<field> headers;
#endif
  [[maybe_unused]] const signhook::request request{.headers = headers};
#elif defined(HEADERS_OF_ACCESSORS)
#if WRONG
  const std::vector<accessors> headers;
#else
  const std::vector<views> headers;
#endif
  [[maybe_unused]] const signhook::request request{.headers = headers};
#elif defined(HEADER_LOOK_UP)
#if WRONG
  const auto headers = [](const std::string& name) { return name; };
#else
  const std::array<signhook::header, 1> headers{};
#endif
  [[maybe_unused]] const signhook::request request{.headers = headers};
#elif defined(HANDLER_OF_ANOTHER_TYPE)
  signhook::memory_inbox inbox;
  signhook::decoder decoder;
  const auto receiver = signhook::receiver::make({});
#if WRONG
  const auto handler = [](const signhook::event&) { return 200; };
#else
  const auto handler = [](const signhook::event&) { return true; };
#endif
  static_cast<void>(signhook::process(*receiver, decoder, inbox, {}, handler));
#elif defined(PRINT_SECRETS)
  const signhook::receiver_options options;
#if WRONG
  static_cast<void>(fmt::format("{}", options));
#else
  static_cast<void>(fmt::format("{}", options.validate().value_or(signhook::receiver_errc{})));
#endif
#elif defined(EQUAL_NAMES) || defined(TWO_TYPES_OF_A_MEMBER) || defined(STATE_WITHOUT_NAME)
#else
#error "which case?"
#endif
}

}  // namespace
