// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

// A proxy before PostgreSQL's socket that cuts a connection in the middle of COMMIT.

namespace postgresql {

enum class cut { never, before_commit, after_commit };

class proxy {
 public:
  // Listens on `folder`/.s.PGSQL.5432.
  proxy(const std::filesystem::path& folder, const std::filesystem::path& server)
      : folder_(folder), server_(server) {
    std::filesystem::create_directory(folder_);
    const std::string path = (folder_ / ".s.PGSQL.5432").string();
    ::unlink(path.c_str());
    listener_ = ::socket(AF_UNIX, SOCK_STREAM, 0);
    const sockaddr_un address = address_of(path);
    if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener_, 64) != 0) {
      throw std::runtime_error("listen on " + path);
    }
    thread_ = std::thread([this] { serve(); });
  }
  proxy(const proxy&) = delete;
  proxy& operator=(const proxy&) = delete;
  ~proxy() {
    is_ending_ = true;
    thread_.join();
    for (const auto& [client, server] : pairs_) {
      ::close(client);
      ::close(server);
    }
    ::close(listener_);
  }

  // Cuts the connection at the next COMMIT, once.
  void cut_next(cut where) { next_ = where; }
  [[nodiscard]] int cuts() const { return cuts_; }
  [[nodiscard]] std::string conninfo() const {
    return "host=" + folder_.string() + " port=5432 user=postgres dbname=postgres";
  }

 private:
  static sockaddr_un address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) throw std::runtime_error("too long: " + path);
    std::copy(path.begin(), path.end(), address.sun_path);
    return address;
  }

  void serve() {
    while (!is_ending_) {
      std::vector<pollfd> waiting{{listener_, POLLIN, 0}};
      for (const auto& [client, server] : pairs_) {
        waiting.push_back({client, POLLIN, 0});
        waiting.push_back({server, POLLIN, 0});
      }
      if (::poll(waiting.data(), waiting.size(), 20) <= 0) continue;
      std::vector<std::pair<int, int>> left;
      for (std::size_t i = 0; i < pairs_.size(); ++i) {
        const auto [client, server] = pairs_[i];
        if ((waiting[1 + 2 * i].revents == 0 || pass(client, server, true)) &&
            (waiting[2 + 2 * i].revents == 0 || pass(server, client, false))) {
          left.emplace_back(client, server);
        } else {
          ::close(client);
          ::close(server);
        }
      }
      pairs_ = std::move(left);
      if (waiting[0].revents != 0) accept_one();
    }
  }

  void accept_one() {
    const int client = ::accept(listener_, nullptr, nullptr);
    const int server = ::socket(AF_UNIX, SOCK_STREAM, 0);
    const sockaddr_un address = address_of(server_.string());
    if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      ::close(client);
      ::close(server);
      return;
    }
    pairs_.emplace_back(client, server);
  }

  // False where the connection is over.
  bool pass(int from, int to, bool is_request) {
    std::array<char, 65536> read;
    const ssize_t size = ::read(from, read.data(), read.size());
    if (size <= 0) return false;
    const std::string_view got(read.data(), static_cast<std::size_t>(size));
    const bool is_commit = is_request && got.find("signhook_commit") != std::string_view::npos;
    const cut where = is_commit ? next_.exchange(cut::never) : cut::never;
    if (where == cut::before_commit) {
      ++cuts_;
      return false;
    }
    for (std::size_t sent = 0; sent < got.size();) {
      const ssize_t wrote = ::send(to, got.data() + sent, got.size() - sent, MSG_NOSIGNAL);
      if (wrote <= 0) return false;
      sent += static_cast<std::size_t>(wrote);
    }
    if (where == cut::after_commit) {
      // The server has committed when it answers.
      ++cuts_;
      [[maybe_unused]] const ssize_t lost = ::read(to, read.data(), read.size());
      return false;
    }
    return true;
  }

  std::filesystem::path folder_;
  std::filesystem::path server_;
  int listener_ = -1;
  std::vector<std::pair<int, int>> pairs_;
  std::atomic<cut> next_ = cut::never;
  std::atomic<int> cuts_ = 0;
  std::atomic<bool> is_ending_ = false;
  std::thread thread_;
};

}  // namespace postgresql
