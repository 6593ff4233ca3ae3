// SPDX-License-Identifier: BSL-1.0
// The program on many bodies: decode --lines with its worker threads, summary and progress.
#include "run_tool.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace {

// A few MiB of lines of all kinds, the last without a line feed, and the numbers of the rejected ones.
struct many_lines {
  std::string text;
  std::vector<std::size_t> rejected;

  many_lines() {
    std::size_t number = 0;
    const auto add = [&](const std::string& line, bool is_rejected) {
      ++number;
      text += line;
      if (is_rejected) rejected.push_back(number);
    };
    const std::string other = "{\"new\":[1]," + prepared.substr(1);
    for (std::size_t i = 0; text.size() < 5'000'000; ++i) {
      add((i % 3 == 0 ? prepared : other) + (i % 5 == 0 ? "\r\n" : "\n"), false);
      if (i % 7 == 0) add(i % 2 == 0 ? "\n" : "\r\n", false);
      if (i % 211 == 0) add("{\"id\":" + std::to_string(i) + "}\n", true);
      if (i % 1009 == 0) add(std::string(66'000 + i, 'x') + "\n", true);
      if (i == 2500) add(std::string(2'500'000, 'y') + "\n", true);
    }
    add("{\"last\":", true);
  }
};

std::string replace_all(std::string_view text, std::string_view from, std::string_view to) {
  std::string replaced;
  for (std::size_t at = 0; (at = text.find(from)) != std::string_view::npos;) {
    replaced.append(text, 0, at);
    replaced += to;
    text.remove_prefix(at + from.size());
  }
  return replaced.append(text);
}

std::string repeat(const std::string& text, std::size_t times) {
  std::string all;
  while (times-- != 0) all += text;
  return all;
}

// A pseudo terminal that records what is written to it.
class terminal {
 public:
  terminal() : control_(posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK)) {
    REQUIRE(control_ >= 0);
    REQUIRE(grantpt(control_) == 0);
    REQUIRE(unlockpt(control_) == 0);
    path_ = ptsname(control_);
    resize(80);
    // The tests choose these themselves.
    setenv("TERM", "xterm", 1);
    unsetenv("NO_COLOR");
    // The output is kept as long as the terminal is open somewhere.
    kept_ = open(path_.c_str(), O_RDWR | O_NOCTTY);
    REQUIRE(kept_ >= 0);
  }
  ~terminal() {
    close(kept_);
    close(control_);
  }
  terminal(const terminal&) = delete;
  terminal& operator=(const terminal&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }

  // 0 is a terminal that does not know its size.
  void resize(std::uint16_t columns) const {
    const winsize size{24, columns, 0, 0};
    REQUIRE(ioctl(control_, TIOCSWINSZ, &size) == 0);
  }

  [[nodiscard]] std::string written() const {
    std::string text;
    std::array<char, 4096> some{};
    for (ssize_t size = 0; (size = read(control_, some.data(), some.size())) > 0;)
      text.append(some.data(), static_cast<std::size_t>(size));
    return text;
  }

 private:
  int control_;
  int kept_ = -1;
  std::string path_;
};

}  // namespace

TEST_CASE("the output does not depend on the number of jobs, for a file and a pipe") {
  const many_lines lines;
  const std::string path = write_file("lines", lines.text);
  for (const std::string options : {"--json", "--all --draw", "--max-bytes 100", "--strict"}) {
    const outcome one = run("decode --lines " + options + " " + path);
    CHECK(one.code == 1);
    CHECK(one.out.empty() == (options == "--max-bytes 100"));
    CHECK(one.err.size() > 1000);
    for (const std::string jobs : {"1", "2", "7"}) {
      INFO(options << " --jobs " << jobs);
      const std::string decode = "decode --lines --jobs " + jobs + " " + options + " ";
      const outcome other = run(decode + path);
      CHECK(other.code == 1);
      const bool is_same = other.out == one.out && other.err == one.err;
      CHECK(is_same);
      const outcome piped = shell("cat " + path + " | $SIGNHOOK " + decode);
      CHECK(piped.code == 1);
      const bool is_same_piped =
          piped.out == one.out && piped.err == replace_all(one.err, path, "<stdin>");
      CHECK(is_same_piped);
    }
  }
}

TEST_CASE("rejections have the right line numbers in all blocks") {
  const many_lines lines;
  const std::string path = write_file("lines", lines.text);
  for (const std::string jobs : {"1", "3"}) {
    const outcome decoded = run("decode --lines --jobs " + jobs + " " + path);
    std::vector<std::size_t> rejected;
    std::string_view err = decoded.err;
    while (err.starts_with(path + ":")) {
      rejected.push_back(std::stoul(std::string(err.substr(path.size() + 1, 10))));
      err.remove_prefix(err.find('\n') + 1);
    }
    CHECK(err.empty());
    CHECK(rejected == lines.rejected);
  }
}

