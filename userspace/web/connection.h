// SPDX-License-Identifier: Apache-2.0
// One client's connection: its socket, with or without TLS, the bytes of one request, and those of the
// answer. Never blocks, and has a deadline in every phase. Knows no path and no user. Used by the server's
// thread.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "util/fd.h"
#include "web/security.h"

namespace wedged {

class Connection {
 public:
  using Time = std::chrono::steady_clock::time_point;

  enum class Phase {
    greeting,   // nothing has come on a port of TLS
    handshake,  // of TLS
    head,       // the request comes
    asked,      // it is there, its answer is not
    sending,
    lingering,  // all is sent; what the client still sends is dropped, so that it gets to read the answer
    over,
  };

  // `security` may be null: plain HTTP.
  Connection(Fd socket, std::shared_ptr<const WebSecurity> security, Time now);

  // Goes on as far as the socket allows. Phase::asked or Phase::over call for the caller.
  void proceed(Time now);
  // In phase `asked`.
  void answer(std::string bytes, Time now);
  // What it waits for: EPOLLIN, EPOLLOUT or 0.
  [[nodiscard]] unsigned events() const;
  // Its time is over: what came too slowly is answered so, the rest ends.
  void expire(Time now);

  [[nodiscard]] Phase phase() const { return phase_; }
  [[nodiscard]] int socket() const { return socket_.get(); }
  [[nodiscard]] Time deadline() const { return deadline_; }
  [[nodiscard]] const std::string& received() const { return received_; }
  [[nodiscard]] const WebSecurity* security() const { return security_.get(); }
  // The memory of the answer, also of what the client has already.
  [[nodiscard]] std::size_t held_bytes() const { return answer_.capacity(); }
  // Nobody speaks HTTP without TLS on a port of TLS, but some try.
  [[nodiscard]] bool lacks_tls() const { return lacks_tls_; }

 private:
  [[nodiscard]] bool step(Time now);  // false: the socket has to be waited for, or the caller
  [[nodiscard]] bool greet();
  [[nodiscard]] bool shake_hands();
  [[nodiscard]] bool read_head(Time now);
  [[nodiscard]] bool send_more(Time now);
  [[nodiscard]] bool drain();
  [[nodiscard]] Transfer read(char* bytes, std::size_t size, std::size_t& count);
  [[nodiscard]] Transfer write(const char* bytes, std::size_t size, std::size_t& count);
  bool wait_or_end(Transfer transfer);
  void send(std::string bytes, Time now);

  Fd socket_;
  std::shared_ptr<const WebSecurity> security_;
  std::unique_ptr<TlsSession> tls_;
  Phase phase_ = Phase::head;
  Time deadline_;
  Time last_deadline_;  // of sending, however it goes on
  bool wants_write_ = false;
  bool lacks_tls_ = false;
  std::string received_;
  std::string answer_;
  std::size_t sent_ = 0;
  std::size_t drained_ = 0;
};

}  // namespace wedged
