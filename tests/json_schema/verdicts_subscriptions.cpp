// SPDX-License-Identifier: BSL-1.0
// Writes answers and requests of the subscription API, changed in many ways, with the library's verdict on
// each, for compare_subscriptions.mjs. A line is a JSON array:
//   the schema's name; the code in the tolerant form and in the strict one, "" where accepted; whether
//   a member occurs again; the text, as a string.
#include <signhook/subscription.hpp>

#include <array>
#include <cstddef>
#include <cstdio>
#include <functional>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace signhook;

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    std::array<char, 8> escape{};
    if (c == '"' || c == '\\' || byte < 0x20) {
      std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(byte));
      out += escape.data();
    } else {
      out += c;
    }
  }
  return out + "\"";
}

bool failed = false;

void put(std::string_view schema, std::string_view tolerant, std::string_view strict, bool repeats,
         std::string_view text) {
  const std::string line = "[" + in_quotes(schema) + "," + in_quotes(tolerant) + "," +
                           in_quotes(strict) + "," + (repeats ? "true" : "false") + "," +
                           in_quotes(text) + "]\n";
  failed = failed || std::fwrite(line.data(), 1, line.size(), stdout) != line.size();
}

// ---- Answers ----

using member_list =
    std::vector<std::pair<std::string, std::string>>;  // keys and values as they stand

std::string object_of(const member_list& members) {
  std::string text = "{";
  for (const auto& [key, value] : members) {
    text += (text.size() == 1 ? "" : ",") + in_quotes(key) + ":" + value;
  }
  return text + "}";
}

const std::string_view values[] = {"null",
                                   "true",
                                   "false",
                                   "0",
                                   "-1",
                                   "404",
                                   "404.0",
                                   "4.04e2",
                                   "2147483647",
                                   "2147483648",
                                   "-2147483648",
                                   "-2147483649",
                                   "1.5",
                                   "1e400",
                                   "[]",
                                   "{}",
                                   "[null]",
                                   "[[]]",
                                   "[\"\"]",
                                   "[\"dossier.prepared\"]",
                                   "[\"dossier.prepared\",\"new\"]",
                                   "[\"dossier.prepared\",0]",
                                   "{\"a\":\"b\"}",
                                   "{\"a\":\"\",\"b\":null}",
                                   "{\"a\":1}",
                                   "{\"\":\"\"}",
                                   "{\"Host\":\"a\\nb\"}",
                                   "\"\"",
                                   "\"text\"",
                                   "\"\\u00e9\\ud83d\\ude00\"",
                                   "\"\\ud800\"",
                                   "\"77e79832-1708-4a49-9528-3536ba4057d7\"",
                                   "\"77E79832-1708-4A49-9528-3536BA4057D7\"",
                                   "\"77e79832-1708-4a49-9528-3536ba4057d\"",
                                   "\"{7e79832-1708-4a49-9528-3536ba4057d7}\"",
                                   "\"2022-01-01T00:00:00+00:00\"",
                                   "\"2022-01-01t00:00:00.123z\"",
                                   "\"2022-01-01T00:00:00\"",
                                   "\"2022-02-30T00:00:00Z\"",
                                   "\"2016-12-31T23:59:60Z\"",
                                   "\"2016-12-30T23:59:60Z\"",
                                   "\"2022-13-01T00:00:00Z\""};

void put_answers(std::string_view schema, const member_list& good,
                 const std::function<std::string(std::string_view, bool)>& judge) {
  const auto put_text = [&](const std::string& text, bool repeats = false) {
    put(schema, judge(text, false), judge(text, true), repeats, text);
  };
  put_text(object_of(good));
  for (std::size_t i = 0; i < good.size(); ++i) {
    member_list changed = good;
    changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(i));
    put_text(object_of(changed));
    for (const std::string_view value : values) {
      changed = good;
      changed[i].second = value;
      put_text(object_of(changed));
      changed = good;
      changed.emplace_back(good[i].first, value);
      put_text(object_of(changed), true);
      changed = good;
      changed.emplace_back("new", value);
      changed[i].second = value;
      put_text(object_of(changed));
    }
    for (const std::string& key : {good[i].first + "x", "\t" + good[i].first, std::string()}) {
      changed = good;
      changed[i].first = key;
      put_text(object_of(changed));
    }
  }
  for (const std::string_view value : values) put_text(std::string(value));
  // Each byte as some others.
  const std::string text = object_of(good);
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (const char c : std::string_view("{}[]:,\"0z-. ")) {
      std::string changed = text;
      changed[at] = c;
      put_text(changed);
    }
  }
}

template <class Decode>
std::string code_of(Decode decode, std::string_view text, bool strict) {
  const auto decoded =
      decode(text, strict ? subscription_options::strict() : subscription_options());
  return decoded ? "" : std::string(name(decoded.error().code));
}

// ---- Requests ----

