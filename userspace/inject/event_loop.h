// SPDX-License-Identifier: Apache-2.0
// Event loops as programs have them, and the requests that they answer beside whatever else is ready. None of
// them ends; what else is ready is its maker's business.
#pragma once

#include <sys/epoll.h>

#include <cstdint>
#include <functional>

namespace wedged::inject {

// The calling thread, and those that it starts from now on, leave the CPU to whoever wants it.
void stand_back();

// A client that asks ten times a second and waits for the answer. Returns where its requests arrive.
[[nodiscard]] int requests();
void answer(int from);  // nothing if none has come

[[nodiscard]] int new_epoll();
void add(int epoll, int descriptor, std::uint32_t events);
void change(int epoll, int descriptor, std::uint32_t events);

// What a loop does about an event that is no request.
using Handler = void (*)(const epoll_event& event);
void look_away(const epoll_event& event);

}  // namespace wedged::inject

// Their names are what a stack shall tell.
extern "C" {
void event_loop(int epoll, int requests, wedged::inject::Handler handle);
void poll_loop(int requests, int other);
void select_loop(int requests, int other);
}
