// SPDX-License-Identifier: BSL-1.0
#include "http/tls_context.hpp"

#include <fmt/format.h>
#include <openssl/err.h>

#include <array>
#include <stdexcept>
#include <string_view>

namespace {

std::runtime_error tls_error(std::string_view file) {
  std::array<char, 256> why{};
  ERR_error_string_n(ERR_get_error(), why.data(), why.size());
  return std::runtime_error(fmt::format("cannot use {}: {}", file, why.data()));
}

// A client that knows only other protocols gets an alert (RFC 7301, section 3.2).
int select_protocol(SSL*, const unsigned char** chosen, unsigned char* size,
                    const unsigned char* offered, unsigned offered_size, void*) {
  static constexpr std::array<unsigned char, 9> ours{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* selected = nullptr;
  if (SSL_select_next_proto(&selected, size, ours.data(), ours.size(), offered, offered_size) !=
      OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *chosen = selected;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

tls_context make_server_context(const std::string& certificate, const std::string& key) {
  tls_context made(SSL_CTX_new(TLS_server_method()));
  if (!made) throw tls_error("TLS");
  SSL_CTX_set_min_proto_version(made.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(made.get(), SSL_OP_NO_RENEGOTIATION);
  // The buffers of an idle connection are freed, and sessions are kept by the clients, in tickets.
  SSL_CTX_set_mode(made.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                   SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(made.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_alpn_select_cb(made.get(), select_protocol, nullptr);
  if (SSL_CTX_use_certificate_chain_file(made.get(), certificate.c_str()) != 1) {
    throw tls_error(certificate);
  }
  if (SSL_CTX_use_PrivateKey_file(made.get(), key.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(made.get()) != 1) {
    throw tls_error(key);
  }
  return made;
}
