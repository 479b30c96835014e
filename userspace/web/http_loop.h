// SPDX-License-Identifier: Apache-2.0
// The loop of the web server's thread: accepts, lets every connection proceed, has requests answered. Bounds
// how many connections there are, and what they hold: when all places are taken, one goes that has its
// answer, else the one that has been asking longest, else the one that has been reading longest; and when too
// much is unread, the one that has been reading longest.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "util/fd.h"
#include "util/result.h"
#include "web/connection.h"
#include "web/doorkeeper.h"
#include "web/http_request.h"
#include "web/site.h"

namespace wedged {

class HttpLoop {
 public:
  using SecuritySource = std::function<std::shared_ptr<const WebSecurity>()>;
  static constexpr std::size_t most_connections = 512;
  static constexpr std::size_t most_held_bytes = std::size_t{16}
                                                 << 20;  // of answers that clients do not read

  [[nodiscard]] static Result<std::unique_ptr<HttpLoop>> open(Fd listener, Site site,
                                                              SecuritySource security);
  HttpLoop(const HttpLoop&) = delete;
  HttpLoop& operator=(const HttpLoop&) = delete;
  HttpLoop(HttpLoop&&) = delete;
  HttpLoop& operator=(HttpLoop&&) = delete;
  ~HttpLoop() = default;

  void run();   // until stop(); throws nothing
  void stop();  // any thread
  [[nodiscard]] const Fd& listener() const { return listener_; }

 private:
  using Time = Connection::Time;

  HttpLoop(Fd listener, Fd epoll, Fd wakeup, Site site, SecuritySource security);
  void turn();
  void handle(std::uint64_t id, unsigned events);
  void accept_all();
  [[nodiscard]] bool make_room();
  void add(Fd socket);
  void proceed(std::uint64_t id, Connection& connection);
  void respond(std::uint64_t id, Connection& connection);
  void respond_allowed(Connection& connection, const HttpRequest& request);
  void send(Connection& connection, const Page& page, const HttpRequest& request);
  void bound_held_bytes(const Connection& newest);
  void hear_verdicts();
  void settle(std::uint64_t id, Connection& connection);
  void sweep();
  void listen_again(bool wanted);
  [[nodiscard]] std::shared_ptr<const WebSecurity> security_now();

  Fd listener_;
  Fd epoll_;
  Fd wakeup_;
  Site site_;
  SecuritySource source_;
  std::shared_ptr<const WebSecurity> security_;
  Time security_asked_{};
  Time now_{};
  Time swept_{};
  bool listening_ = true;
  std::atomic<bool> stop_ = false;
  std::uint64_t next_id_ = 2;                        // 0 is the listener, 1 the wakeup
  std::map<std::uint64_t, Connection> connections_;  // the oldest first
  std::map<std::uint64_t, HttpRequest> waiting_;     // for a verdict
  Doorkeeper doorkeeper_;                            // last: its thread wakes this
};

}  // namespace wedged
