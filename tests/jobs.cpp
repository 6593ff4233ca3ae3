// SPDX-License-Identifier: BSL-1.0
// Decodes a mapped and a streamed file with four threads, under ThreadSanitizer, which ends the program
// with 66 on a data race.
#include "decode/decode.hpp"

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

int main() {
  const std::string body =
      R"({"id":"c36f5fc9-b412-4aeb-9cbd-bdb6cdca581f","type":"dossier.prepared",)"
      R"("created":"2026-01-01T00:00:00+00:00",)"
      R"("dossier":{"id":"b659c273-954e-43cf-893a-0f74a7f87153","state":"draft"}})";
  const std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("signhook_jobs_" + std::to_string(getpid()));
  {
    std::ofstream file(path, std::ios::binary);
    for (int i = 0; i < 60'000; ++i) file << body << (i % 20'000 == 0 ? "x\n" : "\n");
  }
  // tool_lines.cpp checks the output.
  if (std::freopen("/dev/null", "w", stdout) == nullptr) return 2;
  // Standard input is read, a file is mapped.
  if (std::freopen(path.c_str(), "rb", stdin) == nullptr) return 2;
  decode_request request;
  request.lines = true;
  request.jobs = 4;
  request.draw_progress = true;
  request.files = {path, "-"};
  const exit_code code = decode(request);
  std::filesystem::remove(path);
  return code == exit_code::rejected ? 0 : 1;
}
