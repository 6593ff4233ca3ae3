// SPDX-License-Identifier: BSL-1.0
#include "system/inherited_socket.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>

namespace {

constexpr int first_socket = 3;  // SD_LISTEN_FDS_START

std::string variable(const char* name) {
  const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before any thread
  return value == nullptr ? "" : value;
}

}  // namespace

std::optional<int> inherited_socket() {
  if (variable("LISTEN_PID") != std::to_string(getpid())) return std::nullopt;
  const std::string count = variable("LISTEN_FDS");
  if (count.empty() || count == "0") return std::nullopt;
  if (count != "1") throw std::runtime_error("expected one socket from systemd, got " + count);
  fcntl(first_socket, F_SETFD, FD_CLOEXEC);
  return first_socket;
}

bool is_loopback_socket(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getsockname(socket, static_cast<sockaddr*>(static_cast<void*>(&address)), &size) != 0) {
    return false;
  }
  if (address.ss_family == AF_INET6) {
    sockaddr_in6 of{};
    std::memcpy(&of, &address, sizeof of);
    return std::memcmp(&of.sin6_addr, &in6addr_loopback, sizeof of.sin6_addr) == 0;
  }
  sockaddr_in of{};
  std::memcpy(&of, &address, sizeof of);
  return address.ss_family == AF_INET && ntohl(of.sin_addr.s_addr) >> 24U == IN_LOOPBACKNET;
}
