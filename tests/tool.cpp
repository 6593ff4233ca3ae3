// SPDX-License-Identifier: BSL-1.0
// The program: its output and its exit codes.
#include "run_tool.hpp"

#include <unistd.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

TEST_CASE("samples decode to themselves") {
  const outcome samples = run("sample --all");
  CHECK(samples.code == 0);
  CHECK(std::count(samples.out.begin(), samples.out.end(), '\n') == 8);
  const outcome decoded = run("decode --lines --json", samples.out);
  CHECK(decoded.code == 0);
  CHECK(decoded.out == samples.out);
  CHECK(decoded.err.empty());
  CHECK(run("sample dossier.prepared").out == prepared + "\n");
}

TEST_CASE("schemas are printed for all types or one, tolerant or strict") {
  const outcome all = run("schema");
  CHECK(all.code == 0);
  CHECK(all.out.find("\"oneOf\"") != std::string::npos);
  CHECK(all.out.find("additionalProperties") == std::string::npos);
  const outcome one = run("schema dossier.prepared --strict");
  CHECK(one.code == 0);
  CHECK(one.out.find("{\"const\":\"dossier.prepared\"}") != std::string::npos);
  CHECK(one.out.find("additionalProperties") != std::string::npos);
  CHECK(run("schema dossier.unknown").code == 2);
  for (const std::string name : {"subscription", "subscription_request", "api_error"}) {
    CHECK(run("schema " + name).out.find("\"title\":\"" + name + "\"") != std::string::npos);
  }
}

TEST_CASE("documents of OpenAPI and AsyncAPI are printed, tolerant or strict") {
  for (const std::string document : {"openapi", "asyncapi"}) {
    INFO(document);
    const outcome tolerant = run("schema --" + document);
    CHECK(tolerant.code == 0);
    CHECK(tolerant.out.starts_with("{\"" + document + "\":\"3."));
    CHECK(tolerant.out.ends_with("}\n"));
    CHECK(tolerant.out.find("unknown_event") != std::string::npos);
    CHECK(tolerant.out.find(R"("in":"header","name":"X-Secret")") != std::string::npos);
    const outcome strict = run("schema --strict --secret-header X-Other --" + document);
    CHECK(strict.code == 0);
    CHECK(strict.out.find("unknown_event") == std::string::npos);
    CHECK(strict.out.find(R"("in":"header","name":"X-Other")") != std::string::npos);
  }
}

TEST_CASE("CloudEvents have the body's bytes as their data") {
  const std::string attributes =
      R"({"specversion":"1.0","id":"c36f5fc9-b412-4aeb-9cbd-bdb6cdca581f","source":"SOURCE",)"
      R"("type":"com.cm.sign.dossier.prepared",)"
      R"("subject":"dossiers/b659c273-954e-43cf-893a-0f74a7f87153",)"
      R"("time":"2026-01-01T00:00:00+00:00","datacontenttype":"application/json","data":)";
  const auto with = [&](const std::string& source, const std::string& data) {
    std::string text = attributes;
    text.replace(text.find("SOURCE"), 6, source);
    return text.append(data).append("}\n");
  };
  const std::string service = "https://api.cm.com/sign/v1";
  CHECK(run("decode --cloudevents", prepared).out == with(service, prepared));
  const std::string body = "{ \"new\" : [ 1.0,\"\u202e\\u0041\"],\n" + prepared.substr(1);
  const outcome one = run("decode --cloudevents --source urn:x", "\n" + body + "\n");
  CHECK(one.code == 0);
  CHECK(one.out == with("urn:x", body));
  const outcome lines = run("decode --cloudevents --lines", prepared + "\r\n{}\n" + prepared);
  CHECK(lines.code == 1);
  CHECK(lines.out == with(service, prepared) + with(service, prepared));
}

TEST_CASE("documented files decode to readable text") {
  std::string files;
  for (const std::string& name : sample_names()) files += " " SIGNHOOK_SAMPLES "/" + name + ".json";
  const outcome decoded = run("decode --strict" + files);
  CHECK(decoded.code == 0);
  CHECK(std::count(decoded.out.begin(), decoded.out.end(), '\n') == 8);
  CHECK(decoded.out.find(prepared_text) != std::string::npos);
  CHECK(run("decode", prepared).out == prepared_text);
  CHECK(run("decode -", prepared).out == prepared_text);
}

