// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <vector>

// A documented body as a tree that the tests change and print again, remembering where everything
// went: expected places come from here and not from the library.

struct body_tree {
  std::string key;                 // as it stands between the quotes; empty for the body itself
  std::string scalar;              // as it stands, quotes and all; unused for an object
  std::vector<body_tree> members;  // of an object
  bool is_object = false;
};

[[nodiscard]] inline std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

[[nodiscard]] inline const std::vector<std::string>& sample_names() {
  static const std::vector<std::string> known = {
      "dossier.invite.created",        "dossier.invite.expired",
      "dossier.invite.undelivered",    "dossier.invite.viewed",
      "dossier.invitee.state.updated", "dossier.prepared",
      "dossier.state.updated",         "dossier.invitee.reassignRequest.state.updated"};
  return known;
}

[[nodiscard]] inline std::string sample_text(const std::string& name) {
  std::string path = SIGNHOOK_SAMPLES "/";
  path += name;
  path += ".json";
  return read_file(path);
}

// The samples are printed a member a line, which is all that this understands.
[[nodiscard]] inline body_tree read_tree(std::string_view text) {
  std::vector<body_tree> open;
  while (true) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (line.ends_with(',')) line.remove_suffix(1);
    if (line == "}") {
      body_tree done = std::move(open.back());
      open.pop_back();
      if (open.empty()) return done;
      open.back().members.push_back(std::move(done));
      continue;
    }
    body_tree node;
    const std::size_t colon = line.find("\": ");
    if (line != "{") {
      node.key = line.substr(1, colon - 1);
      line.remove_prefix(colon + 3);
    }
    if (line == "{") {
      node.is_object = true;
      open.push_back(std::move(node));
    } else {
      node.scalar = line;
      open.back().members.push_back(std::move(node));
    }
  }
}

struct place {
  std::size_t offset = 0;
  unsigned line = 1;
  unsigned column = 1;
};

// A printed body, and where the keys and the values went, by pointer; of repeated members the last.
struct printed_body {
  std::string text;
  std::map<std::string, place> keys;
  std::map<std::string, place> values;
};

class tree_printer {
 public:
  explicit tree_printer(bool pretty) : pretty_(pretty) {}

  [[nodiscard]] printed_body print(const body_tree& tree) {
    print_value(tree, "", 0);
    return std::move(body_);
  }

 private:
  void put(std::string_view text) {
    body_.text += text;
    for (const char c : text) {
      now_.offset += 1;
      now_.column = c == '\n' ? 1 : now_.column + 1;
      now_.line += c == '\n' ? 1 : 0;
    }
  }

  void new_line(std::size_t depth) {
    if (pretty_) put("\n" + std::string(2 * depth, ' '));
  }

  void print_value(const body_tree& node, const std::string& pointer, std::size_t depth) {
    body_.values[pointer] = now_;
    if (!node.is_object) return put(node.scalar);
    put("{");
    for (std::size_t i = 0; i != node.members.size(); ++i) {
      const body_tree& member = node.members[i];
      new_line(depth + 1);
      const std::string inner = pointer + "/" + member.key;
      body_.keys[inner] = now_;
      put("\"" + member.key + (pretty_ ? "\": " : "\":"));
      print_value(member, inner, depth + 1);
      if (i + 1 != node.members.size()) put(",");
    }
    new_line(depth);
    put("}");
  }

  bool pretty_;
  place now_;
  printed_body body_;
};

[[nodiscard]] inline printed_body print_compact(const body_tree& tree) {
  return tree_printer(false).print(tree);
}
[[nodiscard]] inline printed_body print_pretty(const body_tree& tree) {
  return tree_printer(true).print(tree);
}

// Calls `f(node, pointer)` for each object, outermost first.
inline void for_each_object(body_tree& tree, const std::string& pointer,
                            const std::function<void(body_tree&, const std::string&)>& f) {
  if (!tree.is_object) return;
  f(tree, pointer);
  // By index: `f` may have added members.
  for (std::size_t i = 0; i != tree.members.size(); ++i) {
    for_each_object(tree.members[i], pointer + "/" + tree.members[i].key, f);
  }
}
