// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/detail/decode/field_mask.hpp>
#include <signhook/detail/decode/scalar.hpp>
#include <signhook/detail/json/type.hpp>
#include <signhook/detail/schema/traits.hpp>
#include <signhook/detail/text/enumerators.hpp>
#include <signhook/detail/text/fixed_text.hpp>
#include <signhook/detail/text/name_lookup.hpp>
#include <signhook/detail/text/word.hpp>
#include <signhook/schema.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

// The schema of a document as its fields: the members of all its objects, at every depth, with a
// number each. Those of all events are merged, because a body may name its type, and with it its
// event, after all else.

namespace signhook::inline SIGNHOOK_ABI::detail {

inline constexpr field_id root_field = 0;
inline constexpr field_id no_field = 0;  // the root is no member

// The size of most texts of a value, where it is the same for most of them.
template <class Value>
inline constexpr std::size_t usual_text_size = 0;
template <class Tag>
inline constexpr std::size_t usual_text_size<tagged_id<Tag>> = uuid::text_size;
template <>
inline constexpr std::size_t usual_text_size<timestamp> =
    std::string_view("2026-01-01T00:00:00+00:00").size();

struct field {
  using validate_function = std::optional<errc> (*)(std::string_view,
                                                    const decoder_options&) noexcept;

  std::string_view name;
  std::string_view value_type{};         // its name in C++, where the value has no fields itself
  json_type type = json_type::object;    // the types of JSON that its value may have
  char opens = '{';                      // the first character of most of its values
  validate_function validate = nullptr;  // of a string
  std::uint8_t usual_size = 0;           // of its text
  field_id first_child = no_field;
  field_id next_sibling = no_field;
  field_id parent = root_field;
  std::uint8_t depth = 1;  // of an object: how many containers are open in it

  [[nodiscard]] constexpr bool has_fields() const noexcept { return value_type.empty(); }
};

// Two events that give one member different types.
struct field_conflict {
  std::string_view name{};
  std::string_view first{};
  std::string_view second{};
};

// The fields that the body of one event, or of another document, may have, and those of them that
// must be there if the object that holds them is.
template <std::size_t Count>
struct document_fields {
  field_mask<Count> known{};
  field_mask<Count> required{};
};

template <std::size_t Count, std::size_t Documents>
struct field_table {
  static constexpr std::size_t size = Count;

  std::array<field, Count> fields{};
  std::array<document_fields<Count>, Documents> documents{};

  [[nodiscard]] constexpr const field& operator[](field_id id) const noexcept { return fields[id]; }

  // The child of that name, or `no_field`. Compares sizes first, because compilers limit the steps of a constant,
  // and the comparison of two texts takes many.
  [[nodiscard]] constexpr field_id child(field_id of, std::string_view name) const noexcept {
    field_id at = fields[of].first_child;
    while (at != no_field && (fields[at].name.size() != name.size() || fields[at].name != name))
      at = fields[at].next_sibling;
    return at;
  }
};

// The alternatives of a `std::variant`, or any other type alone.
template <class Root>
struct documents_of {
  static constexpr std::size_t count = 1;
  template <std::size_t>
  using type = Root;
};
template <class... Event>
struct documents_of<std::variant<Event...>> {
  static constexpr std::size_t count = sizeof...(Event);
  template <std::size_t I>
  using type = std::variant_alternative_t<I, std::variant<Event...>>;
};

template <class Root>
class field_table_builder {
 public:
  // A field's id has eight bits.
  static constexpr std::size_t max_fields = 255;
  static constexpr std::size_t document_count = documents_of<Root>::count;

  constexpr field_table_builder() {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (add_document<typename documents_of<Root>::template type<I>>(I), ...);
    }
    (std::make_index_sequence<document_count>{});
  }

  field_table<max_fields, document_count> table{};
  std::size_t size = 1;
  field_conflict conflict{};

 private:
  template <class Document>
  constexpr void add_document(std::size_t index) {
    add_members<Document>(root_field, table.documents[index]);
  }

  template <class Object, class Into>
  constexpr void add_members(field_id at, Into& into) {
    std::apply([&](const auto&... members) { (add_member(at, members, into), ...); },
               schema<Object>::members);
  }

  template <class Object, class Value, class Into>
  constexpr void add_member(field_id of, const member<Object, Value>& member, Into& into) {
    using form = required_form<Value>;
    using value_type = typename form::type;
    if constexpr (wire_object<value_type>) {
      const field_id at = add_field(of, {.name = member.name}, into, form::is_required);
      add_members<value_type>(at, into);
    } else {
      add_field(of, scalar_field<value_type>(member.name), into, form::is_required);
    }
  }

  template <class Into>
  constexpr void add_member(field_id of, const type_member& member, Into& into) {
    add_field(of, scalar_field<type_text>(member.name), into, true);
  }

