// SPDX-License-Identifier: BSL-1.0
#include "http/session.hpp"

#include "http/request_rules.hpp"
#include "http/request_syntax.hpp"
#include "system/report.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <exception>
#include <iterator>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

constexpr std::size_t head_piece = 4096;
constexpr std::size_t body_piece = std::size_t{32} * 1024;

// A client that closes while the server still sends would lose the answer (RFC 9112, section 9.6), and one
// that does not close is not waited for much longer.
constexpr std::chrono::seconds draining_time{1};

std::string address_of(const tcp_socket& socket) {
  boost::system::error_code failed;  // of a client that has gone
  const auto remote = socket.remote_endpoint(failed);
  return failed ? std::string() : remote.address().to_string();
}

std::string_view view_of(const boost::beast::flat_buffer& buffer) {
  return {static_cast<const char*>(buffer.data().data()), buffer.size()};
}

// Works with the views of every version of Boost.
template <class Text>
std::string copy_of(const Text& text) {
  return {text.data(), text.size()};
}

// Bytes of a chunked body besides its content: one with chunks of a single byte, six times as long, is not
// read to the end.
std::size_t max_chunked_size(const connection_limits& limits) {
  return 2 * limits.body_bytes + limits.header_bytes;
}

}  // namespace

struct session::exchange {
  clock::time_point begin = clock::now();
  head_scanner scanner{};
  struct {
    void operator()(std::uint64_t, boost::beast::string_view text,
                    boost::beast::error_code& failed) const {
      const bool is_valid = has_no_control_character({text.data(), text.size()});
      if (!is_valid) failed = http::error::bad_chunk_extension;
    }
  } check_extensions{};
  std::optional<http::request_parser<http::string_body>> parser{};
  http_request request{};
  request_plan plan{};
  unsigned minor_version = 1;
  bool has_text = true;      // its answer
  std::size_t received = 0;  // of the body, as it is on the wire
};

session::session(worker& on, tcp_socket socket)
    : worker_(on),
      transport_(std::move(socket), on.state().tls),
      remote_(address_of(transport_.socket())) {
  worker_.add(*this, clock::now() + on.limits().request);
}

session::~session() = default;

void session::run() {
  if (is_running_) return;  // a service replied before `answer` returned
  is_running_ = true;
  io_outcome next = io_outcome::done;
  while (next == io_outcome::done) next = step();
  is_running_ = false;
  wait(next);
}

void session::end_time(clock::time_point now) {
  if (phase_ == phase::answering) return;
  const auto kept = shared_from_this();
  if (worker_.is_grace_over(now)) return close();
  if (phase_ == phase::streaming) {
    is_idle_ = true;
    return run();
  }
  if (is_reading()) {
    // Bytes that have arrived count. There are some if the process has stood still.
    may_read_ = true;
    run();
    if (!is_reading() || !worker_.is_time_over(*this, now)) return;
  }
  if (phase_ != phase::head && phase_ != phase::body) return close();
  reject({408, "the request took too long"});
  run();
}

void session::stop() {
  is_last_ = true;
  if (phase_ == phase::streaming) return run();
  if (phase_ != phase::idle) return;
  // A request that has arrived is answered.
  may_read_ = true;
  run();
  if (phase_ == phase::idle) close();
}

io_outcome session::step() {
  switch (phase_) {
    case phase::handshake: return shake_hands();
    case phase::idle:
    case phase::head: return read_head();
    case phase::body: return read_body();
    case phase::writing: return write();
    case phase::streaming: return send_more();
    case phase::draining: return drain();
    case phase::answering:
    case phase::closed: break;
  }
  return io_outcome::closed;
}

io_outcome session::shake_hands() {
  const io_outcome made = transport_.handshake().outcome;
  if (made == io_outcome::done) begin_idle();
  if (made != io_outcome::closed) return made;
  begin_draining();  // the client may read an alert
  return io_outcome::done;
}

void session::begin_idle() {
  phase_ = phase::idle;
  worker_.limit_time(*this, clock::now() + worker_.limits().idle);
}

// A socket is not read before it is known to have bytes, which saves a call to the system for each request.
io_result session::fill(std::size_t size) {
  if (!may_read_ && !transport_.has_pending()) return {io_outcome::needs_read};
  const auto into = input_.prepare(size);
  const io_result made = transport_.read(static_cast<char*>(into.data()), into.size());
  input_.commit(made.size);
  if (made.outcome != io_outcome::closed && made.size < into.size()) may_read_ = false;
  account();
  return made;
}