TEST_CASE("an event is printed before the next line is read") {
  const std::string fifo = scratch("fifo");
  REQUIRE(mkfifo(fifo.c_str(), 0600) == 0);
  // The second body is sent after the event of the first was printed.
  for (const std::string jobs : {"1", "2"}) {
    const outcome decoded =
        shell("{ echo '" + prepared + "'; read go < " + fifo + "; echo '" + prepared +
              "'; } | timeout 20 $SIGNHOOK decode --lines --jobs " + jobs +
              " | { read first; echo \"$first\"; echo go > " + fifo + "; cat; }");
    CHECK(decoded.out == prepared_text + prepared_text);
  }
}

TEST_CASE("a summary replaces the events") {
  const std::string unknown = replace_all(prepared, "dossier.prepared", "dossier.new");
  const std::string input = prepared + "\n" + unknown + "\n{}\n\n" + prepared + "\n[]\n{}\n";
  const std::string err =
      "<stdin>:3:1: error: missing_member at /id: missing required member \"id\"\n"
      "<stdin>:6:1: error: not_an_object at (body): expected an object, found an array\n"
      "<stdin>:7:1: error: missing_member at /id: missing required member \"id\"\n";
  const std::string bytes = std::to_string(input.size());
  for (const std::string jobs : {"1", "2"}) {
    const outcome text = run("decode --lines --summary --jobs " + jobs, input);
    CHECK(text.code == 1);
    CHECK(text.err == err);
    CHECK(text.out.substr(0, text.out.find(" in ")) ==
          "3 events\n"
          "             2  dossier.prepared\n"
          "             1  unknown types\n"
          "3 rejections\n"
          "             1  not_an_object\n"
          "             2  missing_member\n" +
              bytes + " bytes");
    CHECK(text.out.ends_with(" events/s\n"));
    const outcome json = run("decode --lines --summary --json --jobs " + jobs, input);
    CHECK(json.code == 1);
    CHECK(json.err == err);
    CHECK(json.out.substr(0, json.out.find(",\"seconds\":")) ==
          "{\"events\":3,\"unknown_types\":1,\"types\":{\"dossier.invite.created\":0,"
          "\"dossier.invite.expired\":0,\"dossier.invite.undelivered\":0,"
          "\"dossier.invite.viewed\":0,\"dossier.invitee.state.updated\":0,"
          "\"dossier.prepared\":2,\"dossier.state.updated\":0,"
          "\"dossier.invitee.reassignRequest.state.updated\":0},"
          "\"rejections\":3,\"codes\":{\"empty_body\":0,\"body_too_large\":0,\"invalid_utf8\":0,"
          "\"invalid_json\":0,\"unexpected_end\":0,\"trailing_content\":0,\"too_deep\":0,\"not_an_"
          "object\":1,"
          "\"missing_member\":2,\"wrong_type\":0,\"duplicate_member\":0,\"unknown_member\":0,"
          "\"invalid_uuid\":0,\"invalid_timestamp\":0,\"unknown_type\":0,\"unknown_state\":0,"
          "\"text_too_long\":0},\"bytes\":" +
              bytes);
  }
  const outcome none = run("decode --lines --summary");
  CHECK(none.code == 0);
  CHECK(none.out.starts_with("0 events\n0 rejections\n0 bytes in "));
  // The same for files with one body each.
  const std::string good = write_file("good.json", prepared);
  CHECK(run("decode --summary " + good + " " + good).out.starts_with("2 events\n"));
}