TEST_CASE("a rejection names place, code and member, and the other bodies still decode") {
  const std::string bad = SIGNHOOK_BROKEN "/invalid_uuid.json";
  const std::string good = write_file("good.json", prepared);
  const outcome decoded = run("decode " + bad + " " + good);
  CHECK(decoded.code == 1);
  CHECK(decoded.out == prepared_text);
  CHECK(decoded.err == bad + ":6:11: error: invalid_uuid at /dossier/id: expected a UUID\n");
  CHECK(run("decode --draw " + bad).err ==
        bad +
            ":6:11: error: invalid_uuid at /dossier/id: expected a UUID\n"
            "    6 |     \"id\": \"b659c273-954e\",\n"
            "      |           ^\n");
  CHECK(run("decode", "").err == "<stdin>:1:1: error: empty_body at (body): the body is empty\n");
}

TEST_CASE("each line is a body") {
  const std::string input = prepared + "\n\n{}\r\n\r\n" + prepared + "\r\n[1]\n" + prepared;
  const outcome decoded = run("decode --lines --json", input);
  CHECK(decoded.code == 1);
  CHECK(decoded.out == prepared + "\n" + prepared + "\n" + prepared + "\n");
  CHECK(decoded.err ==
        "<stdin>:3:1: error: missing_member at /id: missing required member \"id\"\n"
        "<stdin>:6:1: error: not_an_object at (body): expected an object, found an array\n");
  CHECK(run("decode --lines", "").code == 0);
  CHECK(run("decode --lines", "\n\r\n").code == 0);
}

