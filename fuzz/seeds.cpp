// SPDX-License-Identifier: BSL-1.0
// Writes, from the table, what a fuzzer begins with.
//   fuzz_seeds bodies FOLDER | choices FOLDER | lines FOLDER | dictionary FILE
#include "random_body.hpp"
#include "random_event.hpp"
#include <signhook/signhook.hpp>

#include <array>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>
#include <set>
#include <string>
#include <string_view>

namespace {

using namespace signhook;

void write(const std::filesystem::path& to, std::string_view bytes) {
  std::ofstream file(to, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!file.flush()) {
    std::fprintf(stderr, "%s cannot be written\n", to.c_str());
    std::exit(2);
  }
}

std::string random_bytes(std::mt19937& random, std::size_t size) {
  std::string bytes;
  while (bytes.size() < size) bytes += static_cast<char>(random() & 0xffU);
  return bytes;
}

void write_bodies(const std::filesystem::path& folder) {
  for (const event& sample : samples) {
    std::array<char, max_encoded_size> buffer{};
    write(folder / (std::string(type_of(sample)) + ".json"), *encode(sample, buffer));
  }
  write(folder / "array.json", "[]");
  std::mt19937 random(1);
  for (int i = 0; i < 64; ++i) {
    const std::string bytes = random_bytes(random, 1024);
    fuzz::choices from(bytes);
    fuzz::node tree = fuzz::tree_of(fuzz::random_event(from));
    fuzz::shuffle(from, tree);
    tree.members.push_back(fuzz::random_member(from, tree, 4));
    // What is nearly right is hard to find by chance.
    if (i % 8 == 6) {
      fuzz::for_each(tree, [](fuzz::node& one) {
        if (one.is == fuzz::node::kind::timestamp) one.text = "2016-12-30T23:59:60Z";
      });
    }
    if (i % 8 == 7) {
      fuzz::node& first = tree.members.front();
      first = {.is = fuzz::node::kind::other, .key = first.key, .text = "null"};
    }
    write(folder / ("random-" + std::to_string(i) + ".json"),
          fuzz::print(tree, from, {i % 2 == 0, i % 3 == 0}));
  }
}

void write_choices(const std::filesystem::path& folder) {
  std::mt19937 random(2);
  for (int i = 0; i < 64; ++i)
    write(folder / ("choices-" + std::to_string(i)), random_bytes(random, 512));
}

// Good bodies and others, with all ends of lines.
void write_lines(const std::filesystem::path& folder) {
  constexpr std::string_view ends[] = {"\n", "\r\n", "\n\n", "\r\n\n", ""};
  std::mt19937 random(3);
  for (int i = 0; i < 16; ++i) {
    const std::string bytes = random_bytes(random, 4096);
    fuzz::choices from(bytes);
    std::string lines;
    for (std::size_t left = from.below(5); left != 0; --left) {
      fuzz::node tree = fuzz::tree_of(fuzz::random_event(from));
      if (from.one_in(4)) fuzz::shuffle(from, tree);
      std::string body = fuzz::print(tree, from, {from.one_in(8), from.one_in(8)});
      if (from.one_in(4)) body.resize(from.below(body.size()));
      lines += body;
      lines += from.one_of(ends);
    }
    write(folder / ("lines-" + std::to_string(i)), lines);
  }
}

// https://llvm.org/docs/LibFuzzer.html#dictionaries
void write_dictionary(const std::filesystem::path& to) {
  std::set<std::string> words = {"{",
                                 "}",
                                 "[",
                                 "]",
                                 ":",
                                 ",",
                                 "null",
                                 "true",
                                 "false",
                                 "-0",
                                 "1e9",
                                 "0.5",
                                 "\\u0061",
                                 "\\ud83d\\ude00",
                                 "\\\"",
                                 "\\/",
                                 "\xf0\x9f\x98\x80",
                                 "2016-12-31T23:59:60Z",
                                 "2016-12-30T23:59:60Z",
                                 "2024-02-29T23:59:59.9-08:00",
                                 "\"new\":0,",
                                 "\n",
                                 "\r\n"};
  for (const event& sample : samples) {
    fuzz::node tree = fuzz::tree_of(sample);
    fuzz::for_each(tree, [&](const fuzz::node& one) {
      if (!one.key.empty()) words.insert('"' + one.key + "\":");
      if (!one.text.empty()) words.insert('"' + one.text + '"');
    });
  }
  const auto add_states = [&](const auto& texts) {
    for (const std::string_view text : texts) words.insert('"' + std::string(text) + '"');
  };
  add_states(open_state<dossier_state>::known_texts());
  add_states(open_state<invitee_state>::known_texts());
  add_states(open_state<reassign_request_state>::known_texts());

  std::string text;
  for (const std::string& word : words) {
    text += '"';
    for (const char c : word) {
      std::array<char, 8> escaped{};
      if (c == '"' || c == '\\') {
        text += '\\';
        text += c;
      } else if (c < ' ' || c > '~') {
        std::snprintf(escaped.data(), escaped.size(), "\\x%02X",
                      static_cast<unsigned>(static_cast<unsigned char>(c)));
        text += escaped.data();
      } else {
        text += c;
      }
    }
    text += "\"\n";
  }
  write(to, text);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view what = argc == 3 ? argv[1] : "";
  if (what == "dictionary") {
    write_dictionary(argv[2]);
    return 0;
  }
  const auto write_seeds = what == "bodies"    ? write_bodies
                           : what == "choices" ? write_choices
                           : what == "lines"   ? write_lines
                                               : nullptr;
  if (write_seeds == nullptr) {
    std::fputs(
        "usage: fuzz_seeds bodies FOLDER | choices FOLDER | lines FOLDER | dictionary FILE\n",
        stderr);
    return 2;
  }
  std::filesystem::create_directories(argv[2]);
  write_seeds(argv[2]);
  return 0;
}
