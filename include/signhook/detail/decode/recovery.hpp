// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>
#include <signhook/decoder_options.hpp>
#include <signhook/detail/decode/fields.hpp>
#include <signhook/detail/decode/scalar.hpp>
#include <signhook/detail/json/escape.hpp>
#include <signhook/detail/json/grammar.hpp>
#include <signhook/detail/json/locator.hpp>
#include <signhook/error.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace signhook::inline SIGNHOOK_ABI::detail {

// Where a body leaves the canonical form: judges what stands there, from left to right, and finds the
// way back. What is new is passed over, what is wrong is kept, and where the documented order is lost
// there is no way back, and no opinion.
//
// Each function returns no place (null) where it has found none: then `fault()` tells what is no JSON,
// or, where it is empty, the body has to be read in the slow path.
class deviations {
 public:
  deviations(std::string_view body, const decoder_options& options) noexcept
      : begin_(body.data()), end_(begin_ + body.size()), options_(options) {}

  // A body is all that there is, on any number of lines.
  static constexpr bool spans_lines = true;
  [[nodiscard]] static const char* skip_space(const char* p, const char* end) noexcept {
    return detail::skip_space(p, end);
  }
  [[nodiscard]] static bool ends(const char* p, const char* end) noexcept { return p == end; }

  // The body's type, once it is known.
  void set_type(std::size_t event_index) noexcept { nodes_ = tree.events[event_index]; }

  [[nodiscard]] const std::optional<error>& fault() const noexcept { return fault_; }
  [[nodiscard]] const std::optional<error>& violation() const noexcept { return violation_; }

  // Why the body is rejected, if it is: what is no JSON goes before what breaks the schema.
  [[nodiscard]] const error& rejection() const noexcept { return fault_ ? *fault_ : *violation_; }

  // An object whose members are being read in their order.
  struct open_object {
    const char* brace;
    node_index node;
    std::uint32_t depth;
    node_set seen;  // its members that were read
  };

  // What there is of a member: its value, which is a string's text or an object's brace; or nothing, or
  // nothing that could be it, and the place is behind that.
  struct member_place {
    const char* at;
    bool is_value;
  };

  // From behind the last member, or from the brace if there was none, up to the value of the member that
  // is next in the documented order; or, where that is `no_node`, to the end of the object.
  [[nodiscard]] SIGNHOOK_COLD member_place find_member(const char* p, const open_object& object,
                                                       node_index next) noexcept {
    bool is_first = object.seen == 0;
    p = skip_space(is_first ? p + 1 : p, end_);
    while (!at(p, '}')) {
      if (!is_first) {
        if (!at(p, ',')) return {fail(p), false};
        p = skip_space(p + 1, end_);
      }
      is_first = false;
      const char* const key = p;
      const std::optional<std::string_view> name = pass_key(p);
      if (!name) return {nullptr, false};
      const node_index node = tree.child(object.node, *name);
      if (node == next && node != no_node) return member_value(p, object, node);
      if (nodes_.known == 0) return {nullptr, false};  // too early to tell whose member it is
      const bool is_known = (nodes_.known & only(node)) != 0 && node != no_node;
      if (is_known && (object.seen & only(node)) == 0) return {nullptr, false};
      if (is_known) {
        note(errc::duplicate_member, node, key);
      } else if (options_.members == unknown_members::reject) {
        note(errc::unknown_member, object.node, key);
      }
      p = pass_value(p, object.depth);
      if (p == nullptr) return {nullptr, false};
      p = skip_space(p, end_);
    }
    if ((nodes_.required & only(next)) != 0) note(errc::missing_member, next, object.brace);
    return {p, false};
  }

  // A value that is not of the member's JSON type.
  [[nodiscard]] SIGNHOOK_COLD const char* pass_mistyped(const char* p, node_index node,
                                                        std::uint32_t depth) noexcept {
    note(errc::wrong_type, node, p);
    return pass_value(p, depth);
  }

  struct text_place {
    const char* behind;  // its closing quote
    std::string_view text;
  };

  // The text that begins at `p`, of a member's value that is not of the canonical form.
  [[nodiscard]] SIGNHOOK_COLD text_place pass_text(const char* p, node_index node) noexcept {
    const token_read read = read_string(p - 1, end_);
    if (!read.whole) return {fail(read), {}};
    const std::string_view text(p, static_cast<std::size_t>(read.at - 1 - p));
    if (has_escape(text)) return {nullptr, {}};
    const auto code = tree.nodes[node].judge(text, options_);
    if (code && !is_warning(*code, options_)) note(*code, node, p - 1);
    return {read.at, text};
  }

  // A type that is none of the table's, so the event's members are others.
  SIGNHOOK_COLD void leave_at_type(const char* p) noexcept {
    const token_read read = read_string(p - 1, end_);
    if (!read.whole) fail(read);
  }

  // What stands behind the body's object.
  SIGNHOOK_COLD void leave_at_end(const char* p) noexcept {
    fail({p, false}, errc::trailing_content);
  }

 private:
  [[nodiscard]] bool at(const char* p, char token) const noexcept {
    return p != end_ && *p == token;
  }

  // From a key's quote to its value; returns the key.
  [[nodiscard]] std::optional<std::string_view> pass_key(const char*& p) noexcept {
    if (!at(p, '"')) return fail(p), std::nullopt;
    const token_read read = read_string(p, end_);
    if (!read.whole) return fail(read), std::nullopt;
    const std::string_view key(p + 1, static_cast<std::size_t>(read.at - p) - 2);
    p = skip_space(read.at, end_);
    if (!at(p, ':')) return fail(p), std::nullopt;
    p = skip_space(p + 1, end_);
    if (has_escape(key)) return std::nullopt;
    return key;
  }

  [[nodiscard]] member_place member_value(const char* p, const open_object& object,
                                          node_index node) noexcept {
    const bool is_object = tree.nodes[node].is_object();
    if (at(p, is_object ? '{' : '"')) return {is_object ? p : p + 1, true};
    return {pass_mistyped(p, node, object.depth), false};
  }

  [[nodiscard]] const char* pass_value(const char* p, std::uint32_t depth) noexcept {
    syntax_check check({begin_, static_cast<std::size_t>(end_ - begin_)}, options_.max_depth);
    p = check.pass_value(p, depth);
    fault_ = check.fault();
    return p;
  }

  const char* fail(token_read token, errc code = errc::invalid_json) noexcept {
    fault_ = syntax_check::fault_at(begin_, token, end_, code);
    return nullptr;
  }
  const char* fail(const char* p) noexcept { return fail({p, false}); }

  // Of all violations the first counts, by place; two at one place come in the table's order.
  void note(errc code, node_index node, const char* where) noexcept {
    const auto offset = static_cast<std::uint32_t>(where - begin_);
    if (!violation_ || offset < violation_->offset) {
      violation_ = error{code, offset, pointer_of(node)};
    }
  }

  const char* begin_;
  const char* end_;
  const decoder_options& options_;
  event_nodes nodes_;  // none while the type is not known
  std::optional<error> fault_;
  std::optional<error> violation_;
};

}  // namespace signhook::inline SIGNHOOK_ABI::detail