TEST_CASE("progress is shown only on a terminal and only if the work takes long") {
  const std::string many = repeat(prepared + "\n", 20'000);
  const std::string path = write_file("many", many);
  const std::string slow_reader = " | { sleep 0.7; cat > " + scratch("printed") + "; }";
  const auto decode = [&](const std::string& arguments, const std::string& err) {
    return shell("$SIGNHOOK decode --lines " + arguments + " 2> " + err + slow_reader);
  };
  const std::string expected = repeat(prepared_text, 20'000);

  CHECK(decode(path, scratch("no_terminal")).code == 0);
  CHECK(read_file(scratch("no_terminal")).empty());
  CHECK(read_file(scratch("printed")) == expected);

  const terminal screen;
  decode(path, screen.path());
  CHECK(read_file(scratch("printed")) == expected);
  const std::string shown = screen.written();
  INFO(shown);
  CHECK(shown.find("\r[####") != std::string::npos);
  CHECK(shown.find(" %  ") != std::string::npos);
  CHECK(shown.ends_with("\r\x1b[K"));  // removed at the end

  // Without a total there is no bar; an error starts on a line of its own.
  shell("{ cat " + path + "; echo x; } | $SIGNHOOK decode --no-draw --lines 2> " + screen.path() +
        slow_reader);
  const std::string streamed = screen.written();
  INFO(streamed);
  CHECK(streamed.find(" MB/s") != std::string::npos);
  CHECK(streamed.find('#') == std::string::npos);
  CHECK(streamed.find("\r\x1b[K<stdin>:20001:1: error: invalid_json") != std::string::npos);

  // Not for short work, and not where the events go to the terminal.
  run("decode --lines " + write_file("few", repeat(prepared + "\n", 20)) + " 2> " + screen.path());
  CHECK(screen.written().empty());
  shell("{ echo '" + prepared + "'; sleep 0.7; echo '" + prepared +
        "'; } | $SIGNHOOK decode --lines > " + screen.path() + " 2> " + screen.path());
  const std::string events = screen.written();
  CHECK(events.find("MB/s") == std::string::npos);
  CHECK(events.find("dossier.prepared") != std::string::npos);
}

TEST_CASE("progress is never wider than the terminal, and not drawn where it cannot be removed") {
  const std::string path = write_file("many", repeat(prepared + "\n", 20'000));
  const auto decode = [&](const std::string& before, const terminal& screen) {
    const outcome decoded = shell(before + " $SIGNHOOK decode --lines " + path + " 2> " +
                                  screen.path() + " | { sleep 0.7; cat > /dev/null; }");
    CHECK(decoded.code == 0);
    return screen.written();
  };
  const terminal screen;
  for (const std::uint16_t columns : std::to_array<std::uint16_t>({200, 80, 60, 40, 20, 5, 1, 0})) {
    screen.resize(columns);
    std::string shown = decode("", screen);
    INFO(columns << ": " << shown);
    CHECK(shown.ends_with("\r\x1b[K"));
    CHECK((shown.find('[', 1) != std::string::npos && shown.find("#") != std::string::npos) ==
          (columns == 0 || columns >= 40));
    // A line is from a carriage return to the sequence that erases the rest.
    for (std::size_t end = 0; (end = shown.find("\x1b[K")) != std::string::npos;) {
      CHECK(shown.front() == '\r');
      CHECK(end - 1 < (columns == 0 ? 80U : std::size_t{columns}));
      shown.erase(0, end + 3);
    }
    CHECK(shown.empty());
  }
  screen.resize(80);
  for (const std::string before : {"TERM=dumb", "NO_COLOR=1"}) {
    INFO(before);
    CHECK(decode(before, screen).empty());
  }
  CHECK_FALSE(decode("NO_COLOR=", screen).empty());
}

TEST_CASE("a file that is truncated while it is read is an error") {
  const std::string path = write_file("cut", repeat(prepared + "\n", 40'000));
  const std::string code = scratch("code");
  // The output fills the pipe, so most of the file is not yet read when it is truncated.
  const outcome decoded = shell("{ $SIGNHOOK decode --lines " + path + "; echo $? > " + code +
                                "; } | { read first; : > " + path + "; cat > /dev/null; }");
  CHECK(read_file(code) == "2\n");
  CHECK(decoded.err == "signhook: a file was truncated while it was read\n");
}

#if defined(__linux__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#if !defined(__has_feature)
#define __has_feature(feature) 0
#endif
#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
TEST_CASE("memory does not grow with the input") {
  const std::string path = scratch("large");
  {
    std::ofstream file(path, std::ios::binary);
    const std::string some = repeat(prepared + "\n", 1000);
    for (int i = 0; i < 500; ++i) file << some;
  }
  CHECK(run("decode --lines --summary --jobs 2 " + path).code == 0);
  CHECK(shell("cat " + path + " | $SIGNHOOK decode --lines --summary --jobs 2").code == 0);
  // One line.
  std::filesystem::resize_file(path, 0);
  std::filesystem::resize_file(path, 100'000'000);
  for (const std::string& command :
       {"$SIGNHOOK decode --lines " + path, "cat " + path + " | $SIGNHOOK decode --lines"}) {
    const outcome rejected = shell(command);
    CHECK(rejected.code == 1);
    CHECK(rejected.err.ends_with(
        ":1:1: error: body_too_large at (body): the body is larger than the limit\n"));
  }
  std::filesystem::remove(path);
  rusage used{};
  REQUIRE(getrusage(RUSAGE_CHILDREN, &used) == 0);
  CHECK(used.ru_maxrss < 40'000);  // KiB
}
#endif
#endif

TEST_CASE("a terminal shows controls in CloudEvents as escapes") {
  std::string body = prepared;
  body.insert(1, "\"new\":\"\xc2\x9b\xe2\x80\xae\",");
  const terminal screen;
  const std::string path = write_file("controls.json", body);
  CHECK(run("decode --cloudevents " + path + " > " + screen.path()).code == 0);
  const std::string shown = screen.written();
  INFO(shown);
  CHECK(shown.find("\"data\":{\"new\":\"\\u009b\\u202e\",") != std::string::npos);
  CHECK(run("decode --cloudevents " + path).out.find(body) != std::string::npos);
}
