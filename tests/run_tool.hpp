// SPDX-License-Identifier: BSL-1.0
#pragma once

// Runs the program as its users do.
#include "body_tree.hpp"
#include "catch.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

struct outcome {
  int code = -1;
  std::string out;
  std::string err;
};

// A temporary directory, removed at the end of the test.
class scratch_folder {
 public:
  scratch_folder() { REQUIRE(mkdtemp(path_.data()) != nullptr); }
  ~scratch_folder() { std::filesystem::remove_all(path_); }
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_ = std::filesystem::temp_directory_path() / "signhook_tool_XXXXXX";
};

inline std::string scratch(const std::string& name) {
  static const scratch_folder folder;
  return folder.path() + "/" + name;
}

inline std::string write_file(const std::string& name, std::string_view content) {
  const std::string path = scratch(name);
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

// Runs a shell command, in which $SIGNHOOK is the program.
inline outcome shell(const std::string& command, std::string_view input = "") {
  setenv("SIGNHOOK", SIGNHOOK_TOOL, 1);
  const std::string in = write_file("in", input);
  const std::string out = scratch("out");
  const std::string err = scratch("err");
  const int status =
      std::system(("{ " + command + "\n} < " + in + " > " + out + " 2> " + err).c_str());
  outcome result;
  result.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  result.out = read_file(out);
  result.err = read_file(err);
  return result;
}

inline outcome run(const std::string& arguments, std::string_view input = "") {
  return shell("$SIGNHOOK " + arguments, input);
}

inline const std::string prepared =
    "{\"id\":\"c36f5fc9-b412-4aeb-9cbd-bdb6cdca581f\",\"type\":\"dossier.prepared\","
    "\"created\":\"2026-01-01T00:00:00+00:00\",\"dossier\":{\"id\":"
    "\"b659c273-954e-43cf-893a-0f74a7f87153\",\"state\":\"draft\"}}";
inline const std::string prepared_text =
    "dossier.prepared id=c36f5fc9-b412-4aeb-9cbd-bdb6cdca581f "
    "created=2026-01-01T00:00:00+00:00 "
    "dossier={id=b659c273-954e-43cf-893a-0f74a7f87153 state=draft}\n";
