// SPDX-License-Identifier: Apache-2.0
// An honest server on asio at full speed: two threads turn its loop, eight clients ask as fast as they are
// answered, a timer expires every millisecond, and another thread gives it work all the time. It is woken by
// an eventfd that it never reads: asio asks for its edges, and makes one by epoll_ctl.
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <asio.hpp>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "provoke.h"

namespace {

using Stream = asio::local::stream_protocol::socket;

struct Connection {
  Stream stream;
  std::array<char, 64> words{};
};

void serve(const std::shared_ptr<Connection>& connection) {
  connection->stream.async_read_some(
      asio::buffer(connection->words), [connection](const asio::error_code& error, std::size_t count) {
        if (error) return;
        asio::async_write(connection->stream, asio::buffer(connection->words.data(), count),
                          [connection](const asio::error_code& failed, std::size_t) {
                            if (!failed) serve(connection);
                          });
      });
}

// The client's end of a new connection.
int connect_to(asio::io_context& loop) {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) _exit(1);
  serve(std::make_shared<Connection>(Connection{Stream(loop, asio::local::stream_protocol(), ends[0]), {}}));
  return ends[1];
}

void tick(asio::steady_timer& timer) {
  timer.expires_after(std::chrono::milliseconds(1));
  timer.async_wait([&timer](const asio::error_code&) { tick(timer); });
}

void ask_all_the_time(int end) {
  for (char word = 'a'; send(end, &word, 1, 0) == 1 && recv(end, &word, 1, 0) == 1;) {
  }
}

void post_all_the_time(asio::io_context& loop) {
  for (;;) {
    asio::post(loop, [] {});
    std::this_thread::sleep_for(std::chrono::microseconds(50));
  }
}

void turn(const char* variant) {
  asio::io_context loop;
  asio::steady_timer timer(loop);
  tick(timer);
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) threads.emplace_back(ask_all_the_time, connect_to(loop));
  threads.emplace_back(post_all_the_time, std::ref(loop));
  threads.emplace_back([&loop] { loop.run(); });
  say_began("healthy", variant);
  loop.run();
}

}  // namespace

int main(int argc, char** argv) {
  try {
    turn(begin(argc, argv));
  } catch (...) {
    return 1;
  }
}
