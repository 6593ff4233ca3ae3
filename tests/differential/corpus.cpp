// SPDX-License-Identifier: BSL-1.0
#include "corpus.hpp"

#include "../body_tree.hpp"

#include <memory>
#include <utility>

namespace corpus {
namespace {

// Where a body's tokens begin and end: strings, and each other character that is no white space.
struct token {
  std::size_t begin;
  std::size_t size;
};

std::vector<token> tokens_of(std::string_view body) {
  std::vector<token> tokens;
  for (std::size_t at = 0; at < body.size();) {
    std::size_t end = at + 1;
    if (body[at] == '"') end = body.find('"', at + 1) + 1;
    if (body[at] != ' ' && body[at] != '\n' && body[at] != '\r' && body[at] != '\t')
      tokens.push_back({at, end - at});
    at = end;
  }
  return tokens;
}

std::string with(std::string_view body, std::size_t at, std::size_t removed,
                 std::string_view inserted) {
  std::string changed(body.substr(0, at));
  changed += inserted;
  changed += body.substr(at + removed);
  return changed;
}

// Each byte in [begin, end) as each of the 256, and each of the 256 before each of them.
void vary_bytes(std::string_view body, std::size_t begin, std::size_t end, const sink& out) {
  std::string changed(body);
  for (std::size_t at = begin; at < end; ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      changed[at] = static_cast<char>(byte);
      if (changed[at] != body[at]) out(changed);
    }
    changed[at] = body[at];
  }
  for (std::size_t at = begin; at < end; ++at) {
    changed = with(body, at, 0, " ");
    for (int byte = 0; byte < 256; ++byte) {
      changed[at] = static_cast<char>(byte);
      out(changed);
    }
  }
}

// Other spellings of a text without escapes.
std::vector<std::string> spellings(std::string_view text) {
  std::vector<std::string> spelled;
  for (const char* const digits : {"0123456789abcdef", "0123456789ABCDEF"}) {
    std::string all;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const auto c = static_cast<unsigned char>(text[i]);
      const std::string escaped = std::string("\\u00") + digits[c / 16] + digits[c % 16];
      spelled.push_back(with(text, i, 1, escaped));
      all += escaped;
    }
    spelled.push_back(all);
  }
  return spelled;
}

// Texts in which escapes begin, end and pair, right and wrong.
const std::string_view escapes[] = {R"(\/)",
                                    R"(\")",
                                    R"(\\)",
                                    R"(\b\f\n\r\t)",
                                    R"(\u0000)",
                                    R"(\u001f)",
                                    R"(\u00e9)",
                                    R"(\ud83d\ude00)",
                                    R"(\uD83D\uDE00)",
                                    R"(\uFFFF)",
                                    R"(\udbff\udfff)",
                                    R"(\ud83d)",
                                    R"(\ude00)",
                                    R"(\ud83d\ud83d)",
                                    R"(\ud83dx)",
                                    R"(\ud83d\n)",
                                    R"(\ud83d\u0041)",
                                    R"(\ude00\ud83d)",
                                    R"(\u12)",
                                    R"(\u12g4)",
                                    R"(\U0041)",
                                    R"(\x41)",
                                    R"(\')",
                                    R"(\)",
                                    "\xc3\xa9",
                                    "\xf0\x9f\x98\x80",
                                    "\xf4\x8f\xbf\xbf",
                                    "\xf4\x90\x80\x80",
                                    "\xed\xa0\x80",
                                    "\xed\x9f\xbf",
                                    "\xc0\xaf",
                                    "\xe0\x80\xaf",
                                    "\xc3",
                                    "\xf0\x9f\x98",
                                    "\x7f",
                                    "\x1f",
                                    "\t",
                                    "\n"};

