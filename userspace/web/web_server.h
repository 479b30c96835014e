// SPDX-License-Identifier: Apache-2.0
// The HTTP server: /metrics, /healthz, /api/v1/findings and a landing page. Answers from the last
// publication, on civetweb's own threads. web_server.cpp is the only file that includes civetweb.
#pragma once

#include <memory>
#include <string>

#include "report/published.h"
#include "util/clock.h"
#include "util/result.h"

namespace wedged {

class WebServer {
 public:
  // Listens at once; `address` is "127.0.0.1:9974". `publication` and `clock` must outlive the server.
  // Fails with a message that names the address and what to do: kind `malformed` if it is not HOST:PORT,
  // `unsupported` for an IPv6 address where civetweb was built without (Debian 12's is), `system` if the
  // system refuses.
  [[nodiscard]] static Result<WebServer> listen(const std::string& address, const Publication& publication,
                                                const Clock& clock);
  WebServer(const WebServer&) = delete;
  WebServer& operator=(const WebServer&) = delete;
  WebServer(WebServer&&) noexcept;
  WebServer& operator=(WebServer&&) noexcept;
  // Closes the port and waits for the requests in progress, at most for a few seconds.
  ~WebServer();

  // The port it listens on; of use where the address said port 0.
  [[nodiscard]] unsigned short port() const;

 private:
  struct State;
  explicit WebServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace wedged