io_outcome session::read_head() {
  input_.consume(phase_ == phase::idle ? empty_lines(view_of(input_)) : 0);
  const std::string_view bytes = view_of(input_);
  if (phase_ == phase::idle && !bytes.empty() && bytes != "\r") begin_exchange();
  if (phase_ == phase::head) {
    if (const auto wrong = exchange_->scanner.scan(bytes)) {
      reject(*wrong);
      return io_outcome::done;
    }
    const std::size_t limit = worker_.limits().header_bytes;
    const std::size_t size = exchange_->scanner.size();
    if ((size != 0 ? size : bytes.size()) > limit) {
      const std::size_t line = exchange_->scanner.line_size();
      const bool is_line = line == 0 || line > limit;
      reject(is_line ? http_rejection{414, "target too long"}
                     : http_rejection{431, "headers too large"});
      return io_outcome::done;
    }
    if (size != 0) {
      end_head();
      return io_outcome::done;
    }
  }
  const io_result read = fill(head_piece);
  if (read.outcome == io_outcome::closed && phase_ == phase::head) {
    is_last_ = true;
    reject({400, "the request is cut"});
    return io_outcome::done;
  }
  if (read.outcome == io_outcome::closed) close();
  if (phase_ == phase::idle && input_.size() == 0) {
    input_.shrink_to_fit();
    account();
  }
  return read.outcome;
}

void session::begin_exchange() {
  phase_ = phase::head;
  exchange_ = std::make_unique<exchange>();
  exchange_->request.begin = exchange_->begin;
  exchange_->request.remote = remote_;
  worker_.limit_time(
      *this, exchange_->begin + std::min(worker_.limits().header, worker_.limits().request));
  ++requests_;
  ++worker_.state().in_flight;
}

void session::end_head() {
  const std::size_t size = exchange_->scanner.size();
  if (const auto wrong = check_syntax(view_of(input_).substr(0, size))) return reject(*wrong);
  if (const auto wrong = parse_head(size)) return reject(*wrong);
  const http_request& request = exchange_->request;
  const auto plan =
      plan_of({exchange_->minor_version, request.method, request.target, request.headers});
  if (!plan) return reject(plan.error());
  exchange_->plan = *plan;
  worker_.limit_time(*this, exchange_->begin + worker_.limits().request);
  if (auto answer = worker_.state().service.answer_head(request)) {
    skip_body();
    return respond(*answer);
  }
  if (plan->content_length > worker_.limits().body_bytes) return reject({413, "body too large"});
  begin_body();
}

std::optional<http_rejection> session::parse_head(std::size_t size) {
  char* const bytes = static_cast<char*>(input_.data().data());
  // A later minor version is served as 1.1 (RFC 9110, section 2.5), which Beast does not know.
  const std::size_t version = std::string_view(bytes, size).find("\r\n") - 1;
  exchange_->minor_version = static_cast<unsigned>(bytes[version] - '0');
  if (exchange_->minor_version > 1) bytes[version] = '1';

  auto& parser = exchange_->parser.emplace();
  parser.header_limit(static_cast<std::uint32_t>(size + worker_.limits().header_bytes));
  parser.body_limit(std::numeric_limits<std::uint64_t>::max());  // in Boost 1.74 none is too little
  boost::beast::error_code failed;
  const std::size_t parsed = parser.put(asio::const_buffer(bytes, size), failed);
  if (failed == http::error::bad_content_length) {
    return http_rejection{400, "invalid Content-Length"};
  }
  if (failed == http::error::bad_transfer_encoding) {
    return http_rejection{400, "invalid Transfer-Encoding"};
  }
  if (failed || parsed != size) return http_rejection{400, "malformed request"};
  parser.body_limit(worker_.limits().body_bytes);
  parser.on_chunk_header(exchange_->check_extensions);
  input_.consume(size);

  http_request& request = exchange_->request;
  const auto& message = parser.get();
  request.method = copy_of(message.method_string());
  exchange_->has_text = request.method != "HEAD";
  request.target = copy_of(message.target());
  request.headers.reserve(static_cast<std::size_t>(std::distance(message.begin(), message.end())));
  for (const auto& field : message) {
    request.headers.emplace_back(copy_of(field.name_string()), copy_of(field.value()));
  }
  return std::nullopt;
}

