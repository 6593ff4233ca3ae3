// SPDX-License-Identifier: BSL-1.0
#include "http/server.hpp"

#include "http/connection.hpp"

#include <fmt/format.h>
#include <httplib.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <strings.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <exception>
#include <limits>
#include <optional>
#include <semaphore>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <utility>

namespace {

// A pool with a thread for each connection; further connections wait to be accepted.
class bounded_pool final : public httplib::TaskQueue {
 public:
  explicit bounded_pool(std::size_t count)
      : free_(static_cast<std::ptrdiff_t>(count)), pool_(count) {}

  // `enqueue` returns a bool in some versions of httplib.
  using is_taken = decltype(std::declval<httplib::TaskQueue&>().enqueue({}));

  is_taken enqueue(std::function<void()> job) override {
    free_.acquire();
    return pool_.enqueue([this, job = std::move(job)] {
      job();
      free_.release();
    });
  }

  void shutdown() override { pool_.shutdown(); }

 private:
  std::counting_semaphore<> free_;
  httplib::ThreadPool pool_;
};

// Put before the media type of a form, which httplib would parse otherwise.
constexpr char hidden = ';';

// Whether the request of this thread was read completely, so that another may follow on its connection.
thread_local bool is_at_end = false;

// The size of a request's body according to its headers, or the status that rejects them.
struct framing {
  std::optional<std::uint64_t> size;  // none if it is chunked
  int rejection = 0;
};

framing framing_of(const httplib::Request& request) {
  const auto lengths = request.get_header_value_count("Content-Length");
  const auto codings = request.get_header_value_count("Transfer-Encoding");
  if (codings != 0) {
    const std::string coding = request.get_header_value("Transfer-Encoding");
    const bool is_chunked = codings == 1 && strcasecmp(coding.c_str(), "chunked") == 0;
    return {std::nullopt, lengths == 0 && is_chunked ? 0 : 400};
  }
  if (lengths == 0) return {0, 0};
  const std::string text = request.get_header_value("Content-Length");
  std::uint64_t size = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), size);
  const bool is_number = failure == std::errc() && end == text.data() + text.size();
  return {size, lengths == 1 && is_number ? 0 : 400};
}

std::runtime_error tls_error(std::string_view file) {
  std::array<char, 256> why{};
  ERR_error_string_n(ERR_get_error(), why.data(), why.size());
  return std::runtime_error(fmt::format("cannot use {}: {}", file, why.data()));
}

// Returns the headers as they were received: without those that httplib adds.
http_headers headers_of(const httplib::Request& request) {
  constexpr std::array added{"REMOTE_ADDR", "REMOTE_PORT", "LOCAL_ADDR", "LOCAL_PORT"};
  http_headers headers;
  for (const auto& [name, value] : request.headers) {
    if (std::find(added.begin(), added.end(), name) != added.end()) continue;
    const bool is_hidden = value.starts_with(hidden) && value.find("multipart/") == 1;
    headers.emplace_back(name, value.substr(is_hidden ? 1 : 0));
  }
  return headers;
}

}  // namespace

class http_server::implementation final : private httplib::Server {
 public:
  implementation(const connection_limits& limits, handler handle);

  void use_tls(const std::string& certificate, const std::string& key);
  [[nodiscard]] int bind(const std::string& host, int port);
  [[nodiscard]] bool run() { return listen_after_bind() && is_stopping_; }
  void stop();

 private:
  struct tls_free {
    void operator()(SSL_CTX* tls) const { SSL_CTX_free(tls); }
  };

  bool process_and_close_socket(int socket) override;
  template <class Self>
  static bool process(Self& self, connection& client, bool is_stopping, bool& is_last,
                      const std::function<void(httplib::Request&)>& prepare);
  [[nodiscard]] bool answer_without_body(const httplib::Request& request,
                                         httplib::Response& response) const;
  void read_and_answer(const httplib::Request& request, httplib::Response& response,
                       const httplib::ContentReader& read) const;
  void answer(const httplib::Request& request, httplib::Response& response, std::string body) const;

  connection_limits limits_;
  handler handle_;
  std::unique_ptr<SSL_CTX, tls_free> tls_;
  std::atomic<bool> is_stopping_ = false;
  int listening_ = -1;
};

http_server::implementation::implementation(const connection_limits& limits, handler handle)
    : limits_(limits), handle_(std::move(handle)) {
  new_task_queue = [this] { return new bounded_pool(limits_.connections); };
  set_payload_max_length(std::numeric_limits<std::size_t>::max());  // limited in read_and_answer
  set_keep_alive_timeout(limits.idle.count());
  set_socket_options([this](int socket) {
    // httplib would set SO_REUSEPORT, with which a second server could take some of the connections.
    const int on = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    listening_ = socket;
  });
  set_exception_handler([](const auto&, httplib::Response& response, const std::exception_ptr&) {
    response.status = 500;
  });
  set_expect_100_continue_handler([this](const auto& request, httplib::Response& response) {
    const framing body = framing_of(request);
    const bool is_rejected = body.rejection != 0 || body.size.value_or(0) > limits_.body_bytes;
    if (is_rejected) response.status = body.rejection != 0 ? body.rejection : 413;
    return is_rejected ? response.status : 100;
  });
  set_pre_routing_handler([this](const auto& request, httplib::Response& response) {
    return answer_without_body(request, response) ? HandlerResponse::Handled
                                                  : HandlerResponse::Unhandled;
  });
  const auto with_body = [this](const auto& request, auto& response, const auto& read) {
    read_and_answer(request, response, read);
  };
  Post("/", with_body).Put("/", with_body).Patch("/", with_body).Delete("/", with_body);
}

