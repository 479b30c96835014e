// SPDX-License-Identifier: Apache-2.0
// Descriptors that are ready, and stay so until somebody does something about it. They are when these return.
#pragma once

namespace wedged::inject {

[[nodiscard]] int pipe_without_reader();        // its end for writing
[[nodiscard]] int pipe_with_unread_byte();      // its end for reading
[[nodiscard]] int connection_reset_by_peer();   // of TCP
[[nodiscard]] int connection_closed_by_peer();  // what it sent was nothing
[[nodiscard]] int connection_with_room();       // to write to
[[nodiscard]] int listener_with_a_client();     // of TCP, blocking
[[nodiscard]] int expired_timer();
[[nodiscard]] int posted_event();  // an eventfd

}  // namespace wedged::inject
