// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

struct tls_context_free {
  void operator()(SSL_CTX* tls) const { SSL_CTX_free(tls); }
};
using tls_context = std::unique_ptr<SSL_CTX, tls_context_free>;

// Makes the context of a server that speaks HTTP/1.1 over TLS 1.2 or later, with the PEM files of a
// certificate chain and its key. Throws std::runtime_error if they cannot be used.
[[nodiscard]] tls_context make_server_context(const std::string& certificate,
                                              const std::string& key);
