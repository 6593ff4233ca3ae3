// SPDX-License-Identifier: BSL-1.0
#include "send/send.hpp"

#include "send/sample_maker.hpp"
#include "system/input.hpp"
#include "system/output.hpp"
#include "system/report.hpp"
#include "text/json_text.hpp"
#include <signhook/decoder.hpp>
#include <signhook/encoder.hpp>
#include <signhook/format.hpp>
#include <signhook/ndjson.hpp>
#include <signhook/receiver.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <limits>
#include <random>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace {

std::vector<outgoing> bodies_of(const std::string& path) {
  input from(path);
  const std::string all = from.read_up_to(std::numeric_limits<std::size_t>::max() / 2);
  if (from.failure()) {
    throw std::runtime_error(fmt::format("cannot read {}: {}", from.name(), *from.failure()));
  }
  std::vector<outgoing> bodies;
  signhook::decoder decoder;
  signhook::decode_lines(decoder, all, [&](const signhook::decoded_line& line) {
    outgoing one{std::string(line.bytes), std::nullopt};
    if (line.decoded) one.id = signhook::id(*line.decoded);
    bodies.push_back(std::move(one));
  });
  return bodies;
}

std::vector<outgoing> samples_of(const send_request& request, sample_maker& maker) {
  std::vector<outgoing> bodies(request.count.value_or(maker.kinds()));
  for (outgoing& one : bodies) {
    const auto now = std::chrono::system_clock::now();
    const auto event = maker.happens(request.unknown) ? maker.next_unknown(now) : maker.next(now);
    signhook::encode_to(event, std::back_inserter(one.body));
    one.id = signhook::id(event);
  }
  return bodies;
}

std::string text_of(const sending_report& of, const send_request& request) {
  std::string text;
  const auto out = std::back_inserter(text);
  fmt::format_to(out, "{} deliveries: {} delivered, {} dropped, {} unknown\n", of.deliveries,
                 of.delivered, of.dropped, of.unknown);
  std::uint64_t requests = 0;
  for (const auto& [status, count] : of.by_status) requests += count;
  fmt::format_to(out,
                 "{} requests in {:.2f} s; half within {:.2f} ms, 99 in 100 within {:.2f} ms\n",
                 requests, of.seconds, of.median * 1e3, of.slowest_in_hundred * 1e3);
  for (const auto& [status, count] : of.by_status) {
    if (status != 0) fmt::format_to(out, "{:>10}  answered {}\n", count, status);
  }
  for (const auto& [why, which] : of.by_error) {
    fmt::format_to(out, "{:>10}  not answered: {}", which.count, describe(why));
    if (!which.detail.empty()) fmt::format_to(out, " ({})", which.detail);
    text += '\n';
  }
  if (of.retries != 0) {
    fmt::format_to(
        out,
        "{} retries, the first after {} s, each delay {} times the one before, {} times faster\n",
        of.retries, std::chrono::duration<double>(request.first_delay).count(), request.factor,
        request.how.time_scale);
  }
  if (of.undone != 0) fmt::format_to(out, "{} not finished when stopped\n", of.undone);
  fmt::format_to(out, "the webhook would be {}, with {} failures in a week", of.health,
                 of.failures);
  if (of.disabled_from) {
    fmt::format_to(
        out, ", {} {}",
        of.health == signhook::health::disabled ? "since" : "and disabled if they last to",
        time_text(*of.disabled_from));
  }
  return text;
}

std::string json_of(const sending_report& of) {
  return json_object([&](json_text_writer& to) {
    write_count(to, "deliveries", of.deliveries);
    write_count(to, "delivered", of.delivered);
    write_count(to, "dropped", of.dropped);
    write_count(to, "unknown", of.unknown);
    write_count(to, "undone", of.undone);
    write_count(to, "retries", of.retries);
    write_decimal(to, "seconds", of.seconds, 6);
    write_decimal(to, "median_seconds", of.median, 6);
    write_decimal(to, "p99_seconds", of.slowest_in_hundred, 6);
    to.key("statuses");
    to.begin_object();
    for (const auto& [status, count] : of.by_status) {
      write_count(to, fmt::format("{}", status), count);
    }
    to.end_object();
    to.key("errors");
    to.begin_object();
    for (const auto& [why, which] : of.by_error) write_count(to, name(why), which.count);
    to.end_object();
    to.member("health", fmt::format("{}", of.health));
    write_count(to, "failures", of.failures);
    if (of.disabled_from) to.member("disabled_from", time_text(*of.disabled_from));
  });
}

}  // namespace

exit_code send_bodies(std::vector<outgoing> bodies, const send_request& request) {
  sending_options how = request.how;
  how.schedule = signhook::retry_schedule::from(request.first_delay, request.factor);
  if (!how.schedule) throw std::runtime_error("invalid first delay or factor of the retries");
  const sending_report sent = send_all(std::move(bodies), how);
  output out;
  out.line(request.json ? json_of(sent) : text_of(sent, request));
  if (!sent.attempts_failure.empty()) {
    report("cannot write {}: {}", how.attempts, sent.attempts_failure);
  }
  if (!out.finish() || !sent.attempts_failure.empty()) return exit_code::failed;
  return sent.delivered == sent.deliveries ? exit_code::accepted : exit_code::rejected;
}

exit_code send(const send_request& request) {
  sample_maker maker(request.types, request.seed ? *request.seed : std::random_device()());
  std::vector<outgoing> bodies =
      request.file.empty() ? samples_of(request, maker) : bodies_of(request.file);
  std::vector<outgoing> again;
  for (const outgoing& one : bodies) {
    if (maker.happens(request.duplicate)) again.push_back(one);
  }
  for (outgoing& one : bodies) {
    if (!maker.happens(request.corrupt)) continue;
    one = {maker.corrupted(std::move(one.body)), std::nullopt};
  }
  std::move(again.begin(), again.end(), std::back_inserter(bodies));
  if (request.shuffle) std::shuffle(bodies.begin(), bodies.end(), maker.random());
  return send_bodies(std::move(bodies), request);
}