  template <class Value>
  [[nodiscard]] static constexpr field scalar_field(std::string_view name) {
    field made{.name = name, .value_type = type_name<Value>(), .type = scalar<Value>::type};
    made.opens = contains(made.type, json_type::string)  ? '"'
                 : contains(made.type, json_type::array) ? '['
                                                         : '\0';
    made.usual_size = static_cast<std::uint8_t>(usual_text_size<Value>);
    if constexpr (requires { &scalar<Value>::validate; }) made.validate = &scalar<Value>::validate;
    return made;
  }

  template <class Into>
  constexpr field_id add_field(field_id of, const field& added, Into& into, bool is_required) {
    field_id at = table.child(of, added.name);
    if (at == no_field) {
      at = append(of, added);
    } else if (table[at].value_type != added.value_type && conflict.name.empty()) {
      conflict = {added.name, table[at].value_type, added.value_type};
    }
    into.known.add(at);
    if (is_required) into.required.add(at);
    return at;
  }

  constexpr field_id append(field_id of, const field& added) {
    const auto at = static_cast<field_id>(size++);
    table.fields[at] = added;
    table.fields[at].parent = of;
    table.fields[at].depth = static_cast<std::uint8_t>(table.fields[of].depth + 1);
    field_id* last = &table.fields[of].first_child;
    while (*last != no_field) last = &table.fields[*last].next_sibling;
    *last = at;
    return at;
  }
};

// Never complete. The compiler's message shows the member's name and both types.
template <fixed_text Name, fixed_text First, fixed_text Second>
struct this_member_has_two_types {
  static_assert(always_false<Name>,
                "schema.hpp gives one member of an object different types in two events: give both "
                "the same, or one of the members another name");
};

// A constant of its own, because compilers limit the steps of a constant.
template <class Root>
inline constexpr field_table_builder<Root> built_fields;

template <class Root>
[[nodiscard]] consteval bool types_agree() {
  constexpr field_conflict found = built_fields<Root>.conflict;
  if constexpr (!found.name.empty()) {
    constexpr auto text = []<std::size_t Size>(std::string_view of) {
      return fixed_text<Size>(of);
    };
    return sizeof(this_member_has_two_types<
                  text.template operator()<found.name.size()>(found.name),
                  text.template operator()<found.first.size()>(found.first),
                  text.template operator()<found.second.size()>(found.second)>) != 0;
  }
  return true;
}

// The table of a document's fields.
template <class Root>
inline constexpr auto fields_of = [] {
  static_assert(types_agree<Root>());
  constexpr std::size_t count = built_fields<Root>.size;
  static_assert(count <= field_table_builder<Root>::max_fields, "a document has too many fields");
  constexpr std::size_t documents = field_table_builder<Root>::document_count;
  const auto& built = built_fields<Root>.table;
  field_table<count, documents> made;
  std::copy_n(built.fields.begin(), count, made.fields.begin());
  for (std::size_t i = 0; i < documents; ++i) {
    made.documents[i].known = field_mask<count>(built.documents[i].known);
    made.documents[i].required = field_mask<count>(built.documents[i].required);
  }
  return made;
}();

inline constexpr const auto& event_fields = fields_of<event>;

template <class Root>
using fields_mask = field_mask<std::remove_cvref_t<decltype(fields_of<Root>)>::size>;

// The field that holds the event's type.
inline constexpr field_id type_field = [] {
  field_id at = event_fields[root_field].first_child;
  while (event_fields[at].value_type != type_name<type_text>()) at = event_fields[at].next_sibling;
  return at;
}();

// ---- Look-up of the children of a field by name ----

// The names of all fields, grouped by their parents; `ids` has the field of each name.
template <class Root>
struct child_names {
  static constexpr std::size_t size = std::remove_cvref_t<decltype(fields_of<Root>)>::size;

  static constexpr auto ids = [] {
    std::array<field_id, size> made{};
    std::size_t used = 0;
    for (std::size_t of = 0; of < size; ++of) {
      field_id at = fields_of<Root>.fields[of].first_child;
      for (; at != no_field; at = fields_of<Root>[at].next_sibling) made[used++] = at;
    }
    return made;
  }();

  static constexpr auto groups = [] {
    name_groups<size - 1, size> made;
    std::size_t used = 0;
    for (std::size_t of = 0; of < size; ++of) {
      made.begins[of] = static_cast<std::uint16_t>(used);
      field_id at = fields_of<Root>.fields[of].first_child;
      for (; at != no_field; at = fields_of<Root>[at].next_sibling)
        made.names[used++] = fields_of<Root>[at].name;
    }
    made.begins[size] = static_cast<std::uint16_t>(used);
    return made;
  }();

