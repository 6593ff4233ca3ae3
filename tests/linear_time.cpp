// SPDX-License-Identifier: BSL-1.0
// Decodes and validates one large body, so that its instructions can be counted: linear_time.cmake.
//   linear_time INPUT KIB
#include <signhook/decoder.hpp>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

namespace {

struct input {
  std::string_view begin;
  std::string_view repeated;
  std::string_view end;
};

constexpr std::string_view event =
    R"("id":"b041a287-bc92-4469-801e-ae1a39c08f6e","type":"new","created":"2026-01-01T00:00:00Z"})";

// Bodies that make a decoder work, each twice: good, and with a fault at its very end.
const std::map<std::string_view, input> inputs = {
    {"unknown", {"{", "\"n\":0,", event}},
    {"unknown-broken", {"{", "\"n\":0,", "!"}},
    {"repeated", {"{\"id\":0,", "\"id\":0,", event}},
    {"repeated-broken", {"{\"id\":0,", "\"id\":0,", "!"}},
    {"escaped-keys", {"{", "\"\\u0069\\u0064\\u0064\":0,", event}},
    {"escaped-key", {"{\"", "\\u0069", "\":0}"}},
    {"escaped-state", {"{\"dossier\":{\"state\":\"", "\\ud83d\\ude00", "\"}}"}},
    {"escaped-state-broken", {"{\"dossier\":{\"state\":\"", "\\ud83d\\ude00", "\"}"}},
    {"nested", {"{\"n\":[0", ",[[[[{\"a\":[[{\"b\":{}}]]}]]]]", "]}"}},
    {"nested-dossiers", {"{", "\"dossier\":{\"dossier\":{}},", event}},
    {"number", {"{\"n\":", "1", "}"}},
    {"number-broken", {"{\"n\":", "1", "e}"}},
    {"space", {"{", "\n", "}"}},
    {"trailing-space", {"{}", " ", "x"}},
    {"quotes", {"{\"n\":\"", "\\\"", "\"}"}},
    {"backslashes-broken", {"{\"n\":\"", "\\\\", "\\x"}},
    {"wide", {"{\"n\":\"", "\xf0\x9f\x98\x80", "\"}"}},
    {"wide-broken", {"{\"n\":\"", "\xf0\x9f\x98\x80", "\xf0\x9f"}},
};

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "--inputs") {
    for (const auto& [name, unused] : inputs) {
      std::printf("%s%.*s", name == inputs.begin()->first ? "" : ";", static_cast<int>(name.size()),
                  name.data());
    }
    return 0;
  }
  if (argc != 3 || inputs.count(argv[1]) == 0) return 2;
  const input& of = inputs.at(argv[1]);
  const std::size_t size = std::strtoul(argv[2], nullptr, 10) * 1024;
  std::string body(of.begin);
  while (body.size() + of.repeated.size() + of.end.size() <= size) body += of.repeated;
  body += of.end;

  signhook::decoder decoder;
  std::size_t diagnostics = decoder.decode(body) ? 0 : 1;
  decoder.validate(body, [&](const signhook::diagnostic&) { ++diagnostics; });
  return diagnostics == 0 ? 3 : 0;
}
