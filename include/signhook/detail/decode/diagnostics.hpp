// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/decoder_options.hpp>
#include <signhook/detail/decode/fields.hpp>
#include <signhook/detail/decode/scalar.hpp>
#include <signhook/detail/json/cursor.hpp>
#include <signhook/detail/json/escape.hpp>
#include <signhook/error.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace signhook::inline SIGNHOOK_ABI::detail {

// Says all that there is to say of a body that is JSON, by offset and then in the table's order, until
// the sink wants no more of it. A member's first occurrence counts; any further one is a duplicate and is not looked into.
template <class Sink>
class diagnostics_walk {
 public:
  // `scratch` has room for the body.
  constexpr diagnostics_walk(std::string_view body, const decoder_options& options, char* scratch,
                             Sink& sink) noexcept
      : body_(body), options_(options), scratch_(scratch), sink_(sink) {}

  constexpr void run() {
    const cursor top = at(body_.data());
    if (*top.at() != '{') {
      report(errc::not_an_object, root, {top.at(), 1});
      return;
    }
    nodes_ = tree.events[find_event(top)];
    walk_object(root, top);
  }

 private:
  struct member_read {
    std::string_view key;  // with its quotes
    node_index node;       // of the tree, whatever the event
    cursor value;
  };

  [[nodiscard]] constexpr cursor at(const char* p) const noexcept {
    return {p, body_.data() + body_.size()};
  }

  // The characters of a string. They last until the next call.
  [[nodiscard]] constexpr std::string_view text_of(std::string_view quoted) const noexcept {
    return unescape(quoted.substr(1, quoted.size() - 2), scratch_);
  }

  // Calls `f` with each member of an object, in the body's order.
  template <class F>
  constexpr void for_each_member(node_index object, cursor brace, F f) const {
    brace.pass_byte();
    while (*brace.at() != '}' && !stopped_) {
      const std::string_view key = brace.pass_string();
      brace.pass_byte();  // the colon
      f(member_read{key, tree.child(object, text_of(key)), brace});
      brace.pass_value();
      if (*brace.at() == ',') brace.pass_byte();
    }
  }

  // The event that the body's type tells; one unknown where it tells none.
  [[nodiscard]] constexpr std::size_t find_event(cursor top) const {
    std::size_t found = known_count;
    bool seen = false;
    for_each_member(root, top, [&](member_read member) {
      if (member.node != type_node || seen) return;
      seen = true;
      if (*member.value.at() == '"') found = find_type(text_of(member.value.pass_string()));
    });
    return found;
  }

  constexpr void walk_object(node_index object, cursor brace) {
    report_missing(object, brace);
    node_set seen = 0;
    for_each_member(object, brace, [&](member_read member) {
      if (member.node == no_node || (nodes_.known & only(member.node)) == 0) {
        report(errc::unknown_member, object, member.key);
      } else if ((seen & only(member.node)) != 0) {
        report(errc::duplicate_member, member.node, member.key);
      } else {
        seen |= only(member.node);
        walk_value(member.node, member.value);
      }
    });
  }

  constexpr void report_missing(node_index object, cursor brace) {
    node_set there = 0;
    for_each_member(object, brace, [&](member_read member) { there |= only(member.node); });
    for (node_index child = tree.nodes[object].first_child; child != no_node;
         child = tree.nodes[child].next_sibling) {
      if ((nodes_.required & ~there & only(child)) != 0) {
        report(errc::missing_member, child, {brace.at(), 1});
      }
    }
  }

  constexpr void walk_value(node_index node, cursor value) {
    const bool is_object = tree.nodes[node].is_object();
    if (*value.at() != (is_object ? '{' : '"')) {
      report(errc::wrong_type, node, {value.at(), 1});
    } else if (is_object) {
      walk_object(node, value);
    } else {
      const std::string_view quoted = value.pass_string();
      if (const auto code = tree.nodes[node].judge(text_of(quoted), options_)) {
        report(*code, node, quoted);
      }
    }
  }

  constexpr void report(errc code, node_index node, std::string_view source) {
    if (stopped_) return;
    stopped_ = !sink_(diagnostic{
        is_warning(code, options_) ? severity::warning : severity::error,
        error{code, static_cast<std::uint32_t>(source.data() - body_.data()), pointer_of(node)},
        source});
  }

  std::string_view body_;
  const decoder_options& options_;
  char* scratch_;
  Sink& sink_;
  event_nodes nodes_;
  bool stopped_ = false;
};

}  // namespace signhook::inline SIGNHOOK_ABI::detail
