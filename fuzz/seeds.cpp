// SPDX-License-Identifier: BSL-1.0
// Writes the seeds and dictionaries of the fuzz targets, from the schema.
//   fuzz_seeds bodies|choices|lines|requests|subscriptions FOLDER | dictionary-bodies|dictionary-subscriptions FILE
#include "random_body.hpp"
#include "random_event.hpp"
#include "request.hpp"
#include <signhook/signhook.hpp>

#include <array>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
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
    // Near misses are hard to find by chance.
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

// Valid and invalid bodies, with all line ends.
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

void write_requests(const std::filesystem::path& folder) {
  const std::string first = "X-Secret:" + std::string(fuzz::secrets[0]) + "\n";
  const std::string second = "x-secret:" + std::string(fuzz::secrets[1]) + "\n";
  const std::string json = "Content-Type:application/json\n";
  std::array<char, max_encoded_size> buffer{};
  for (const event& sample : samples) {
    const std::string body(*encode(sample, buffer));
    write(folder / type_of(sample), "POST\n" + json + first + "\n" + body);
  }
  const std::string body(*encode(samples[0], buffer));
  write(folder / "second", "POST\n" + second + json + "Accept:*/*\n\n" + body);
  write(folder / "parameters",
        "POST\n" + first + "content-type:application/json; charset=\"utf-8\";a=b\n\n" + body);
  write(folder / "twice", "POST\n" + first + second + json + "\n" + body);
  write(folder / "wrong", "POST\nX-Secret:the-first-of-the-two-secretz\n" + json + "\n" + body);
  write(folder / "get", "GET\n" + first + json + "\n");
  write(folder / "text", "POST\n" + first + "Content-Type:text/plain\n\n" + body);
  write(folder / "broken", "POST\n" + first + json + "\n" + body.substr(0, 100));
  write(folder / "another", "POST\n" + first + json + "\n{}");
}

// Tokens of any JSON.
const std::set<std::string> json_words = {"{",
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

// https://llvm.org/docs/LibFuzzer.html#dictionaries
void write_dictionary(const std::filesystem::path& to, const std::set<std::string>& words) {
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

std::set<std::string> words_of_bodies() {
  std::set<std::string> words = json_words;
  for (const event& sample : samples) {
    fuzz::node tree = fuzz::tree_of(sample);
    fuzz::for_each(tree, [&](const fuzz::node& one) {
      if (!one.key.empty()) words.insert('"' + one.key + "\":");
      if (!one.text.empty()) words.insert('"' + one.text + '"');
      for (const std::string_view text : one.known_texts)
        words.insert('"' + std::string(text) + '"');
    });
  }
  return words;
}

// The answers and requests of fuzz/subscription.cpp.
void write_subscriptions(const std::filesystem::path& folder) {
  subscription of;
  of.url = "https://example.com";
  of.updated_at = of.created_at = *timestamp::parse("2022-01-01T00:00:00+00:00");
  std::string list = "[";
  int nth = 0;
  const auto add = [&] {
    std::string text;
    encode_to(of, std::back_inserter(text));
    write(folder / ("subscription-" + std::to_string(nth++) + ".json"), text);
    list += (list.size() == 1 ? "" : ",") + text;
  };
  add();
  of.disabled = false;
  add();
  of.events.emplace();
  add();
  for (const std::string_view type : event_types) of.events->emplace_back(std::string(type));
  add();
  of.headers.push_back({"My-Custom-Header", "Example"});
  of.headers.push_back({"A\"\n", "\xf0\x9f\x98\x80"});
  add();
  write(folder / "list.json", list + "]");
  write(folder / "headers.json",
        R"({"id":"77e79832-1708-4a49-9528-3536ba4057d7","url":"","headers":[],)"
        R"("updatedAt":"2022-01-01T00:00:00Z","createdAt":"2022-01-01T00:00:00Z"})");
  write(folder / "error.json", R"({"status":404,"message":"Not found"})");
  using namespace std::string_literals;
  write(folder / "request-0", "https://example.com"s);
  write(folder / "request-1",
        "HTTPS://a.b:443/c?d=%20\x1e"
        "dossier.prepared\x1e"
        "X-A\x1f"
        "b c\x1e"
        "X-B\x1f"s);
  write(folder / "request-2",
        "https://[1:2::255.249.199.10]:80/\x1e"
        "new"s);
  write(folder / "request-3",
        "https://[v1.a:b]\x1e"
        "Host\x1f"
        "a"s);
}

std::set<std::string> words_of_subscriptions() {
  std::set<std::string> words = json_words;
  for (const std::string_view name : {"id", "url", "events", "headers", "disabled", "updatedAt",
                                      "createdAt", "status", "message"}) {
    words.insert('"' + std::string(name) + "\":");
  }
  for (const std::string_view type : event_types) words.insert('"' + std::string(type) + '"');
  for (const std::string_view name : detail::reserved_names)
    words.insert(std::string(name) + '\x1f');
  for (const std::string_view piece :
       {"https://", "[::", "[v1.", "%41", ":443", "?", "#", "user@", "255.", "\x1e",
        "\x1e"
        "X-A\x1f"}) {
    words.emplace(piece);
  }
  return words;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view what = argc == 3 ? argv[1] : "";
  if (what == "dictionary-bodies") {
    write_dictionary(argv[2], words_of_bodies());
    return 0;
  }
  if (what == "dictionary-subscriptions") {
    write_dictionary(argv[2], words_of_subscriptions());
    return 0;
  }
  const std::map<std::string_view, void (*)(const std::filesystem::path&)> kinds = {
      {"bodies", write_bodies},
      {"choices", write_choices},
      {"lines", write_lines},
      {"requests", write_requests},
      {"subscriptions", write_subscriptions}};
  if (!kinds.contains(what)) {
    std::fputs(
        "usage: fuzz_seeds bodies|choices|lines|requests|subscriptions FOLDER | "
        "dictionary-bodies|dictionary-subscriptions FILE\n",
        stderr);
    return 2;
  }
  std::filesystem::create_directories(argv[2]);
  kinds.at(what)(argv[2]);
  return 0;
}