const std::string_view values[] = {
    "null",
    "true",
    "false",
    "0",
    "-0",
    "12",
    "-1.5",
    "1e5",
    "2E+5",
    "0.25e-7",
    "1e400",
    "123456789012345678901234567890",
    R"("")",
    R"("x")",
    R"("draft")",
    R"("b659c273-954e-43cf-893a-0f74a7f87153")",
    R"("2026-01-01T00:00:00Z")",
    R"("dossier.prepared")",
    R"("dossier.invite.created")",
    R"("dossier.invitee.reassignRequest.state.updated")",
    "[]",
    "[[]]",
    "[null,1,\"x\",{}]",
    "{}",
    R"({"id":1})",
    R"({"id":1,"id":1})",
    R"({"a":{"b":[{"c":{}}]}})",
    R"({"id":"b659c273-954e-43cf-893a-0f74a7f87153"})",
    R"({"id":"b659c273-954e-43cf-893a-0f74a7f87153","state":"draft"})"};

const std::string_view broken_values[] = {"",
                                          "nul",
                                          "nulL",
                                          "True",
                                          "tru e",
                                          "falsee",
                                          "01",
                                          "-",
                                          "+1",
                                          ".5",
                                          "1.",
                                          "1.e5",
                                          "1e",
                                          "1e+",
                                          "--1",
                                          "0x10",
                                          "1_0",
                                          "NaN",
                                          "Infinity",
                                          "'x'",
                                          "\"",
                                          "\"x",
                                          "\"\\\"",
                                          "\"\\u00\"",
                                          "\"\\ud800\"",
                                          "\"\x01\"",
                                          "\"\x80\"",
                                          "\"\xe2\x82\"",
                                          "[",
                                          "]",
                                          "[1",
                                          "[1,",
                                          "[1,]",
                                          "[,1]",
                                          "[1 2]",
                                          "[1:2]",
                                          "[1}",
                                          "{",
                                          "}",
                                          "{1:2}",
                                          "{\"a\"}",
                                          "{\"a\":}",
                                          "{\"a\":1,}",
                                          "{\"a\" 1}",
                                          "{,}",
                                          "{\"a\":1 \"b\":2}",
                                          "{\"a\":1]",
                                          "{a:1}",
                                          "// x",
                                          "/**/1",
                                          "1 1",
                                          "null null",
                                          "\xef\xbb\xbf"
                                          "1",
                                          "\xff"};

// Calls `f(tree, object)` for a copy of the tree and each object in it.
template <class F>
void for_each_object_in_copies(const body_tree& original, F f) {
  std::size_t objects = 0;
  body_tree walked = original;
  for_each_object(walked, "", [&](body_tree&, const std::string&) { ++objects; });
  for (std::size_t wanted = 0; wanted < objects; ++wanted) {
    body_tree copy = original;
    std::size_t nth = 0;
    body_tree* object = nullptr;
    for_each_object(copy, "", [&](body_tree& each, const std::string&) {
      if (nth++ == wanted) object = &each;
    });
    f(copy, *object);
  }
}

using printer = std::string (*)(const body_tree&);

void swaps(const body_tree& tree, printer print, const sink& out) {
  for_each_object_in_copies(tree, [&](body_tree& body, body_tree& object) {
    for (std::size_t i = 0; i < object.members.size(); ++i) {
      for (std::size_t j = i + 1; j < object.members.size(); ++j) {
        std::swap(object.members[i], object.members[j]);
        out(print(body));
        // Values alone, under the keys of one another.
        std::swap(object.members[i].key, object.members[j].key);
        out(print(body));
        std::swap(object.members[i].key, object.members[j].key);
        std::swap(object.members[i], object.members[j]);
      }
    }
  });
}

