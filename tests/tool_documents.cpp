// SPDX-License-Identifier: BSL-1.0
// The manual pages and completion scripts of the program, in the programs that read them.
#include "run_tool.hpp"

#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

bool has(const std::string& program) {
  return shell("command -v " + program + " > /dev/null").code == 0;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream from(text);
  for (std::string line; std::getline(from, line);) lines.push_back(line);
  return lines;
}

struct completion {
  std::string_view line;  // what was typed; the last word is completed
  std::vector<std::string> expected;
};

// Values that a shell must offer, and no other.
const std::vector<completion>& completions() {
  static const std::vector<completion> all = {
      {"signhook de", {"decode"}},
      {"signhook decode --js", {"--json"}},
      {"signhook decode --max-", {"--max-bytes", "--max-depth"}},
      {"signhook sample dossier.p", {"dossier.prepared"}},
      {"signhook schema --lines", {}},
      {"signhook completion ", {"bash", "fish", "zsh"}},
      {"signhook listen --inspect --metr", {"--metrics"}},  // a value may be left out
  };
  return all;
}

// `send --help` is the help of the program where there is no command `send`.
bool has_http() { return run("manual send").code == 0; }

const std::vector<completion>& http_completions() {
  static const std::vector<completion> all = {
      {"signhook s", {"sample", "schema", "send"}},
      {"signhook send --type dossier.p", {"dossier.prepared"}},
      {"signhook send --no-", {"--no-proxy"}},
      {"signhook listen --sync ", {"each", "group", "none"}},
      {"signhook webhook d", {"delete"}},
      {"signhook webhook list --ki", {"--kid"}},
      {"signhook webhook create --event dossier.s", {"dossier.state.updated"}},
  };
  return all;
}

template <class F>
void for_each_completion(const F& f) {
  for (const completion& one : completions()) f(one);
  if (!has_http()) return;
  for (const completion& one : http_completions()) f(one);
}

}  // namespace

TEST_CASE("bash completes commands, options and values") {
  if (!has("bash")) return;
  const std::string script = write_file("completion", run("completion bash").out);
  for_each_completion([&](const completion& one) {
    INFO(one.line);
    const std::string line(one.line);
    const outcome completed =
        shell("bash -c 'source " + script + "; COMP_WORDS=(" + line +
              (line.ends_with(' ') ? "\"\"" : "") +
              "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); compopt() { :; }; _signhook; "
              "printf \"%s\\n\" \"${COMPREPLY[@]}\"' | sed '/^$/d' | LC_ALL=C sort");
    CHECK(lines_of(completed.out) == one.expected);
    CHECK(completed.err.empty());
  });
  // --option=value is three words to bash.
  const outcome equals =
      shell("bash -c 'source " + script +
            "; COMP_WORDS=(signhook completion --help = z); COMP_CWORD=4; _signhook; "
            "printf \"%s\\n\" \"${COMPREPLY[@]}\"'");
  CHECK(equals.out == "zsh\n");
}

TEST_CASE("fish completes commands, options and values") {
  if (!has("fish")) return;
  const std::string script = write_file("completion", run("completion fish").out);
  for_each_completion([&](const completion& one) {
    INFO(one.line);
    const outcome completed =
        shell("HOME=" + scratch("") + " fish --no-config -c 'source " + script +
              "; complete -C \"" + std::string(one.line) + "\"' | cut -f1 | LC_ALL=C sort");
    CHECK(lines_of(completed.out) == one.expected);
    CHECK(completed.err.empty());
  });
}

TEST_CASE("zsh completes a command and a value") {
  if (!has("zsh")) return;
  const std::string script = write_file("completion", run("completion zsh").out);
  struct row {
    std::string_view typed;
    std::string_view completed;
  };
  for (const row& one : {row{"signhook deco", "signhook decode "},
                         row{"signhook decode --js", "signhook decode --json "},
                         row{"signhook completion z", "signhook completion zsh "},
                         row{"signhook sample dossier.p", "signhook sample dossier.prepared "}}) {
    INFO(one.typed);
    // The widget prints the line after completing it, in a terminal of its own.
    const std::string start =
        write_file("start", "PROMPT=; autoload -Uz compinit; compinit -D -u; source " + script +
                                "; show() { zle complete-word; print -r -- \"<<$BUFFER>>\" > " +
                                scratch("shown") + "; exit }; zle -N show; bindkey '^X' show\n");
    const std::string drive =
        write_file("drive", "zmodload zsh/zpty; zpty -b z zsh -f -i; zpty -w z 'source " + start +
                                "'; sleep 0.7; zpty -w -n z $'" + std::string(one.typed) +
                                "\\x18'; for i in {1..50}; do [[ -s " + scratch("shown") +
                                " ]] && break; sleep 0.1; done\n");
    std::filesystem::remove(scratch("shown"));
    shell("zsh -f " + drive);
    CHECK(read_file(scratch("shown")) == "<<" + std::string(one.completed) + ">>\n");
  }
}

TEST_CASE(
    "every command has a manual page with its options, an example and no fault that man finds") {
  std::vector<std::string> commands = lines_of(run("manual --list").out);
  CHECK(commands.size() >= 5);
  commands.emplace_back();  // the program's own
  for (const std::string& command : commands) {
    INFO(command);
    const outcome page = run("manual " + command);
    CHECK(page.code == 0);
    CHECK(page.out.starts_with(".TH SIGNHOOK"));
    for (const std::string_view section : {"\n.SH NAME\n", "\n.SH SYNOPSIS\n", "\n.SH OPTIONS\n",
                                           "\n.SH EXIT STATUS\n", "\n.SH EXAMPLE\n"}) {
      INFO(section);
      CHECK(page.out.find(section) != std::string::npos);
    }
    const std::string help = run(command + " --help").out;
    CHECK(help.find("\nExit code: 0 ") != std::string::npos);
    CHECK(help.find("\nExample: ") != std::string::npos);
    if (!has("man")) continue;
    const std::string file = write_file("page", page.out);
    const outcome checked = shell("MANWIDTH=80 man --warnings -E UTF-8 -l " + file + " | col -b");
    CHECK(checked.err.empty());
    for (const std::string& line : lines_of(help)) {
      if (!line.starts_with("  --")) continue;
      const std::string option = line.substr(2, line.find_first_of(" ,", 2) - 2);
      INFO(option);
      CHECK(checked.out.find("\n       " + option) != std::string::npos);
    }
  }
}