void session::begin_body() {
  phase_ = phase::body;
  const bool is_awaited = exchange_->plan.expects_continue && input_.size() == 0;
  if (!is_awaited) return;
  // A few bytes after an answer that was read: they fit into the socket's buffer, or the client is gone.
  constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
  if (transport_.write(go_on).size != go_on.size()) close();
}

// A body that has arrived is skipped, and else no request can follow: nor if the client may have left it out, as
// it was not asked for.
void session::skip_body() {
  const request_plan& plan = exchange_->plan;
  if (plan.is_chunked || plan.expects_continue || plan.content_length > input_.size()) {
    is_last_ = true;
  } else {
    input_.consume(static_cast<std::size_t>(plan.content_length));
  }
}

io_outcome session::read_body() {
  feed_body();
  if (phase_ != phase::body) return io_outcome::done;
  const io_result read = fill(body_piece);
  if (read.outcome == io_outcome::closed) {
    is_last_ = true;
    reject({400, "the body is cut"});
    return io_outcome::done;
  }
  return read.outcome;
}

void session::feed_body() {
  auto& parser = *exchange_->parser;
  while (!parser.is_done() && input_.size() != 0) {
    boost::beast::error_code failed;
    // One part at a time: the line of a chunk, its content, or the last chunk with the trailers.
    const std::string_view bytes = view_of(input_);
    const std::size_t parsed = parser.put(input_.data(), failed);
    if (exchange_->plan.is_chunked && parser.is_done()) {
      if (const auto wrong = check_trailers(bytes.substr(0, parsed))) return reject(*wrong);
    }
    if (failed == http::error::need_more && has_endless_string(bytes)) {
      return reject({400, "malformed body"});
    }
    input_.consume(parsed);
    exchange_->received += parsed;
    if (failed == http::error::need_more) break;
    if (failed == http::error::body_limit) return reject({413, "body too large"});
    if (failed) return reject({400, "malformed body"});
  }
  if (parser.is_done()) return deliver();
  const bool is_too_long = exchange_->plan.is_chunked &&
                           exchange_->received + input_.size() > max_chunked_size(worker_.limits());
  if (is_too_long) return reject({413, "body too large"});
  account();
  if (worker_.state().memory_bytes > worker_.limits().memory_bytes) {
    reject({503, "too many requests at a time"});
  }
}

void session::deliver() {
  phase_ = phase::answering;
  exchange_->request.body = std::move(exchange_->parser->get().body());
  exchange_->parser.reset();
  account();
  try {
    worker_.state().service.answer(
        std::move(exchange_->request), [self = shared_from_this()](http_response response) {
          asio::dispatch(self->worker_.context(),
                         [self, response = std::move(response)] { self->reply(response); });
        });
  } catch (const std::exception& error) {
    report("cannot answer a request: {}", error.what());
    if (phase_ == phase::answering) reject({500, "cannot answer"});
  }
}

void session::reply(const http_response& response) {
  if (phase_ != phase::answering) return;
  respond(response);
  run();
}

void session::reject(const http_rejection& why) {
  worker_.state().service.rejected(why, exchange_->request);
  // Bytes after a rejected request could be smuggled in as another (RFC 9112, section 11.2).
  is_last_ = true;
  respond({why.status, fmt::format("{}\n", why.reason)});
}

void session::respond(const http_response& response) {
  const exchange& of = *exchange_;
  const bool is_stream = response.stream != nullptr;  // its end is that of the connection
  is_last_ = is_last_ || is_stream || worker_.is_stopping() || !of.plan.keeps_alive ||
             requests_ >= worker_.limits().requests;
  output_.clear();
  written_ = 0;
  const auto out = std::back_inserter(output_);
  const auto reason =
      http::obsolete_reason(http::int_to_status(static_cast<unsigned>(response.status)));
  fmt::format_to(out, "HTTP/1.1 {} {}\r\nDate: {}\r\n", response.status,
                 std::string_view(reason.data(), reason.size()), worker_.date());
  for (const auto& [name, value] : response.headers) fmt::format_to(out, "{}: {}\r\n", name, value);
  if (is_last_) {
    output_ += "Connection: close\r\n";
  } else if (of.minor_version == 0) {
    output_ += "Connection: keep-alive\r\n";
  }
  fmt::format_to(out, "Content-Type: {}\r\n", response.type);
  if (!is_stream) fmt::format_to(out, "Content-Length: {}\r\n", response.text.size());
  output_ += "\r\n";
  if (of.has_text) output_ += response.text;
  if (of.has_text && is_stream) begin_stream(response.stream);
  end_exchange();
  phase_ = phase::writing;
  worker_.limit_time(*this, clock::now() + worker_.limits().request);
}

