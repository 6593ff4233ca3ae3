// SPDX-License-Identifier: BSL-1.0
#include "inbox/inbox_call.hpp"

#include "inbox/inbox_connection.hpp"
#include "system/output.hpp"
#include "system/report.hpp"
#include "text/json_text.hpp"
#include <signhook/decoder.hpp>
#include <signhook/detail/text/utf8.hpp>
#include <signhook/encoder.hpp>
#include <signhook/format.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <memory>
#include <optional>
#include <string_view>

namespace {

signhook::time_point time_of_call() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::string_view name_of(inbox_table of) {
  switch (of) {
    case inbox_table::queue: return "queued";
    case inbox_table::dead_letters: return "dead letter";
    case inbox_table::quarantine: return "quarantined";
    case inbox_table::known: break;
  }
  return "handled";
}

std::string counted(const row_count& of) {
  return fmt::format("{}{}", of.is_estimate() ? "about " : "", of.rows);
}

void write_rows(json_text_writer& to, std::string_view name, const row_count& of) {
  write_count(to, name, of.rows);
  to.key(fmt::format("{}_is_estimate", name));
  to.raw(of.is_estimate() ? "true" : "false");
}

// The answer to a call, printed as it comes.
class inbox_printer {
 public:
  explicit inbox_printer(bool is_json) : is_json_(is_json) {}

  void print(const stored_row& row) {
    out_.line(is_json_ ? json_of(row) : text_of(row));
    ++rows_;
  }

  void print(const inbox_status& of, signhook::time_point at) {
    const auto age = of.oldest ? std::max(std::chrono::floor<std::chrono::seconds>(at - *of.oldest),
                                          std::chrono::seconds(0))
                               : std::chrono::seconds(0);
    if (is_json_) {
      out_.line(json_object([&](json_text_writer& to) {
        write_rows(to, "queued", of.queued);
        write_count(to, "oldest_due_seconds", static_cast<std::uint64_t>(age.count()));
        write_rows(to, "dead_letters", of.dead_letters);
        write_rows(to, "quarantined", of.quarantined);
        write_rows(to, "known", of.known);
      }));
      return;
    }
    out_.line(fmt::format("queued         {}{}", counted(of.queued),
                          of.oldest ? fmt::format(", the oldest due for {} s", age.count()) : ""));
    out_.line(fmt::format("dead letters   {}", counted(of.dead_letters)));
    out_.line(fmt::format("quarantined    {}", counted(of.quarantined)));
    out_.line(fmt::format("known ids      {}", counted(of.known)));
  }

  // Prints how many something happened to.
  void print(std::string_view what, std::uint64_t count) {
    out_.line(is_json_ ? json_object([&](json_text_writer& to) { write_count(to, what, count); })
                       : fmt::format("{} {}", count, what));
  }

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] bool finish() { return out_.finish(); }

 private:
  [[nodiscard]] std::string json_of(const stored_row& row) {
    return json_object([&](json_text_writer& to) {
      to.member("state", name_of(row.table));
      if (row.id) to.member("id", fmt::format("{}", *row.id));
      to.member("received", time_text(row.received));
      if (row.attempts) write_count(to, "attempts", *row.attempts);
      if (row.due) to.member("due", time_text(*row.due));
      if (!row.reason.empty()) to.member("reason", row.reason);
      if (row.table == inbox_table::known) return;
      if (signhook::detail::is_utf8(row.body)) {
        to.member("body", row.body);
      } else {
        to.member("body_hex", hex(row.body));
      }
    });
  }

  [[nodiscard]] std::string text_of(const stored_row& row) {
    std::string text = fmt::format("{}, received {}", name_of(row.table), time_text(row.received));
    const auto out = std::back_inserter(text);
    if (row.attempts) fmt::format_to(out, ", {} attempts", *row.attempts);
    if (row.due) fmt::format_to(out, ", due {}", time_text(*row.due));
    if (!row.reason.empty()) fmt::format_to(out, ", {}", json_string(row.reason));
    const auto event = decoder_.decode(std::string_view(row.body));
    if (event) {
      fmt::format_to(out, ": {}", *event);
    } else if (row.id) {
      fmt::format_to(out, ": id={}", *row.id);
    } else {
      fmt::format_to(out, ": {} bytes", row.body.size());
    }
    return text;
  }

