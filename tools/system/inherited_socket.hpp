// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <optional>

// Returns the one listening socket that systemd has passed to this process (sd_listen_fds(3)), if it has. Throws
// std::runtime_error if it has passed several.
[[nodiscard]] std::optional<int> inherited_socket();

// Returns whether only this machine can reach the socket.
[[nodiscard]] bool is_loopback_socket(int socket);