io_outcome session::write() {
  while (written_ < output_.size()) {
    const io_result sent = transport_.write(std::string_view(output_).substr(written_));
    if (sent.outcome == io_outcome::closed) close();
    if (sent.outcome != io_outcome::done) return sent.outcome;
    written_ += sent.size;
  }
  std::string().swap(output_);  // an assignment would keep its memory
  if (stream_) {
    begin_streaming();
  } else if (is_last_) {
    begin_draining();
  } else {
    begin_idle();
  }
  return io_outcome::done;
}

// The stream belongs to the session, which therefore may be gone when it wakes.
void session::begin_stream(std::shared_ptr<http_stream> stream) {
  stream_ = std::move(stream);
  stream_->begin([weak = weak_from_this(), &context = worker_.context()] {
    asio::post(context, [weak] {
      if (const auto self = weak.lock()) self->run();
    });
  });
}

void session::begin_streaming() {
  phase_ = phase::streaming;
  account();
  worker_.limit_time(*this, clock::now() + worker_.limits().idle);
}

io_outcome session::send_more() {
  output_ = stream_->next(std::exchange(is_idle_, false));
  if (!output_.empty()) {
    written_ = 0;
    phase_ = phase::writing;
    account();
    worker_.limit_time(*this, clock::now() + worker_.limits().request);
    return io_outcome::done;
  }
  if (worker_.is_stopping()) {
    begin_draining();
    return io_outcome::done;
  }
  const io_result read = fill(head_piece);  // only the end is of interest
  input_.clear();
  input_.shrink_to_fit();
  if (read.outcome == io_outcome::closed) close();
  return read.outcome;
}

void session::end_exchange() {
  exchange_.reset();
  --worker_.state().in_flight;
}

void session::begin_draining() {
  phase_ = phase::draining;
  stream_.reset();
  worker_.limit_time(*this, clock::now() + draining_time);
  input_.clear();
  input_.shrink_to_fit();
  account();
  transport_.end_writing();
}

io_outcome session::drain() {
  const io_result made = transport_.discard();
  drained_ += made.size;
  if (made.outcome == io_outcome::closed || drained_ > max_chunked_size(worker_.limits())) {
    close();
    return io_outcome::closed;
  }
  return made.outcome;
}

void session::close() {
  if (phase_ == phase::closed) return;
  phase_ = phase::closed;
  if (exchange_) end_exchange();
  stream_.reset();
  input_.clear();
  input_.shrink_to_fit();
  std::string().swap(output_);
  account();
  transport_.close();
  worker_.remove(*this);
  --worker_.state().connections;
  worker_.state().connection_ended();
}

void session::account() {
  std::size_t used = input_.capacity() + output_.size();
  if (exchange_) {
    used += exchange_->request.body.size();
    if (exchange_->parser) used += exchange_->parser->get().body().capacity();
  }
  // Unsigned arithmetic wraps, so that the sum is right.
  worker_.state().memory_bytes += used - memory_;
  memory_ = used;
}

void session::wait(io_outcome what) {
  if (phase_ == phase::closed) return;
  if (what == io_outcome::needs_read && !waits_for_read_) {
    waits_for_read_ = true;
    transport_.socket().async_wait(tcp_socket::wait_read, [self = shared_from_this()](const auto&) {
      self->waits_for_read_ = false;
      self->may_read_ = true;
      self->run();
    });
  } else if (what == io_outcome::needs_write && !waits_for_write_) {
    waits_for_write_ = true;
    transport_.socket().async_wait(tcp_socket::wait_write,
                                   [self = shared_from_this()](const auto&) {
                                     self->waits_for_write_ = false;
                                     self->run();
                                   });
  }
}
