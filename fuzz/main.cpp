// SPDX-License-Identifier: BSL-1.0
// Runs a target without a fuzzing engine: over files, and over mutants of them that are the same each
// time.
//   TARGET [--mutants N] [--seed S] FILE|FOLDER...
#include "target.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace {

namespace fs = std::filesystem;

void run(std::string_view bytes) {
  // Exactly this size, so that a sanitizer reports reads after the end.
  const std::unique_ptr<std::uint8_t[]> exact(new std::uint8_t[bytes.size()]);
  std::copy(bytes.begin(), bytes.end(), exact.get());
  if (LLVMFuzzerTestOneInput(exact.get(), bytes.size()) != 0) {
    fuzz::stop(bytes, "a target returned something else than 0");
  }
}

// The engine is the same everywhere; the standard's distributions are not.
class mutator {
 public:
  mutator(const std::vector<std::string>& from, std::uint32_t seed) : from_(from), random_(seed) {}

  std::string next(std::string bytes) {
    for (std::size_t left = 1 + below(4); left != 0; --left) mutate(bytes);
    return bytes;
  }

 private:
  std::size_t below(std::size_t count) { return count == 0 ? 0 : random_() % count; }

  void mutate(std::string& bytes) {
    const std::size_t at = below(bytes.size() + 1);
    const std::size_t some = std::min(below(16), bytes.size() - at);
    switch (below(6)) {
      case 0:
        if (at != bytes.size()) bytes[at] = static_cast<char>(below(256));
        return;
      case 1: bytes.insert(at, 1, static_cast<char>(below(256))); return;
      case 2: bytes.erase(at, some); return;
      case 3: bytes.insert(below(bytes.size() + 1), bytes.substr(at, some)); return;
      case 4: bytes.insert(at, 1, "\"\\{}[],:0-.eu"[below(13)]); return;
      default: {
        const std::string& other = from_[below(from_.size())];
        const std::size_t begin = below(other.size() + 1);
        bytes.insert(at, other, begin, below(64));
      }
    }
  }

  const std::vector<std::string>& from_;
  std::mt19937 random_;
};

std::vector<fs::path> files_at(const char* place) {
  std::vector<fs::path> files;
  if (!fs::is_directory(place)) return {place};
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(place)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  // The order of a folder is the file system's.
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t mutants = 0;
  std::uint32_t seed = 1;
  std::vector<std::string> inputs;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument.starts_with("--")) {
      const char* const value = i + 1 < argc ? argv[++i] : "";
      char* end = nullptr;
      const unsigned long number = std::strtoul(value, &end, 10);
      if (end == value || *end != '\0' || (argument != "--mutants" && argument != "--seed")) {
        std::fprintf(stderr, "usage: %s [--mutants N] [--seed S] FILE|FOLDER...\n", argv[0]);
        return 2;
      }
      (argument == "--seed" ? seed = static_cast<std::uint32_t>(number) : mutants = number);
      continue;
    }
    for (const fs::path& path : files_at(argv[i])) {
      std::ifstream file(path, std::ios::binary);
      if (!file) {
        std::fprintf(stderr, "%s cannot be read\n", path.c_str());
        return 2;
      }
      inputs.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
  }
  if (inputs.empty()) {
    std::fputs("no input\n", stderr);
    return 2;
  }
  for (const std::string& input : inputs) run(input);
  mutator mutated(inputs, seed);
  for (std::size_t i = 0; i < mutants; ++i) run(mutated.next(inputs[i % inputs.size()]));
  std::printf("%zu inputs and %zu mutants\n", inputs.size(), mutants);
  return 0;
}