void member_changes(const body_tree& tree, printer print, const sink& out) {
  for_each_object_in_copies(tree, [&](body_tree& body, body_tree& object) {
    const std::vector<body_tree> members = object.members;
    for (std::size_t i = 0; i < members.size(); ++i) {
      object.members.erase(object.members.begin() + static_cast<std::ptrdiff_t>(i));
      out(print(body));
      for (std::size_t to = 0; to <= members.size(); ++to) {
        object.members = members;
        object.members.insert(object.members.begin() + static_cast<std::ptrdiff_t>(to), members[i]);
        out(print(body));
        // Again with another value, so that it matters which one counts.
        for (const std::string_view value : values) {
          object.members[to] = {members[i].key, std::string(value), {}, false};
          out(print(body));
        }
      }
      object.members = members;
      for (const auto& list :
           {std::vector<std::string_view>(std::begin(values), std::end(values)),
            std::vector<std::string_view>(std::begin(broken_values), std::end(broken_values))}) {
        for (const std::string_view value : list) {
          object.members[i] = {members[i].key, std::string(value), {}, false};
          out(print(body));
        }
      }
      object.members = members;
    }
    object.members.clear();
    out(print(body));
    object.members = members;
  });
}

void unknown_members(const body_tree& tree, printer print, const sink& out) {
  for_each_object_in_copies(tree, [&](body_tree& body, body_tree& object) {
    const std::vector<body_tree> members = object.members;
    const auto insert = [&](std::size_t to, std::string_view key, std::string_view value) {
      object.members = members;
      object.members.insert(object.members.begin() + static_cast<std::ptrdiff_t>(to),
                            body_tree{std::string(key), std::string(value), {}, false});
      out(print(body));
    };
    for (std::size_t to = 0; to <= members.size(); ++to) {
      for (const std::string_view value : values) insert(to, "new", value);
      for (const std::string_view value : broken_values) insert(to, "new", value);
      for (const std::string_view text : escapes) {
        insert(to, "new", "\"" + std::string(text) + "\"");
        insert(to, text, "1");
      }
      // Names of members at other places, and near misses.
      for (const std::string_view key : {"",
                                         "id",
                                         "type",
                                         "created",
                                         "dossier",
                                         "state",
                                         "invite",
                                         "invitee",
                                         "reassignRequest",
                                         "originalInvitee",
                                         "ID",
                                         "Id",
                                         "id ",
                                         " id",
                                         "i",
                                         "idd",
                                         "typ",
                                         "types",
                                         "tYpe",
                                         "reassignrequest",
                                         "original_invitee",
                                         "id\\u0000",
                                         "\\u0069d",
                                         "st\\u0061te"}) {
        insert(to, key, "\"x\"");
        insert(to, key, "{}");
        insert(to, key, "null");
      }
    }
    object.members = members;
  });
}

