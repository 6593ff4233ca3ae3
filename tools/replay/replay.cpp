// SPDX-License-Identifier: BSL-1.0
#include "replay/replay.hpp"

#include "archive/archive_entry.hpp"
#include "system/output.hpp"
#include "system/report.hpp"
#include "text/json_text.hpp"
#include <signhook/delivery.hpp>
#include <signhook/format.hpp>
#include <signhook/receiver.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

namespace {

// Not a secret: this receiver sees the archive only.
constexpr std::string_view secret_header = "Signhook-Replay";
constexpr std::string_view archive_secret = "what-came-in-was-checked-then";

signhook::receiver make_replay_receiver() {
  const std::array<std::string_view, 1> secrets{archive_secret};
  auto made = signhook::receiver::make({.secret_header = secret_header, .secrets = secrets});
  if (!made) throw std::logic_error("no receiver for a replay");
  return std::move(*made);
}

class replaying {
 public:
  explicit replaying(const replay_request& request)
      : request_(request), receiver_(make_replay_receiver()) {}

  // Begins with the lines of another archive.
  void begin(std::size_t archive) { at_ = {archive, 0}; }

  void line(const std::string& text) {
    ++lines_;
    ++at_.line;
    auto entry = from_line(text);
    if (!entry) {
      ++damaged_;
      print_error("{}:{}: error: not a line of an archive\n", name(at_), at_.line);
      return;
    }
    entry->headers.emplace_back(secret_header, archive_secret);
    const auto now = receiver_.receive(
        decoder_, {.method = entry->method, .headers = entry->headers, .body = entry->body});
    if (now.fault != entry->fault) {
      ++different_;
      differs(*entry, now);
    }
    ++(now.event ? events_ : others_);
    if (now.event && entry->verdict == request_verdict::accepted) {
      const auto received = std::chrono::floor<std::chrono::milliseconds>(entry->received);
      accepted_.push_back({signhook::id(*now.event), received, at_, bodies_.size()});
    }
    if (now.event && request_.deliver) {
      const auto id = signhook::id(*now.event);
      bodies_.push_back({std::move(entry->body), id});
    }
  }

  exit_code finish() {
    const std::vector<doubling> doubled = find_doubled();
    for (const doubling& one : doubled) print(one);
    doubled_ = doubled.size();
    out_.line(request_.json ? counts_json() : counts_text());
    if (!out_.finish()) return exit_code::failed;
    const bool is_same = different_ == 0 && damaged_ == 0 && doubled_ == 0;
    exit_code ended = is_same ? exit_code::accepted : exit_code::rejected;
    if (request_.deliver) {
      remove_repeated(doubled);
      const exit_code sent = send_bodies(std::move(bodies_), request_.with);
      if (sent != exit_code::accepted) ended = sent;
    }
    return ended;
  }

 private:
  struct position {
    std::size_t archive = 0;
    std::uint64_t line = 0;

    friend bool operator<(const position& a, const position& b) {
      return std::tie(a.archive, a.line) < std::tie(b.archive, b.line);
    }
  };

  struct accepted_event {
    signhook::event_id id;
    signhook::time_point received;
    position at;
    std::size_t body;  // index of its body, if the events are delivered
  };

  // An event on two lines.
  struct doubling {
    accepted_event one;
    accepted_event before;
  };

  [[nodiscard]] const std::string& name(const position& of) const {
    return request_.archives[of.archive];
  }

  // An event that comes again later than CM.com would send it is a new one to `listen`, too.
  [[nodiscard]] std::vector<doubling> find_doubled() {
    std::sort(accepted_.begin(), accepted_.end(), [](const auto& a, const auto& b) {
      return std::tie(a.id, a.at) < std::tie(b.id, b.at);
    });
    std::vector<doubling> found;
    for (std::size_t i = 1; i < accepted_.size(); ++i) {
      const accepted_event& before = accepted_[i - 1];
      const accepted_event& one = accepted_[i];
      if (one.id == before.id &&
          one.received - before.received < signhook::duplicate_window.value) {
        found.push_back({one, before});
      }
    }
    std::sort(found.begin(), found.end(),
              [](const doubling& a, const doubling& b) { return a.one.at < b.one.at; });
    return found;
  }

  // A receiver would answer the second delivery as a duplicate. With other bytes it is for the receiver to decide.
  void remove_repeated(const std::vector<doubling>& doubled) {
    std::vector<bool> is_repeated(bodies_.size());
    for (const auto& [one, before] : doubled) {
      is_repeated[one.body] = bodies_[one.body].body == bodies_[before.body].body;
    }
    std::size_t kept = 0;
    for (std::size_t i = 0; i < bodies_.size(); ++i) {
      if (!is_repeated[i]) std::swap(bodies_[kept++], bodies_[i]);
    }
    bodies_.resize(kept);
  }

  void print(const doubling& of) {
    const accepted_event& one = of.one;  // clang 14 captures no structured binding
    const accepted_event& before = of.before;
    if (request_.json) {
      out_.line(json_object([&](json_text_writer& to) {
        to.member("archive", name(one.at));
        write_count(to, "line", one.at.line);
        to.member("id", fmt::format("{}", one.id));
        to.member("earlier_archive", name(before.at));
        write_count(to, "earlier_line", before.at.line);
      }));
    } else {
      out_.line(fmt::format("{}:{}: the event {} is also on {}:{}", name(one.at), one.at.line,
                            one.id, name(before.at), before.at.line));
    }
  }

  [[nodiscard]] std::string counts_json() const {
    return json_object([this](json_text_writer& to) {
      write_count(to, "lines", lines_);
      write_count(to, "events", events_);
      write_count(to, "others", others_);
      write_count(to, "different", different_);
      write_count(to, "damaged", damaged_);
      write_count(to, "doubled", doubled_);
    });
  }

  [[nodiscard]] std::string counts_text() const {
    return fmt::format(
        "{} lines: {} events, {} others; {} with a different verdict, {} damaged, {} doubled",
        lines_, events_, others_, different_, damaged_, doubled_);
  }

  void differs(const archive_entry& then, const signhook::receive_result& now) {
    if (request_.json) {
      out_.line(json_object([&](json_text_writer& to) {
        to.member("archive", name(at_));
        write_count(to, "line", at_.line);
        to.member("then", fmt::format("{}", then.fault));
        to.member("now", fmt::format("{}", now.fault));
      }));
    } else {
      out_.line(fmt::format("{}:{}: the fault was {}, and is {}", name(at_), at_.line, then.fault,
                            now.fault));
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
  std::uint64_t doubled_ = 0;
  position at_;
  std::vector<accepted_event> accepted_;
  std::vector<outgoing> bodies_;
};

}  // namespace

exit_code replay(const replay_request& request) {
  replaying all(request);
  for (std::size_t i = 0; i < request.archives.size(); ++i) {
    const std::string& path = request.archives[i];
    std::ifstream from(path, std::ios::binary);
    if (!from) throw std::system_error(errno, std::generic_category(), "cannot read " + path);
    all.begin(i);
    for (std::string line; std::getline(from, line);) all.line(line);
    if (from.bad()) throw std::runtime_error("cannot read " + path);
  }
  return all.finish();
}
