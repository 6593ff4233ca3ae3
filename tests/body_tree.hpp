// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <vector>

// A sample body as a tree that tests change and print again. The printer notes the place of every key
// and value, so that the places a test expects do not come from the library.

struct body_tree {
  std::string key;                 // between the quotes, escapes and all; empty for the body itself
  std::string scalar;              // with its quotes; unused for an object
  std::vector<body_tree> members;  // of an object
  bool is_object = false;
};

[[nodiscard]] inline std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// The types that have a sample: the names of the files, in order.
[[nodiscard]] inline const std::vector<std::string>& sample_names() {
  static const std::vector<std::string> found = [] {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(SIGNHOOK_SAMPLES)) {
      const std::string file = entry.path().filename().string();
      constexpr std::string_view extension = ".json";
      if (!file.ends_with(extension)) {
        std::fprintf(stderr, "tests/samples/%s: a sample is named TYPE.json\n", file.c_str());
        std::abort();
      }
      names.push_back(file.substr(0, file.size() - extension.size()));
    }
    std::sort(names.begin(), names.end());
    return names;
  }();
  return found;
}

[[nodiscard]] inline std::string sample_text(const std::string& name) {
  std::string path = SIGNHOOK_SAMPLES "/";
  path += name;
  path += ".json";
  return read_file(path);
}

// Reads a sample: objects, and strings without escapes. Anything else ends the program.
class sample_reader {
 public:
  explicit sample_reader(std::string_view text) : left_(text) {}

  [[nodiscard]] body_tree read() {
    body_tree body = value();
    skip_space();
    if (!left_.empty()) fail("the end");
    return body;
  }

 private:
  [[noreturn]] void fail(const char* expected) const {
    const std::string found(left_.substr(0, 40));
    std::fprintf(stderr, "a sample has '%s' where %s is expected\n", found.c_str(), expected);
    std::abort();
  }

  void skip_space() {
    while (!left_.empty() && std::string_view(" \t\r\n").find(left_[0]) != std::string_view::npos)
      left_.remove_prefix(1);
  }

  [[nodiscard]] bool take(char token) {
    skip_space();
    const bool is_there = left_.starts_with(token);
    if (is_there) left_.remove_prefix(1);
    return is_there;
  }

  // What stands between the quotes.
  [[nodiscard]] std::string string() {
    if (!take('"')) fail("a string");
    const std::size_t size = left_.find_first_of("\"\\");
    if (size == std::string_view::npos || left_[size] != '"') fail("a string without escapes");
    std::string text(left_.substr(0, size));
    left_.remove_prefix(size + 1);
    return text;
  }

  [[nodiscard]] body_tree value() {
    body_tree read;
    read.is_object = take('{');
    if (!read.is_object) {
      read.scalar = '"' + string() + '"';
      return read;
    }
    if (take('}')) return read;
    do {
      const std::string key = string();
      if (!take(':')) fail("a colon");
      read.members.push_back(value());
      read.members.back().key = key;
    } while (take(','));
    if (!take('}')) fail("a comma or a brace");
    return read;
  }

  std::string_view left_;
};

[[nodiscard]] inline body_tree read_tree(std::string_view text) {
  return sample_reader(text).read();
}

// The number of members in all objects.
[[nodiscard]] inline std::size_t count_members(const body_tree& tree) {
  std::size_t count = tree.members.size();
  for (const body_tree& member : tree.members) count += count_members(member);
  return count;
}

struct place {
  std::size_t offset = 0;
  unsigned line = 1;
  unsigned column = 1;
};

// A printed body, and the places of its keys and values by pointer; of a repeated member the last.
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
  void append(std::string_view text) {
    body_.text += text;
    for (const char c : text) {
      now_.offset += 1;
      now_.column = c == '\n' ? 1 : now_.column + 1;
      now_.line += c == '\n' ? 1 : 0;
    }
  }

  void new_line(std::size_t depth) {
    if (pretty_) append("\n" + std::string(2 * depth, ' '));
  }

  void print_value(const body_tree& node, const std::string& pointer, std::size_t depth) {
    body_.values[pointer] = now_;
    if (!node.is_object) return append(node.scalar);
    append("{");
    for (std::size_t i = 0; i != node.members.size(); ++i) {
      const body_tree& member = node.members[i];
      new_line(depth + 1);
      const std::string inner = pointer + "/" + member.key;
      body_.keys[inner] = now_;
      append("\"" + member.key + (pretty_ ? "\": " : "\":"));
      print_value(member, inner, depth + 1);
      if (i + 1 != node.members.size()) append(",");
    }
    new_line(depth);
    append("}");
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
