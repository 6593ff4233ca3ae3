// SPDX-License-Identifier: BSL-1.0
#include "deliver/amqp_connection.hpp"

#if __has_include(<rabbitmq-c/amqp.h>)
#include <rabbitmq-c/amqp.h>
#include <rabbitmq-c/ssl_socket.h>
#include <rabbitmq-c/tcp_socket.h>
#else
#include <amqp.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#endif

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using clock_type = std::chrono::steady_clock;

constexpr amqp_channel_t channel = 1;

// The longest time for which one attempt to connect cannot be interrupted: the library makes the connection, and the
// handshake of TLS, in one call.
constexpr std::chrono::milliseconds connect_slice{2500};

// A whole event in it lets no write wait for a broker that does not read: 64 KiB are the most that an inbox keeps of
// one, and the attributes and the framing are small beside it.
constexpr int send_buffer_bytes = 256 * 1024;

// By how much the watchdog is later than the library, whose own time-outs say more, but do not end every wait.
constexpr std::chrono::milliseconds watchdog_delay{100};

amqp_bytes_t amqp_text(std::string_view text) {
  // The library does not write to what it is given.
  return {text.size(), const_cast<char*>(text.data())};
}

std::string text_of(amqp_bytes_t bytes) {
  std::string made(static_cast<const char*>(bytes.bytes), bytes.len);
  std::replace_if(
      made.begin(), made.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return made;
}

timeval time_left(clock_type::time_point deadline) {
  const auto left =
      std::max(std::chrono::duration_cast<std::chrono::microseconds>(deadline - clock_type::now()),
               std::chrono::microseconds(0));
  timeval made{};
  made.tv_sec = static_cast<decltype(made.tv_sec)>(left.count() / 1'000'000);
  made.tv_usec = static_cast<decltype(made.tv_usec)>(left.count() % 1'000'000);
  return made;
}

amqp_table_entry_t entry(std::string_view key, std::string_view value) {
  amqp_table_entry_t made{};
  made.key = amqp_text(key);
  made.value.kind = AMQP_FIELD_KIND_UTF8;
  made.value.value.bytes = amqp_text(value);
  return made;
}

amqp_table_t table_of(std::vector<amqp_table_entry_t>& entries) {
  return {static_cast<int>(entries.size()), entries.data()};
}

[[noreturn]] void throw_closed(const char* what, int code, amqp_bytes_t text) {
  throw amqp_error(code, fmt::format("the broker closed the {}: {} {}", what, code, text_of(text)));
}

// Throws if the broker has closed the channel or the connection.
void check_not_closed(const amqp_method_t& method) {
  if (method.id == AMQP_CHANNEL_CLOSE_METHOD) {
    const auto& close = *static_cast<const amqp_channel_close_t*>(method.decoded);
    throw_closed("channel", close.reply_code, close.reply_text);
  }
  if (method.id == AMQP_CONNECTION_CLOSE_METHOD) {
    const auto& close = *static_cast<const amqp_connection_close_t*>(method.decoded);
    throw_closed("connection", close.reply_code, close.reply_text);
  }
}

template <class T>
void set_option(int socket, int level, int name, T value) {
  // The deadlines hold with the system's value, too, which stays if the option cannot be set.
  static_cast<void>(setsockopt(socket, level, name, &value, sizeof value));
}

// An idle connection that a firewall forgot, or whose broker is gone without a word, ends within about a minute.
void keep_alive(int socket) {
  set_option(socket, SOL_SOCKET, SO_SNDBUF, send_buffer_bytes);
  set_option(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
#ifdef TCP_KEEPIDLE
  set_option(socket, IPPROTO_TCP, TCP_KEEPIDLE, 30);
  set_option(socket, IPPROTO_TCP, TCP_KEEPINTVL, 10);
  set_option(socket, IPPROTO_TCP, TCP_KEEPCNT, 3);
#endif
}

}  // namespace

void amqp_connection::closer::operator()(amqp_connection_state_t_* state) const {
  amqp_destroy_connection(state);
}

amqp_connection::~amqp_connection() { close_politely(); }

void amqp_connection::publish(const cloud_event_message& message, const std::string& id,
                              const std::string& traceparent, const std::string& routing_key,
                              time_point deadline) {
  is_settled_ = false;
  try {
    if (state_) watchdog_.guard(amqp_get_sockfd(state_.get()), deadline + watchdog_delay);
    if (!is_usable()) connect(deadline);
    wait_while_blocked(deadline);
    std::vector<amqp_table_entry_t> headers;
    for (const auto& [name, value] : message.attributes) headers.push_back(entry(name, value));
    headers.push_back(entry("traceparent", traceparent));
    amqp_basic_properties_t properties{};
    properties._flags = AMQP_BASIC_CONTENT_TYPE_FLAG | AMQP_BASIC_DELIVERY_MODE_FLAG |
                        AMQP_BASIC_MESSAGE_ID_FLAG | AMQP_BASIC_HEADERS_FLAG;
    properties.content_type = amqp_text(message.content_type);
    properties.delivery_mode = AMQP_DELIVERY_PERSISTENT;
    properties.message_id = amqp_text(id);
    properties.headers = table_of(headers);
    constexpr amqp_boolean_t is_mandatory = 1;
    constexpr amqp_boolean_t is_immediate = 0;  // which RabbitMQ does not have
    check(amqp_basic_publish(state_.get(), channel, amqp_text(to_.exchange), amqp_text(routing_key),
                             is_mandatory, is_immediate, &properties, amqp_text(message.body)),
          "sending the message");
    wait_for_confirm(deadline);
    watchdog_.release();
  } catch (const amqp_error& error) {
    if (is_settled_) {
      watchdog_.release();
      throw;
    }
    // It is not known if the message came, and no later answer may be taken for that of another message.
    if (error.code() != 0 && watchdog_.last_verdict() == socket_watchdog::verdict::none) {
      close_politely();
    } else {
      watchdog_.release();
      state_.reset();
    }
    throw;
  }
}

// Reads what came while nothing was published: that the broker closes the connection, or takes no messages.
bool amqp_connection::is_usable() {
  if (!state_) return false;
  for (;;) {
    amqp_maybe_release_buffers(state_.get());
    amqp_frame_t frame{};
    timeval now{};
    const int status = amqp_simple_wait_frame_noblock(state_.get(), &frame, &now);
    if (status == AMQP_STATUS_TIMEOUT) return true;
    if (status != AMQP_STATUS_OK) break;
    if (frame.frame_type != AMQP_FRAME_METHOD) continue;
    const amqp_method_t& method = frame.payload.method;
    if (method.id == AMQP_CHANNEL_CLOSE_METHOD || method.id == AMQP_CONNECTION_CLOSE_METHOD) break;
    if (method.id == AMQP_CONNECTION_UNBLOCKED_METHOD) is_blocked_ = false;
    if (method.id == AMQP_CONNECTION_BLOCKED_METHOD) {
      is_blocked_ = true;
      why_blocked_ = text_of(static_cast<const amqp_connection_blocked_t*>(method.decoded)->reason);
    }
  }
  return false;
}

void amqp_connection::connect(time_point deadline) {
  watchdog_.release();
  open_socket(deadline);
  const int socket = amqp_get_sockfd(state_.get());
  keep_alive(socket);
  watchdog_.guard(socket, deadline + watchdog_delay);
  log_in(deadline);
  is_blocked_ = false;
}

void amqp_connection::open_socket(time_point deadline) {
  for (;;) {
    state_.reset(amqp_new_connection());
    amqp_socket_t* const socket =
        to_.is_secure ? amqp_ssl_socket_new(state_.get()) : amqp_tcp_socket_new(state_.get());
    if (socket == nullptr) throw amqp_error(0, "the client library cannot make a socket");
    if (to_.is_secure) {
      amqp_ssl_socket_set_verify_peer(socket, 1);
      amqp_ssl_socket_set_verify_hostname(socket, 1);
      check(amqp_ssl_socket_set_ssl_versions(socket, AMQP_TLSv1_2, AMQP_TLSvLATEST),
            "choosing TLS 1.2");
      if (!ca_file_.empty()) {
        check(amqp_ssl_socket_set_cacert(socket, ca_file_.c_str()), "reading the certificates");
      } else if (SSL_CTX_set_default_verify_paths(
                     static_cast<SSL_CTX*>(amqp_ssl_socket_get_context(socket))) != 1) {
        throw amqp_error(0, "the system has no trusted certificates");
      }
    }
    timeval slice = time_left(std::min(deadline, clock_type::now() + connect_slice));
    const int status = amqp_socket_open_noblock(socket, to_.host.c_str(), to_.port, &slice);
    if (status == AMQP_STATUS_OK) return;
    if (status != AMQP_STATUS_TIMEOUT || clock_type::now() >= deadline || is_stopping_) {
      check(status, "connecting");
    }
  }
}

void amqp_connection::log_in(time_point deadline) {
  timeval left = time_left(deadline);
  amqp_set_handshake_timeout(state_.get(), &left);
  amqp_set_rpc_timeout(state_.get(), &left);
  amqp_table_entry_t can_block{};
  can_block.key = amqp_text("connection.blocked");
  can_block.value.kind = AMQP_FIELD_KIND_BOOLEAN;
  can_block.value.value.boolean = 1;
  std::vector<amqp_table_entry_t> properties(1);
  properties[0].key = amqp_text("capabilities");
  properties[0].value.kind = AMQP_FIELD_KIND_TABLE;
  properties[0].value.value.table = {1, &can_block};
  properties.push_back(entry("connection_name", "signhook work"));
  const amqp_table_t all = table_of(properties);
  constexpr int any_channels = 0;
  constexpr int frame_bytes = 131072;
  constexpr int no_heartbeats = 0;
  const amqp_rpc_reply_t reply = amqp_login_with_properties(
      state_.get(), to_.vhost.c_str(), any_channels, frame_bytes, no_heartbeats, &all,
      AMQP_SASL_METHOD_PLAIN, to_.user.c_str(), to_.password.value_or("").c_str());
  if (reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION) check_not_closed(reply.reply);
  if (reply.reply_type != AMQP_RESPONSE_NORMAL) check(reply.library_error, "logging in");
  amqp_channel_open(state_.get(), channel);
  check_reply("opening a channel");
  amqp_confirm_select(state_.get(), channel);
  check_reply("asking for confirms");
}

// A blocked broker reads nothing, so that a message sent now could arrive after it was taken for failed.
void amqp_connection::wait_while_blocked(time_point deadline) {
  while (is_blocked_ && clock_type::now() < deadline && !is_stopping_) {
    amqp_frame_t frame{};
    timeval slice =
        time_left(std::min(deadline, clock_type::now() + std::chrono::milliseconds(100)));
    const int status = amqp_simple_wait_frame_noblock(state_.get(), &frame, &slice);
    if (status == AMQP_STATUS_TIMEOUT) continue;
    check(status, "waiting for the broker");
    if (frame.frame_type != AMQP_FRAME_METHOD) continue;
    check_not_closed(frame.payload.method);
    if (frame.payload.method.id == AMQP_CONNECTION_UNBLOCKED_METHOD) is_blocked_ = false;
  }
  if (is_blocked_) throw amqp_error(0, "the broker takes no messages: " + why_blocked_);
}

void amqp_connection::wait_for_confirm(time_point deadline) {
  int returned = 0;
  std::string why_returned;
  for (;;) {
    amqp_maybe_release_buffers(state_.get());
    amqp_frame_t frame{};
    timeval left = time_left(deadline);
    const int status = amqp_simple_wait_frame_noblock(state_.get(), &frame, &left);
    if (status == AMQP_STATUS_TIMEOUT && is_blocked_) {
      throw amqp_error(0, "timed out, the broker takes no messages: " + why_blocked_);
    }
    check(status, "waiting for the confirm");
    if (frame.frame_type != AMQP_FRAME_METHOD) continue;  // the message that is returned
    const amqp_method_t& method = frame.payload.method;
    check_not_closed(method);
    switch (method.id) {
      case AMQP_BASIC_RETURN_METHOD: {
        const auto& one = *static_cast<const amqp_basic_return_t*>(method.decoded);
        returned = one.reply_code;
        why_returned = text_of(one.reply_text);
        break;
      }
      case AMQP_BASIC_ACK_METHOD:
        is_settled_ = true;  // there is one message at a time
        if (returned == 0) return;
        throw amqp_error(returned, fmt::format("returned: {} {}", returned, why_returned));
      case AMQP_BASIC_NACK_METHOD:
        is_settled_ = true;
        throw amqp_error(0, "the broker does not take the message (nack)");
      case AMQP_CONNECTION_BLOCKED_METHOD:
        is_blocked_ = true;
        why_blocked_ =
            text_of(static_cast<const amqp_connection_blocked_t*>(method.decoded)->reason);
        break;
      case AMQP_CONNECTION_UNBLOCKED_METHOD: is_blocked_ = false; break;
      default: break;
    }
  }
}

void amqp_connection::check(int status, const char* doing) {
  if (status == AMQP_STATUS_OK) return;
  if (status == AMQP_STATUS_TIMEOUT ||
      watchdog_.last_verdict() == socket_watchdog::verdict::timed_out) {
    throw amqp_error(0, fmt::format("timed out {}", doing));
  }
  throw amqp_error(0, fmt::format("{}: {}", doing, amqp_error_string2(status)));
}

void amqp_connection::check_reply(const char* doing) {
  const amqp_rpc_reply_t reply = amqp_get_rpc_reply(state_.get());
  if (reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION) check_not_closed(reply.reply);
  if (reply.reply_type != AMQP_RESPONSE_NORMAL) check(reply.library_error, doing);
}

// Without the closing handshake the broker would log a lost connection.
void amqp_connection::close_politely() {
  if (!state_) return;
  const auto deadline = clock_type::now() + std::chrono::milliseconds(300);
  watchdog_.guard(amqp_get_sockfd(state_.get()), deadline);
  timeval left = time_left(deadline);
  amqp_set_rpc_timeout(state_.get(), &left);
  static_cast<void>(amqp_connection_close(state_.get(), AMQP_REPLY_SUCCESS));
  watchdog_.release();
  state_.reset();
}
