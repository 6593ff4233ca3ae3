// SPDX-License-Identifier: BSL-1.0
#include "system/shell.hpp"

#include <spawn.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <string_view>

// NOLINTNEXTLINE(readability-redundant-declaration): only some systems declare it
extern "C" char** environ;

pid_t start_shell(const std::string& command, const shell_options& options) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, options.input, STDIN_FILENO);
  if (options.prints_to_error) {
    posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO);
  }
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes,
                           static_cast<short>(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                              (options.is_own_group ? POSIX_SPAWN_SETPGROUP : 0)));
  std::string shell = "sh";
  std::string option = "-c";
  std::string text = command;
  const std::array<char*, 4> arguments{shell.data(), option.data(), text.data(), nullptr};
  std::vector<std::string> added = options.environment;
  std::vector<char*> variables;
  for (std::string& one : added) variables.push_back(one.data());
  const auto is_replaced = [&](std::string_view variable) {
    return std::any_of(added.begin(), added.end(), [variable](const std::string& one) {
      return variable.starts_with(std::string_view(one).substr(0, one.find('=') + 1));
    });
  };
  for (char** one = environ; *one != nullptr; ++one) {
    if (!is_replaced(*one)) variables.push_back(*one);
  }
  variables.push_back(nullptr);
  pid_t child = -1;
  const int failed =
      posix_spawn(&child, "/bin/sh", &files, &attributes, arguments.data(), variables.data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  errno = failed;
  return failed == 0 ? child : -1;
}