  // A name and its closing quote, as two words to compare a body with.
  struct text {
    std::array<std::uint64_t, 2> words{};
    std::array<std::uint64_t, 2> masks{};
    std::uint32_t size = 0;
    field_id id = no_field;
  };
  static constexpr auto texts = [] {
    std::array<text, size> made{};
    for (std::size_t i = 0; i + 1 < size; ++i) {
      const std::string_view name = groups.names[i];
      const std::string_view rest = name.substr((std::min)(name.size(), std::size_t{8}));
      const std::size_t rest_size = name.size() < 8 ? 0 : rest.size() + 1;
      made[i].masks = {first_bytes(name.size() + 1), first_bytes(rest_size)};
      made[i].words = {word_of(name, '"') & made[i].masks[0],
                       word_of(rest, '"') & made[i].masks[1]};
      made[i].size = static_cast<std::uint32_t>(name.size()) + 1;
      made[i].id = ids[i];
    }
    return made;
  }();

  // The most bytes from the beginning of a name on that a look-up reads.
  static constexpr std::ptrdiff_t reach = [] {
    std::size_t most = 16;
    for (const std::string_view name : groups.names) most = (std::max)(most, name.size() + 8);
    return static_cast<std::ptrdiff_t>(most);
  }();
};

// The child whose name and closing quote begin at `p`; or `no_field`, also for a name that is followed by too few
// bytes to be compared.
template <class Root>
[[nodiscard]] SIGNHOOK_HOT inline field_id find_child(field_id of, const char* p,
                                                      const char* end) noexcept {
  using names = child_names<Root>;
  const auto readable = static_cast<std::size_t>(end - p);
  const std::size_t at = lookup_of<names::groups>.find(of, p, readable);
  if (at == names::size - 1 || readable < 16) return no_field;
  const typename names::text& one = names::texts[at];
  const std::uint64_t different = ((load<std::uint64_t>(p) ^ one.words[0]) & one.masks[0]) |
                                  ((load<std::uint64_t>(p + 8) ^ one.words[1]) & one.masks[1]);
  if (different != 0) return no_field;
  if (one.size > 16) {
    const bool is_longer = readable >= one.size && p[one.size - 1] == '"' &&
                           std::memcmp(p, names::groups.names[at].data(), one.size - 1) == 0;
    if (!is_longer) return no_field;
  }
  return one.id;
}

// ---- Pointers ----

// The JSON Pointers (RFC 6901) of all fields, one after the other.
template <std::size_t Fields, std::size_t Size>
struct pointer_texts {
  std::array<char, Size> chars{};
  std::array<std::uint16_t, Fields + 1> begins{};
};

// Appends the pointer of a field to `out`, which is an output iterator.
template <class Table, class Out>
constexpr Out append_pointer(const Table& table, field_id of, Out out) {
  if (of == root_field) return out;
  out = append_pointer(table, table[of].parent, out);
  *out++ = '/';
  for (const char c : table[of].name) {
    // RFC 6901, section 3.
    if (c == '~' || c == '/') *out++ = '~';
    *out++ = c == '~' ? '0' : c == '/' ? '1' : c;
  }
  return out;
}

// The number of characters of that pointer.
template <class Table>
[[nodiscard]] constexpr std::size_t pointer_size(const Table& table, field_id of) {
  if (of == root_field) return 0;
  const std::string_view name = table[of].name;
  const auto escaped =
      std::count_if(name.begin(), name.end(), [](char c) { return c == '~' || c == '/'; });
  return pointer_size(table, table[of].parent) + 1 + name.size() +
         static_cast<std::size_t>(escaped);
}

template <class Root>
inline constexpr auto pointers_of = [] {
  constexpr std::size_t fields = std::remove_cvref_t<decltype(fields_of<Root>)>::size;
  constexpr std::size_t total = [] {
    std::size_t sum = 0;
    for (std::size_t id = 0; id < fields; ++id) {
      sum += pointer_size(fields_of<Root>, static_cast<field_id>(id));
    }
    return sum;
  }();
  pointer_texts<fields, total> made;
  char* out = made.chars.data();
  for (std::size_t id = 0; id < fields; ++id) {
    made.begins[id] = static_cast<std::uint16_t>(out - made.chars.data());
    out = append_pointer(fields_of<Root>, static_cast<field_id>(id), out);
  }
  made.begins[fields] = static_cast<std::uint16_t>(total);
  return made;
}();

// *Lifetime*: static storage.
template <class Root>
[[nodiscard]] constexpr std::string_view pointer_of(field_id id) noexcept {
  const auto& texts = pointers_of<Root>;
  return std::string_view(texts.chars.data(), texts.chars.size())
      .substr(texts.begins[id], texts.begins[id + 1U] - texts.begins[id]);
}

}  // namespace signhook::inline SIGNHOOK_ABI::detail