// Strings in other words: states, types, ids and times that are known, new, too long or broken.
void texts(const body_tree& tree, printer print, const sink& out) {
  std::vector<std::string> words;
  for (const std::string_view text : escapes) {
    words.emplace_back(text);
    words.push_back("x" + std::string(text));
    words.push_back("draft" + std::string(text));
  }
  for (const char* const state : {"draft", "pending", "completed", "approved", "declined",
                                  "reassigned", "Draft", "draft ", ""}) {
    words.emplace_back(state);
  }
  for (const std::string& name : sample_names()) words.push_back(name);
  for (const std::size_t size : {45U, 46U, 47U, 78U, 79U, 80U, 255U, 256U, 257U, 1024U}) {
    words.emplace_back(size, 'x');
    std::string wide;
    while (wide.size() < size) wide += "\xc3\xa9";
    words.push_back(wide);
    std::string spelled;
    for (std::size_t i = 0; i < size; ++i) spelled += "\\u0078";
    words.push_back(spelled);
  }
  for (const char* const id :
       {"B659C273-954E-43CF-893A-0F74A7F87153", "b659c273954e43cf893a0f74a7f87153",
        "{b659c273-954e-43cf-893a-0f74a7f87153}", "urn:uuid:b659c273-954e-43cf-893a-0f74a7f87153",
        "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "b659c273-954e-43cf-893a-0f74a7f8715", "b659c273-954e-43cf-893a-0f74a7f871533",
        "b659c27-3954e-43cf-893a-0f74a7f87153"}) {
    words.emplace_back(id);
  }
  for (const char* const time : {"2026-01-01T00:00:00Z",
                                 "2026-01-01t00:00:00z",
                                 "2026-01-01T00:00:00-00:00",
                                 "2026-01-01T23:59:59+23:59",
                                 "2026-01-01T00:00:00+24:00",
                                 "2026-01-01T00:00:00+00:60",
                                 "2026-02-29T00:00:00Z",
                                 "2024-02-29T00:00:00Z",
                                 "1900-02-29T00:00:00Z",
                                 "2000-02-29T00:00:00Z",
                                 "0000-01-01T00:00:00Z",
                                 "0000-01-01T00:00:00+00:01",
                                 "9999-12-31T23:59:59-23:59",
                                 "2016-12-31T23:59:60Z",
                                 "2016-12-31T15:59:60-08:00",
                                 "2017-01-01T05:29:60.5+05:30",
                                 "2016-12-30T23:59:60Z",
                                 "2016-12-31T23:58:60Z",
                                 "2016-12-31T23:59:60+00:01",
                                 "2016-12-31T23:59:61Z",
                                 "2026-01-01T24:00:00Z",
                                 "2026-01-01T00:60:00Z",
                                 "2026-13-01T00:00:00Z",
                                 "2026-00-01T00:00:00Z",
                                 "2026-01-00T00:00:00Z",
                                 "2026-04-31T00:00:00Z",
                                 "2026-01-01T00:00:00.Z",
                                 "2026-01-01T00:00:00.0Z",
                                 "2026-01-01T00:00:00.123456789Z",
                                 "2026-01-01T00:00:00.1234567890123456789012345678901234567890Z",
                                 "2026-01-01 00:00:00Z",
                                 "2026-01-01T00:00:00",
                                 "2026-01-01",
                                 "2026-01-01T00:00Z",
                                 "2026-01-01T00:00:00,5Z"}) {
    words.emplace_back(time);
  }
  for_each_object_in_copies(tree, [&](body_tree& body, body_tree& object) {
    for (body_tree& member : object.members) {
      const std::string scalar = member.scalar;
      if (member.is_object) continue;
      for (const std::string& word : words) {
        member.scalar = "\"" + word + "\"";
        out(print(body));
      }
      member.scalar = scalar;
    }
  });
}

void add_body(const std::string& original, std::vector<part>& to) {
  const auto body = std::make_shared<const std::string>(original);
  to.push_back({"prefixes", false, [body](const sink& out) {
                  for (std::size_t size = 0; size <= body->size(); ++size)
                    out(std::string_view(*body).substr(0, size));
                }});
  to.push_back({"suffixes", false, [body](const sink& out) {
                  for (std::size_t size = 0; size < body->size(); ++size)
                    out(std::string_view(*body).substr(body->size() - size));
                }});
  to.push_back({"deleted runs", false, [body](const sink& out) {
                  for (std::size_t at = 0; at < body->size(); ++at) {
                    for (const std::size_t size : {1U, 2U, 3U, 8U}) {
                      if (at + size <= body->size()) out(with(*body, at, size, ""));
                    }
                  }
                }});
  to.push_back(
      {"bytes", true, [body](const sink& out) { vary_bytes(*body, 0, body->size(), out); }});
  to.push_back({"tokens", false, [body](const sink& out) {
                  const std::vector<token> tokens = tokens_of(*body);
                  for (const token& one : tokens) {
                    const std::string_view self =
                        std::string_view(*body).substr(one.begin, one.size);
                    out(with(*body, one.begin, one.size, ""));
                    out(with(*body, one.begin, 0, self));
                    for (const token& other : tokens) {
                      out(with(*body, one.begin, one.size,
                               std::string_view(*body).substr(other.begin, other.size)));
                    }
                    for (const std::string_view value : values)
                      out(with(*body, one.begin, one.size, value));
                    for (const std::string_view value : broken_values)
                      out(with(*body, one.begin, one.size, value));
                  }
                }});
  to.push_back({"white space", false, [body](const sink& out) {
                  std::vector<std::size_t> places = {0, body->size()};
                  for (const token& one : tokens_of(*body)) {
                    places.push_back(one.begin);
                    places.push_back(one.begin + one.size);
                  }
                  for (const std::size_t at : places) {
                    for (const std::string_view space : {" ",
                                                         "\t",
                                                         "\n",
                                                         "\r",
                                                         "\r\n",
                                                         " \t\r\n ",
                                                         "\n\n\n\n\n\n\n\n",
                                                         "\v",
                                                         "\f",
                                                         "\b",
                                                         "\x1f",
                                                         "\x7f",
                                                         "\x85",
                                                         "\xc2\xa0",
                                                         "\xe2\x80\xa8",
                                                         "\xe3\x80\x80",
                                                         "\xef\xbb\xbf",
                                                         "//\n",
                                                         "/**/",
                                                         "#\n"}) {
                      out(with(*body, at, 0, space));
                    }
                    out(with(*body, at, 0, std::string_view("\0", 1)));
                    for (const std::size_t size : {15U, 16U, 31U, 32U, 63U, 64U, 65U})
                      out(with(*body, at, 0, std::string(size, ' ')));
                  }
                }});
  to.push_back({"escapes", false, [body](const sink& out) {
                  for (const token& one : tokens_of(*body)) {
                    if (one.size < 3) continue;
                    const std::string_view text =
                        std::string_view(*body).substr(one.begin + 1, one.size - 2);
                    for (const std::string& spelled : spellings(text))
                      out(with(*body, one.begin + 1, text.size(), spelled));
                    for (std::size_t i = 0; i <= text.size(); ++i) {
                      for (const std::string_view escape : escapes)
                        out(with(*body, one.begin + 1 + i, 0, escape));
                    }
                  }
                }});
}