  [[nodiscard]] static std::string hex(std::string_view bytes) {
    std::string made;
    for (const char one : bytes) {
      fmt::format_to(std::back_inserter(made), "{:02x}", static_cast<unsigned char>(one));
    }
    return made;
  }

  const bool is_json_;
  signhook::decoder decoder_;
  output out_;
  std::size_t rows_ = 0;
};

exit_code fail(const inbox_connection& at) {
  report("{}: {}", at.name(), at.last_error());
  return exit_code::failed;
}

exit_code show(const inbox_call_request& request, inbox_connection& at, inbox_printer& to) {
  constexpr std::array all{inbox_table::queue, inbox_table::dead_letters, inbox_table::quarantine};
  bool is_any_missing = false;
  for (const std::string& text : request.ids) {
    const auto id = signhook::event_id::parse(text);
    const std::size_t before = to.rows();
    const auto print = [&](const stored_row& row) { to.print(row); };
    for (const inbox_table table : all) {
      if (!at.list(table, id, request.at_most, print)) return fail(at);
    }
    // Its id is known for as long as it may come again, also once it is handled.
    if (to.rows() == before && !at.list(inbox_table::known, id, 1, print)) return fail(at);
    if (to.rows() != before) continue;
    report("there is no event {}", text);
    is_any_missing = true;
  }
  return is_any_missing ? exit_code::rejected : exit_code::accepted;
}

exit_code requeue(const inbox_call_request& request, inbox_connection& at, inbox_printer& to) {
  std::uint64_t count = 0;
  bool is_any_missing = false;
  for (const std::string& text : request.ids) {
    if (at.requeue(*signhook::event_id::parse(text), time_of_call())) {
      ++count;
    } else {
      report("{}: {}", text, at.last_error());
      is_any_missing = true;
    }
  }
  to.print("requeued", count);
  return is_any_missing ? exit_code::rejected : exit_code::accepted;
}

exit_code list(inbox_table table, const inbox_call_request& request, inbox_connection& at,
               inbox_printer& to) {
  const bool is_done =
      at.list(table, std::nullopt, request.at_most, [&](const stored_row& row) { to.print(row); });
  return is_done ? exit_code::accepted : fail(at);
}

exit_code answer(const inbox_call_request& request, inbox_connection& at, inbox_printer& to) {
  switch (request.call) {
    case inbox_call::status: {
      const signhook::time_point time = time_of_call();
      const auto found = at.status(time);
      if (!found) return fail(at);
      to.print(*found, time);
      return exit_code::accepted;
    }
    case inbox_call::list: return list(inbox_table::queue, request, at, to);
    case inbox_call::dead: return list(inbox_table::dead_letters, request, at, to);
    case inbox_call::quarantine: return list(inbox_table::quarantine, request, at, to);
    case inbox_call::show: return show(request, at, to);
    case inbox_call::requeue: return requeue(request, at, to);
    case inbox_call::prune: {
      constexpr std::size_t batch = 1024;
      std::uint64_t count = 0;
      for (std::size_t pruned = batch; pruned == batch; count += pruned) {
        pruned = at.prune(time_of_call() - request.older_than, batch);
        if (pruned == 0 && !at.last_error().empty()) return fail(at);
      }
      to.print("pruned", count);
      return exit_code::accepted;
    }
    case inbox_call::migrate: break;  // connecting has done it
  }
  report("{} has the tables of this version", at.name());
  return exit_code::accepted;
}

}  // namespace

exit_code call_inbox(const inbox_call_request& request) {
  for (const std::string& text : request.ids) {
    if (signhook::event_id::parse(text)) continue;
    report("{} is not the id of an event", json_string(text));
    return exit_code::failed;
  }
  const auto at =
      make_inbox_connection(request.address, {.create = request.call == inbox_call::migrate,
                                              .migrate = request.call == inbox_call::migrate});
  if (!at->connect()) return fail(*at);
  inbox_printer to(request.json);
  const exit_code code = answer(request, *at, to);
  return to.finish() ? code : exit_code::failed;
}
