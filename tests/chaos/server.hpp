// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

// As little of HTTP as the driver speaks: one POST for each connection, with a Content-Length.

namespace chaos {

// A socket that listens at this port of this machine, or -1.
inline int listen_at(int port) {
  const int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  sockaddr any{};
  static_assert(sizeof any == sizeof address);
  __builtin_memcpy(&any, &address, sizeof any);
  return bind(made, &any, sizeof any) == 0 && listen(made, 64) == 0 ? made : -1;
}

// The next connection of a listening socket; several threads may wait for theirs.
class request_socket {
 public:
  explicit request_socket(int listening) : socket_(accept(listening, nullptr, nullptr)) {}
  request_socket(const request_socket&) = delete;
  request_socket& operator=(const request_socket&) = delete;
  ~request_socket() { close(); }

  // None where the connection ends before the body does.
  [[nodiscard]] std::optional<std::string> read_body() {
    constexpr std::string_view length_name = "Content-Length: ";
    std::string text;
    std::size_t head = 0;
    while ((head = text.find("\r\n\r\n")) == std::string::npos) {
      if (!read_more(text)) return std::nullopt;
    }
    const std::size_t length = text.find(length_name);
    if (length == std::string::npos) return std::nullopt;
    const std::size_t size = std::strtoul(text.c_str() + length + length_name.size(), nullptr, 10);
    text.erase(0, head + 4);
    while (text.size() < size) {
      if (!read_more(text)) return std::nullopt;
    }
    return text;
  }

  void reply(int status) {
    const std::string text = "HTTP/1.1 " + std::to_string(status) +
                             " -\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    // Whether it arrives is the driver's to see.
    (void)send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
    close();
  }

 private:
  bool read_more(std::string& text) const {
    char buffer[4096];
    const auto got = recv(socket_, buffer, sizeof buffer, 0);
    if (got <= 0) return false;
    text.append(buffer, static_cast<std::size_t>(got));
    return true;
  }
  void close() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }

  int socket_;
};

}  // namespace chaos
