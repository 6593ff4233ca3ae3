// SPDX-License-Identifier: BSL-1.0
// The program: its output and its exit codes.
#include "run_tool.hpp"

#include <unistd.h>

#include <algorithm>
#include <string>
#include <string_view>

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

TEST_CASE("--strict rejects unknown members, and --all warns of them") {
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

TEST_CASE("invalid options are rejected with exit code 2") {
  for (const std::string_view arguments :
       {"", "nonsense", "decode --nonsense", "sample", "sample nonsense",
        "sample --all dossier.prepared", "decode --max-bytes x", "decode --jobs 2",
        "decode --lines --jobs 0", "decode --lines --jobs 257"}) {
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
