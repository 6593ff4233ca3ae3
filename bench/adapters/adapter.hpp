// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/event.hpp>
#include <signhook/schema.hpp>

#include <memory>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <variant>
#include <vector>

// An adapter decodes events with another JSON library, as an application without signhook would. Each
// gets a body followed by padding, and makes the same event with the same checks of the members it
// reads: required, of the right type, a valid id or time. None checks what its library does not:
// duplicate members, and with On-Demand the values that are not read.

namespace bench {

class adapter {
 public:
  virtual ~adapter() = default;
  // Decodes a body into `into`; returns false where it is rejected.
  virtual bool decode(std::string_view body, signhook::event& into) = 0;
};

struct named_adapter {
  const char* name;
  std::unique_ptr<adapter> with;
  bool takes_any_order = true;  // of members; otherwise only the documented one
};

// The adapters of the libraries that this build has.
[[nodiscard]] std::vector<named_adapter> adapters();

[[nodiscard]] std::unique_ptr<adapter> make_ondemand();
[[nodiscard]] std::unique_ptr<adapter> make_ondemand_ordered();
[[nodiscard]] std::unique_ptr<adapter> make_ondemand_key_selector();
[[nodiscard]] std::unique_ptr<adapter> make_dom();
[[nodiscard]] std::unique_ptr<adapter> make_boost_json();
[[nodiscard]] std::unique_ptr<adapter> make_rapidjson();
[[nodiscard]] std::unique_ptr<adapter> make_nlohmann();
[[nodiscard]] std::unique_ptr<adapter> make_yyjson();
[[nodiscard]] std::unique_ptr<adapter> make_glaze();
[[nodiscard]] std::unique_ptr<adapter> make_daw_json_link();
[[nodiscard]] std::unique_ptr<adapter> make_sonic();
[[nodiscard]] std::unique_ptr<adapter> make_reflect_cpp();
[[nodiscard]] std::unique_ptr<adapter> make_jsonifier();

// ---- From a tree of JSON to an event, by the schema ----

// `Object` is an object of some library, for which there are
//   bool find_text(Object&, std::string_view key, std::string_view& text)   a string
//   bool find_object(Object&, std::string_view key, Object& member)         an object
//   bool has(Object&, std::string_view key)

template <class Value>
[[nodiscard]] std::optional<Value> read_scalar(std::string_view text) {
  if constexpr (requires { Value::from_text(text); }) {
    return Value::from_text(text);
  } else if constexpr (requires { Value::from(text); }) {
    return Value::from(text);
  } else {
    return Value::parse(text);
  }
}

template <class Object, class Into>
bool bind(Object& object, Into& into);

template <class Object, class Into, class Value>
bool bind_value(Object& object, std::string_view key, Value& value) {
  if constexpr (requires { signhook::schema<Value>::members; }) {
    Object inner{};
    return find_object(object, key, inner) && bind(inner, value);
  } else {
    std::string_view text;
    if (!find_text(object, key, text)) return false;
    const auto read = read_scalar<Value>(text);
    if (read) value = *read;
    return read.has_value();
  }
}

template <class Object, class Into, class Value>
bool bind_member(Object& object, Into& into, const signhook::member<Into, Value>& of) {
  auto& value = into.*of.pointer;
  if constexpr (requires {
                  typename Value::value_type;
                  requires !std::is_same_v<Value, signhook::type_text>;
                }) {
    if (!has(object, of.name)) return true;
    return bind_value<Object, Into>(object, of.name, value.emplace());
  } else {
    return bind_value<Object, Into>(object, of.name, value);
  }
}

template <class Object, class Into>
bool bind_member(Object&, Into&, const signhook::type_member&) {
  return true;  // it chose `Into`
}

template <class Object, class Into>
bool bind(Object& object, Into& into) {
  return std::apply(
      [&](const auto&... members) { return (bind_member(object, into, members) && ...); },
      signhook::schema<Into>::members);
}

template <class Object>
bool bind_event(Object& body, signhook::event& into) {
  std::string_view type;
  if (!find_text(body, "type", type)) return false;
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    bool bound = false;
    const bool known =
        ((type == signhook::event_types[I] && (bound = bind(body, into.emplace<I>()), true)) ||
         ...);
    return known ? bound : bind(body, into.emplace<signhook::unknown_event>());
  }
  (std::make_index_sequence<signhook::event_types.size()>{});
}

}  // namespace bench
