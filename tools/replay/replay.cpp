// SPDX-License-Identifier: BSL-1.0
#include "replay/replay.hpp"

#include "archive/archive_entry.hpp"
#include "system/output.hpp"
#include "system/report.hpp"
#include "text/json_text.hpp"
#include <signhook/format.hpp>
#include <signhook/receiver.hpp>

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <fstream>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace {

// Not a secret: this receiver sees the archive only.
constexpr std::string_view secret_header = "Signhook-Replay";
constexpr std::string_view secret = "what-came-in-was-checked-then";

signhook::receiver make_replay_receiver() {
  const std::array<std::string_view, 1> secrets{secret};
  auto made = signhook::receiver::make({.secret_header = secret_header, .secrets = secrets});
  if (!made) throw std::logic_error("no receiver for a replay");
  return std::move(*made);
}

class replaying {
 public:
  explicit replaying(const replay_request& request)
      : request_(request), receiver_(make_replay_receiver()) {}

  void line(const std::string& text) {
    ++lines_;
    auto entry = from_line(text);
    if (!entry) {
      ++damaged_;
      print_error("{}:{}: error: not a line of an archive\n", request_.archive, lines_);
      return;
    }
    entry->headers.emplace_back(secret_header, secret);
    const auto now = receiver_.receive(
        decoder_, {.method = entry->method, .headers = entry->headers, .body = entry->body});
    if (now.fault != entry->fault) {
      ++different_;
      differs(*entry, now);
    }
    ++(now.event ? events_ : others_);
    if (now.event && request_.deliver) {
      const auto id = signhook::id(*now.event);
      bodies_.push_back({std::move(entry->body), id});
    }
  }

  exit_code finish() {
    out_.line(request_.json ? counts_json() : counts_text());
    if (!out_.finish()) return exit_code::failed;
    const bool is_same = different_ == 0 && damaged_ == 0;
    exit_code ended = is_same ? exit_code::accepted : exit_code::rejected;
    if (request_.deliver) {
      const exit_code sent = send_bodies(std::move(bodies_), request_.with);
      if (sent != exit_code::accepted) ended = sent;
    }
    return ended;
  }

 private:
  [[nodiscard]] std::string counts_json() const {
    return json_object([this](json_text_writer& to) {
      write_count(to, "lines", lines_);
      write_count(to, "events", events_);
      write_count(to, "others", others_);
      write_count(to, "different", different_);
      write_count(to, "damaged", damaged_);
    });
  }

  [[nodiscard]] std::string counts_text() const {
    return fmt::format("{} lines: {} events, {} others; {} with a different verdict, {} damaged",
                       lines_, events_, others_, different_, damaged_);
  }

  void differs(const archive_entry& then, const signhook::receive_result& now) {
    if (request_.json) {
      out_.line(json_object([&](json_text_writer& to) {
        write_count(to, "line", lines_);
        to.member("then", fmt::format("{}", then.fault));
        to.member("now", fmt::format("{}", now.fault));
      }));
    } else {
      out_.line(fmt::format("{}:{}: the fault was {}, and is {}", request_.archive, lines_,
                            then.fault, now.fault));
    }
  }

  const replay_request& request_;
  signhook::receiver receiver_;
  signhook::decoder decoder_;
  output out_;
  std::uint64_t lines_ = 0;
  std::uint64_t events_ = 0;
  std::uint64_t others_ = 0;
  std::uint64_t different_ = 0;
  std::uint64_t damaged_ = 0;
  std::vector<outgoing> bodies_;
};

}  // namespace

exit_code replay(const replay_request& request) {
  std::ifstream from(request.archive, std::ios::binary);
  if (!from) {
    throw std::system_error(errno, std::generic_category(), "cannot read " + request.archive);
  }
  replaying all(request);
  for (std::string line; std::getline(from, line);) all.line(line);
  if (from.bad()) throw std::runtime_error("cannot read " + request.archive);
  return all.finish();
}