// Every string of a body spelled in escapes, one at a time, and every byte of those varied.
void add_escaped_bytes(const std::string& text, std::vector<part>& to) {
  for (const token& one : tokens_of(text)) {
    if (one.size < 3) continue;
    to.push_back(
        {"bytes of escapes", true, [text, one](const sink& out) {
           const std::string spelled =
               spellings(std::string_view(text).substr(one.begin + 1, one.size - 2)).back();
           const std::string body = with(text, one.begin + 1, one.size - 2, spelled);
           vary_bytes(body, one.begin + 1, one.begin + 1 + spelled.size(), out);
         }});
  }
}

// What the service may send one day: new members everywhere, new states, other white space.
std::string evolved(body_tree tree) {
  for_each_object(tree, "", [](body_tree& object, const std::string&) {
    for (body_tree& member : object.members) {
      if (member.key == "state") member.scalar = R"("v\u00e9rifi\ud83d\ude00")";
    }
    object.members.insert(object.members.begin(),
                          body_tree{"new", R"([1,{"id":null},-2.5e3])", {}, false});
    object.members.push_back(body_tree{"\xc3\xa9", R"("\ud83d\ude00")", {}, false});
  });
  std::string text = print_pretty(tree).text;
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 3)
    text.replace(at, 1, "\r\n\t");
  return text;
}

}  // namespace

std::vector<part> parts() {
  std::vector<part> all;
  for (const std::string& name : sample_names()) {
    const auto tree = std::make_shared<const body_tree>(read_tree(sample_text(name)));
    const std::string compact = print_compact(*tree).text;
    add_body(compact, all);
    add_body(print_pretty(*tree).text, all);
    add_body(evolved(*tree), all);
    add_escaped_bytes(compact, all);
    using change = void (*)(const body_tree&, printer, const sink&);
    for (const auto& [family, changed] : {std::pair<const char*, change>{"swaps", swaps},
                                          {"members", member_changes},
                                          {"unknown members", unknown_members},
                                          {"texts", texts}}) {
      for (const printer print :
           {printer([](const body_tree& t) { return print_compact(t).text; }),
            printer([](const body_tree& t) { return print_pretty(t).text; })}) {
        all.push_back({family, false, [tree, print, write = changed](const sink& out) {
                         write(*tree, print, out);
                       }});
      }
    }
  }
  return all;
}

}  // namespace corpus