void put_request(const std::string& url, const std::vector<std::string>& types,
                 const std::vector<std::pair<std::string, std::string>>& headers) {
  subscription_request request{url, {types.begin(), types.end()}, {}};
  for (const auto& [header, value] : headers) request.headers.push_back({header, value});
  const auto code = [&](unknown of) {
    request_options options;
    options.types = of;
    const auto wrong = validate(request, options);
    return wrong ? std::string(name(wrong->code)) : std::string();
  };
  std::string text = "{\"url\":" + in_quotes(url);
  if (!types.empty()) {
    text += ",\"events\":[";
    for (const std::string& type : types) text += (&type == &types[0] ? "" : ",") + in_quotes(type);
    text += "]";
  }
  if (!headers.empty()) {
    text += ",\"headers\":{";
    for (const auto& one : headers) {
      text += (&one == &headers[0] ? "" : ",") + in_quotes(one.first) + ":" + in_quotes(one.second);
    }
    text += "}";
  }
  put("subscription_request", code(unknown::keep), code(unknown::reject), false, text + "}");
}

void put_requests() {
  const std::string good = "https://example.com";
  for (const std::string_view from :
       {"https://example.com", "HTTPS://a.b:8042/over/there?name=ferret",
        "https://[::13.1.68.3]:443?", "https://[2001:db8::7]/c=GB?a", "https://[v1.a:b]:1/",
        "https://%41.%c3/%7E;a=1,2?%20/?", "https://user:word@a", "https://a:65535/#b",
        "https://a:0", "https:///a", "http://a", ""}) {
    const std::string url(from);
    for (std::size_t at = 0; at <= url.size(); ++at) {
      put_request(url.substr(0, at), {}, {});
      for (int byte = 0; byte < 128; ++byte) {
        const char c = static_cast<char>(byte);
        put_request(std::string(url).insert(at, 1, c), {}, {});
        if (at == url.size()) continue;
        std::string changed = url;
        changed[at] = c;
        put_request(changed, {}, {});
      }
      put_request(std::string(url).insert(at, "\xc3\xa9"), {}, {});
    }
  }
  for (const int port : {1, 9, 10, 9999, 10000, 59999, 60000, 64999, 65499, 65529, 65534, 65535,
                         65536, 65540, 65600, 66000, 70000, 99999, 100000}) {
    put_request(good + ":" + std::to_string(port), {}, {});
    put_request(good + ":000" + std::to_string(port) + "/", {}, {});
  }
  for (const std::size_t size : {7999U, 8000U, 8001U}) {
    std::string url = good + "/";
    url.resize(size, 'a');
    put_request(url, {}, {});
  }

  const std::string known = "dossier.prepared";
  const std::string longest(type_text::capacity, 'x');
  for (const std::vector<std::string>& types :
       {std::vector<std::string>(event_types.begin(), event_types.end()),
        {known, known},
        {"new"},
        {known, "new", "new"},
        {"Dossier.prepared"},
        {""},
        {longest},
        {longest + "x"},
        {std::string(40, 'x') + std::string(40, 'y')},
        {"\n\"\\"}}) {
    put_request(good, types, {});
  }
  std::string wide;
  for (int i = 0; i < 40; ++i) wide += "\xc3\xa9";
  put_request(good, {wide}, {});

  // Each character in a name and at each place of a value.
  std::array<char, 4> bytes{};
  for (char32_t c = 0; c < 0x2100; ++c) {
    const std::string one(bytes.data(), detail::write_utf8(bytes.data(), c));
    put_request(good, {}, {{"X" + one, "v"}});
    put_request(good, {}, {{"X", one}});
    put_request(good, {}, {{"X", one + "v"}});
    put_request(good, {}, {{"X", "v" + one}});
    put_request(good, {}, {{"X", "v" + one + "v"}});
  }
  put_request(good, {}, {{"", "v"}});
  put_request(good, {}, {{"X", ""}});
  put_request(good, {}, {{"X-A", "1"}, {"x-a", "2"}});
  put_request(good, {}, {{"X-A", "1"}, {"X-B", "2"}});
  for (const std::string_view reserved : detail::reserved_names) {
    std::string upper(reserved);
    for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    for (const std::string& header : {std::string(reserved), upper, upper + "s", "x" + upper}) {
      put_request(good, {}, {{header, "v"}});
    }
  }
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<std::string> types;
  for (int i = 0; i < 102; ++i) {
    headers.emplace_back("X" + std::to_string(i), "v");
    types.push_back("t" + std::to_string(i));
    put_request(good, {}, headers);
    put_request(good, types, {});
  }
}

}  // namespace

int main() {
  const std::string id = "\"77e79832-1708-4a49-9528-3536ba4057d7\"";
  const std::string time = "\"2022-01-01T00:00:00+00:00\"";
  put_answers("subscription",
              {{"id", id},
               {"url", "\"https://example.com\""},
               {"events", "[\"dossier.state.updated\",\"dossier.prepared\"]"},
               {"headers", "null"},
               {"disabled", "false"},
               {"updatedAt", time},
               {"createdAt", time}},
              [](std::string_view text, bool strict) {
                return code_of([](auto... of) { return decode_subscription(of...); }, text, strict);
              });
  put_answers("api_error", {{"status", "404"}, {"message", "\"Not found\""}},
              [](std::string_view text, bool strict) {
                return code_of([](auto... of) { return decode_api_error(of...); }, text, strict);
              });
  put_requests();
  return failed || std::fflush(stdout) != 0 ? 1 : 0;
}
