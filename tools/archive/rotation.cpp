// SPDX-License-Identifier: BSL-1.0
#include "archive/rotation.hpp"

#include <signhook/timestamp.hpp>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

namespace {

using sys_milliseconds = std::chrono::sys_time<std::chrono::milliseconds>;

std::string name_of(sys_milliseconds time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

// Returns the time in a name that `name_of` has made.
std::optional<sys_milliseconds> time_of(std::string_view name) {
  constexpr std::string_view form = "20261127T155800.123Z";
  if (name.size() != form.size()) return std::nullopt;
  const auto part = [name](std::size_t at, std::size_t size) { return name.substr(at, size); };
  const auto time = signhook::timestamp::parse(fmt::format("{}-{}-{}T{}:{}:{}", part(0, 4),
                                                           part(4, 2), part(6, 2), part(9, 2),
                                                           part(11, 2), part(13, name.size())));
  if (!time) return std::nullopt;
  const auto made = time->time() + std::chrono::floor<std::chrono::milliseconds>(time->subsecond());
  return name_of(made) == name ? std::optional(made) : std::nullopt;
}

// Returns the number in a name that logrotate has made.
std::optional<unsigned> number_of(std::string_view name) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  const bool is_number = error == std::errc() && end == name.data() + name.size() && number != 0;
  return is_number ? std::optional(number) : std::nullopt;
}

struct found_files {
  std::vector<std::pair<sys_milliseconds, std::string>> ours;  // the newest first
  std::vector<std::pair<unsigned, std::string>> logrotates;    // the newest first
};

found_files find_files(const std::string& archive) {
  const std::filesystem::path path(archive);
  const std::string begin = path.filename().string() + ".";
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  found_files found;
  for (const auto& one : std::filesystem::directory_iterator(folder)) {
    const std::string name = one.path().filename().string();
    if (!name.starts_with(begin)) continue;
    const std::string_view rest = std::string_view(name).substr(begin.size());
    if (const auto time = time_of(rest)) {
      found.ours.emplace_back(*time, one.path().string());
    } else if (const auto number = number_of(rest)) {
      found.logrotates.emplace_back(*number, one.path().string());
    }
  }
  std::sort(found.ours.rbegin(), found.ours.rend());
  std::sort(found.logrotates.begin(), found.logrotates.end());
  return found;
}

}  // namespace

std::vector<std::string> rotated_files(const std::string& archive) {
  const found_files found = find_files(archive);
  std::vector<std::string> paths;
  for (const auto& [time, path] : found.ours) paths.push_back(path);
  for (const auto& [number, path] : found.logrotates) paths.push_back(path);
  return paths;
}

std::string next_rotated_file(const std::string& archive,
                              std::chrono::system_clock::time_point now) {
  auto time = std::chrono::floor<std::chrono::milliseconds>(now);
  const auto ours = find_files(archive).ours;
  if (!ours.empty()) time = std::max(time, ours.front().first + std::chrono::milliseconds(1));
  return archive + "." + name_of(time);
}

void remove_rotated_files(const std::string& archive, const rotation& of) {
  if (of.keep == 0) return;
  const auto ours = find_files(archive).ours;
  for (std::size_t i = of.keep; i < ours.size(); ++i) {
    const std::string& path = ours[i].second;
    // The clock may have been ahead when a name was made, and that would last for all names after it.
    struct stat status {};
    const bool is_found = stat(path.c_str(), &status) == 0;
    const std::chrono::sys_seconds written(std::chrono::seconds(status.st_mtime));
    if (is_found && written > std::chrono::system_clock::now() - of.needed) continue;
    if (unlink(path.c_str()) != 0 && errno != ENOENT) {
      throw std::system_error(errno, std::generic_category(), "cannot remove " + path);
    }
  }
}