TEST_CASE("a line that is too long is one rejection, whatever its length") {
  const std::string input = "{\"x\":\"" + std::string(300'000, 'x') + "\n" + prepared + "\n";
  const outcome decoded = run("decode --lines", input);
  CHECK(decoded.code == 1);
  CHECK(decoded.out == prepared_text);
  CHECK(decoded.err ==
        "<stdin>:1:1: error: body_too_large at (body): the body is larger than the limit\n");
  const std::string size = std::to_string(prepared.size());
  CHECK(run("decode --max-bytes " + size, prepared).code == 0);
  CHECK(run("decode --lines --max-bytes " + size, prepared + "\r\n").code == 0);
  CHECK(run("decode --max-bytes " + std::to_string(prepared.size() - 1), prepared).code == 1);
  CHECK(run("decode --lines --max-bytes " + std::to_string(prepared.size() - 1), prepared).code ==
        1);
  CHECK(run("decode --max-depth 1", prepared).code == 1);
}

TEST_CASE("the option strict rejects unknown members, and all warns of them") {
  std::string body = prepared;
  body.insert(1, "\"new\":1,");
  CHECK(run("decode", body).code == 0);
  const outcome strict = run("decode --strict", body);
  CHECK(strict.code == 1);
  CHECK(strict.err == "<stdin>:1:2: error: unknown_member at (body): unknown member \"new\"\n");
  const outcome all = run("decode --all", body);
  CHECK(all.code == 0);
  CHECK(all.out == prepared_text);
  CHECK(all.err == "<stdin>:1:2: warning: unknown_member at (body): unknown member \"new\"\n");
  const outcome two = run("decode --all", "{\"type\":1}");
  CHECK(two.code == 1);
  CHECK(two.err ==
        "<stdin>:1:1: error: missing_member at /id: missing required member \"id\"\n"
        "<stdin>:1:1: error: missing_member at /created: missing required member \"created\"\n"
        "<stdin>:1:9: error: wrong_type at /type: expected a string, found a number\n");
}

TEST_CASE("errors of input and output are reported") {
  const std::string good = write_file("good.json", prepared);
  const outcome missing = run("decode /nonexistent/file " + good);
  CHECK(missing.code == 2);
  CHECK(missing.out == prepared_text);
  CHECK(missing.err == "signhook: cannot read /nonexistent/file: No such file or directory\n");
  const outcome folder = run("decode /tmp");
  CHECK(folder.code == 2);
  CHECK(folder.err == "signhook: cannot read /tmp: Is a directory\n");
  if (access("/dev/full", W_OK) == 0) {
    CHECK(run("decode " + good + " > /dev/full").code == 2);
    const outcome full = run("sample --all > /dev/full");
    CHECK(full.code == 2);
    CHECK(full.err == "signhook: cannot write: No space left on device\n");
  }
  // A pipe that is closed by its reader.
  std::string many;
  for (int i = 0; i < 20'000; ++i) many += prepared + "\n";
  const std::string lines = write_file("many", many);
  const outcome pipe = run("decode --lines " + lines + " | head -n 1 > /dev/null");
  CHECK(pipe.err == "signhook: cannot write: Broken pipe\n");
}

TEST_CASE("standard error that is full or closed changes neither the output nor the exit code") {
  const std::string bad = SIGNHOOK_BROKEN "/invalid_uuid.json";
  const std::string good = write_file("good.json", prepared);
  const std::vector<std::string> all = {"decode " + bad + " " + good,
                                        "decode --all --draw " + bad + " " + good,
                                        "decode --lines --jobs 2 --json " + good,
                                        "decode /nonexistent/file",
                                        "decode /tmp",
                                        "nonsense",
                                        "sample --all",
                                        "--help"};
  for (const std::string& arguments : all) {
    INFO(arguments);
    const outcome open = run(arguments);
    for (const std::string closed : {"2>&-", "2> /dev/full", "2< /dev/null"}) {
      if (closed == "2> /dev/full" && access("/dev/full", W_OK) != 0) continue;
      INFO(closed);
      const outcome same = shell("{ $SIGNHOOK " + arguments + "\n} " + closed);
      CHECK(same.code == open.code);
      CHECK(same.out == open.out);
      CHECK(same.err.empty());
    }
  }
}

TEST_CASE("output that cannot be written is an error, the help and the version too") {
  for (const std::string arguments : {"--help", "--version", "decode --help", "sample --all",
                                      "schema", "completion bash", "manual", "manual --list"}) {
    INFO(arguments);
    CHECK(run(arguments).code == 0);
    CHECK(run(arguments + " >&-").code == 2);
    CHECK(run(arguments + " >&- 2>&-").code == 2);
    if (access("/dev/full", W_OK) == 0) {
      const outcome full = run(arguments + " > /dev/full");
      CHECK(full.code == 2);
      CHECK(full.err == "signhook: cannot write: No space left on device\n");
    }
  }
  const outcome closed = run("decode <&-");
  CHECK(closed.code == 2);
  CHECK(closed.err == "signhook: cannot read <stdin>: Bad file descriptor\n");
}

TEST_CASE("JSON shows controls and characters that change the direction of text as escapes") {
  struct row {
    std::string_view text;
    std::string_view shown;
  };
  for (const row& one : {row{"\x7f", "\\u007f"},
                         row{"\xc2\x80", "\\u0080"},
                         row{"\xc2\x9b", "\\u009b"},
                         row{"\xc2\x9f", "\\u009f"},
                         row{"\xc2\xa0", "\xc2\xa0"},
                         row{"\xd8\x9b", "\xd8\x9b"},
                         row{"\xd8\x9c", "\\u061c"},
                         row{"\xe2\x80\x8d", "\xe2\x80\x8d"},
                         row{"\xe2\x80\x8e", "\\u200e"},
                         row{"\xe2\x80\x8f", "\\u200f"},
                         row{"\xe2\x80\xa8", "\\u2028"},
                         row{"\xe2\x80\xae", "\\u202e"},
                         row{"\xe2\x80\xaf", "\xe2\x80\xaf"},
                         row{"\xe2\x81\xa5", "\xe2\x81\xa5"},
                         row{"\xe2\x81\xa6", "\\u2066"},
                         row{"\xe2\x81\xa9", "\\u2069"},
                         row{"\xe2\x81\xaa", "\xe2\x81\xaa"},
                         row{"\xe2\x82\xac", "\xe2\x82\xac"},
                         row{"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
                         row{"\\u001b", "\\u001b"}}) {
    INFO(one.shown);
    std::string body = prepared;
    body.replace(body.find("prepared"), 8, "x" + std::string(one.text) + "y");
    std::string shown = prepared;
    shown.replace(shown.find("prepared"), 8, "x" + std::string(one.shown) + "y");
    const outcome decoded = run("decode --json", body);
    CHECK(decoded.out == shown + "\n");
    CHECK(run("decode --json", decoded.out).out == decoded.out);  // the value is the same
  }
}

TEST_CASE("invalid options are rejected with exit code 2") {
  for (const std::string_view arguments : {"",
                                           "nonsense",
                                           "decode --nonsense",
                                           "sample",
                                           "sample nonsense",
                                           "sample --all dossier.prepared",
                                           "decode --max-bytes x",
                                           "decode --jobs 2",
                                           "decode --lines --jobs 0",
                                           "decode --lines --jobs 257",
                                           "completion",
                                           "completion tcsh",
                                           "manual nonsense",
                                           "schema --openapi --asyncapi",
                                           "schema --openapi dossier.prepared",
                                           "schema --secret-header X-Other",
                                           "schema --openapi --secret-header a:b",
                                           "schema --openapi --secret-header Host",
                                           "schema --asyncapi subscription",
                                           "decode --cloudevents --json",
                                           "decode --cloudevents --summary",
                                           "decode --source urn:x",
                                           "decode --cloudevents --source 'a b'",
                                           "decode --cloudevents --source ''"}) {
    INFO(arguments);
    const outcome rejected = run(std::string(arguments));
    CHECK(rejected.code == 2);
    CHECK(rejected.out.empty());
    CHECK_FALSE(rejected.err.empty());
  }
  CHECK(run("--version").code == 0);
  CHECK(run("--help").code == 0);
  CHECK(run("decode --help").out.find("--strict") != std::string::npos);
}