void http_server::implementation::use_tls(const std::string& certificate, const std::string& key) {
  tls_.reset(SSL_CTX_new(TLS_server_method()));
  if (!tls_) throw tls_error("TLS");
  SSL_CTX_set_min_proto_version(tls_.get(), TLS1_2_VERSION);
  SSL_CTX_set_mode(tls_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (SSL_CTX_use_certificate_chain_file(tls_.get(), certificate.c_str()) != 1) {
    throw tls_error(certificate);
  }
  if (SSL_CTX_use_PrivateKey_file(tls_.get(), key.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(tls_.get()) != 1) {
    throw tls_error(key);
  }
}

int http_server::implementation::bind(const std::string& host, int port) {
  const int bound = port == 0 ? bind_to_any_port(host) : (bind_to_port(host, port) ? port : -1);
  // httplib queues five connections only; further clients would wait for seconds.
  if (bound < 0 || ::listen(listening_, SOMAXCONN) != 0) {
    throw std::runtime_error(fmt::format("cannot listen on {} port {}", host, port));
  }
  return bound;
}

void http_server::implementation::stop() {
  is_stopping_ = true;
  while (!is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  Server::stop();
}

// httplib 0.18 and later take the addresses as arguments; earlier versions ask the stream.
template <class Self>
bool http_server::implementation::process(Self& self, connection& client, bool is_stopping,
                                          bool& is_last,
                                          const std::function<void(httplib::Request&)>& prepare) {
  if constexpr (requires { self.process_request(client, is_stopping, is_last, prepare); }) {
    return self.process_request(client, is_stopping, is_last, prepare);
  } else {
    std::string remote;
    std::string local;
    int remote_port = 0;
    int local_port = 0;
    client.get_remote_ip_and_port(remote, remote_port);
    client.get_local_ip_and_port(local, local_port);
    return self.process_request(client, remote, remote_port, local, local_port, is_stopping,
                                is_last, prepare);
  }
}

bool http_server::implementation::process_and_close_socket(int socket) {
  connection client(socket, tls_.get(), limits_, is_stopping_);
  if (!client.open()) return false;
  const auto prepare = [&](httplib::Request& request) {
    client.allow_body();
    // One path for all targets: httplib finds handlers by regular expressions.
    request.path.assign(1, '/');
    const auto type = request.headers.find("Content-Type");
    if (request.is_multipart_form_data()) type->second.insert(type->second.begin(), hidden);
  };
  bool go_on = true;
  while (go_on && client.wait_for_request()) {
    bool is_last = false;
    is_at_end = false;
    const bool is_answered = process(*this, client, is_stopping_, is_last, prepare);
    go_on = is_answered && !is_last && is_at_end && !is_stopping_;
  }
  client.close();
  return true;
}

bool http_server::implementation::answer_without_body(const httplib::Request& request,
                                                      httplib::Response& response) const {
  const framing body = framing_of(request);
  const bool is_too_large = body.size.value_or(0) > limits_.body_bytes;
  if (body.rejection != 0 || is_too_large) {
    response.status = body.rejection != 0 ? body.rejection : 413;
    response.set_header("Connection", "close");
    return true;
  }
  constexpr std::array with_body{"POST", "PUT", "PATCH", "DELETE"};
  const bool has_body = body.size != 0;
  const bool is_read =
      has_body && std::find(with_body.begin(), with_body.end(), request.method) != with_body.end();
  if (is_read) return false;
  is_at_end = !has_body;
  answer(request, response, {});
  return true;
}

void http_server::implementation::read_and_answer(const httplib::Request& request,
                                                  httplib::Response& response,
                                                  const httplib::ContentReader& read) const {
  std::string body;
  bool is_too_large = false;
  const bool is_read = read([&](const char* data, std::size_t size) {
    is_too_large = size > limits_.body_bytes - body.size();
    if (!is_too_large) body.append(data, size);
    return !is_too_large;
  });
  if (!is_read) {
    response.status = is_too_large ? 413 : 400;
    response.set_header("Connection", "close");
    return;
  }
  // After the last chunk there may be trailers, which httplib does not read.
  is_at_end = request.has_header("Content-Length");
  answer(request, response, std::move(body));
}

void http_server::implementation::answer(const httplib::Request& request,
                                         httplib::Response& response, std::string body) const {
  const http_response made = handle_(
      {request.remote_addr, request.method, request.target, headers_of(request), std::move(body)});
  response.status = made.status;
  if (!is_at_end) response.set_header("Connection", "close");
  response.set_content(made.text, "text/plain; charset=utf-8");
}

http_server::http_server(const connection_limits& limits, handler handle)
    : implementation_(std::make_unique<implementation>(limits, std::move(handle))) {}

http_server::~http_server() = default;

void http_server::use_tls(const std::string& certificate, const std::string& key) {
  implementation_->use_tls(certificate, key);
}

int http_server::bind(const std::string& host, int port) {
  return implementation_->bind(host, port);
}

bool http_server::run() { return implementation_->run(); }

void http_server::stop() { implementation_->stop(); }
