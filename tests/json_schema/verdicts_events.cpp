// SPDX-License-Identifier: BSL-1.0
// Writes the corpus with the library's verdict on each body, for compare.mjs. A record is
//   verdict of the tolerant decoder, of the strict one, flags (1: a member occurs again), a byte each;
//   the body's size, 32 bits, little-endian; the body.
// A verdict is 0 for an event, or 1 more than the code of the first violation.
//   verdicts_events --every N    writes every Nth body only
//   verdicts_events --codes      prints the names of the codes instead
#include "../differential/corpus.hpp"
#include <signhook/decoder.hpp>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace signhook;

struct verdicts {
  char verdict = 0;
  bool repeats = false;
};

verdicts validate(decoder& by, std::string_view body) {
  verdicts found;
  by.validate(body, [&](const diagnostic& one) {
    if (one.severity == severity::warning) return;
    if (found.verdict == 0) found.verdict = static_cast<char>(one.error.code);
    found.repeats = found.repeats || one.error.code == errc::duplicate_member;
  });
  return found;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "--codes") {
    for (const errc one : enumerators<errc>) {
      const std::string_view code = name(one);
      std::printf("%.*s\n", static_cast<int>(code.size()), code.data());
    }
    return 0;
  }
  const bool some = argc == 3 && std::string_view(argv[1]) == "--every";
  const unsigned long every = some ? std::strtoul(argv[2], nullptr, 10) : 1;
  if ((argc != 1 && !some) || every == 0) return 2;
  unsigned long left = 1;
  decoder tolerant;
  decoder strict{decoder_options::strict()};
  std::string record;
  bool failed = false;
  for (const corpus::part& part : corpus::parts()) {
    part.write([&](std::string_view body) {
      if (--left != 0) return;
      left = every;
      const verdicts first = validate(tolerant, body);
      const verdicts second = validate(strict, body);
      record = {first.verdict, second.verdict, first.repeats ? '\1' : '\0'};
      for (unsigned shift = 0; shift < 32; shift += 8) {
        record += static_cast<char>(static_cast<unsigned char>(body.size() >> shift & 0xffU));
      }
      record += body;
      failed = failed || std::fwrite(record.data(), 1, record.size(), stdout) != record.size();
    });
  }
  return failed || std::fflush(stdout) != 0 ? 1 : 0;
}
