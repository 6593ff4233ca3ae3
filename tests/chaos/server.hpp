// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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

  // False where the connection ends before the request does.
  [[nodiscard]] bool read() {
    std::size_t head = 0;
    while ((head = text_.find("\r\n\r\n")) == std::string::npos) {
      if (!read_more()) return false;
    }
    std::size_t size = 0;
    for (std::size_t line = text_.find("\r\n"); line < head;) {
      const std::size_t begin = line + 2;
      const std::size_t colon = text_.find(": ", begin);
      line = text_.find("\r\n", begin);
      if (colon > line) return false;
      headers_.emplace_back(text_.substr(begin, colon - begin),
                            text_.substr(colon + 2, line - colon - 2));
      const auto& [name, value] = headers_.back();
      if (name == "Content-Length") size = std::strtoul(value.c_str(), nullptr, 10);
    }
    body_ = head + 4;
    while (text_.size() - body_ < size) {
      if (!read_more()) return false;
    }
    return true;
  }

  [[nodiscard]] std::string_view method() const {
    return std::string_view(text_).substr(0, text_.find(' '));
  }
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& headers() const {
    return headers_;
  }
  [[nodiscard]] std::string_view body() const { return std::string_view(text_).substr(body_); }

  // Only the first answer is sent.
  void reply(int status) {
    if (socket_ < 0) return;
    const std::string text = "HTTP/1.1 " + std::to_string(status) +
                             " -\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    // The driver sees if it does not arrive.
    (void)send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
    close();
  }

 private:
  bool read_more() {
    char buffer[4096];
    const auto got = recv(socket_, buffer, sizeof buffer, 0);
    if (got <= 0) return false;
    text_.append(buffer, static_cast<std::size_t>(got));
    return true;
  }
  void close() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }

  int socket_;
  std::string text_;
  std::vector<std::pair<std::string, std::string>> headers_;
  std::size_t body_ = 0;
};

}  // namespace chaos
