// SPDX-License-Identifier: Apache-2.0
// The HTTP server: metrics, health, findings and pages, over TLS and behind passwords where the configuration
// says so. Answers from the last publication, on a thread of its own that never blocks: clients may be slow,
// many or hostile, they cost each other nothing but that thread's time.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "report/published.h"
#include "util/clock.h"
#include "util/result.h"
#include "web/security.h"

namespace wedged {

struct WebOptions {
  std::string address;  // "127.0.0.1:9974" or "[::1]:9974"; port 0: any
  std::string telemetry_path = "/metrics";
  // The configuration in force; asked on the server's thread when somebody connects, at most once a second.
  // Null, or a null answer: plain HTTP for everybody.
  std::function<std::shared_ptr<const WebSecurity>()> security;
};

class WebServer {
 public:
  // Listens at once. `publication` and `clock` must outlive the server. Fails with a message that names the
  // address and what to do: kind `malformed` if it is not HOST:PORT, `system` if the system refuses.
  [[nodiscard]] static Result<WebServer> listen(WebOptions options, const Publication& publication,
                                                const Clock& clock);
  // Plain, for everybody.
  [[nodiscard]] static Result<WebServer> listen(const std::string& address, const Publication& publication,
                                                const Clock& clock);
  WebServer(const WebServer&) = delete;
  WebServer& operator=(const WebServer&) = delete;
  WebServer(WebServer&&) noexcept;
  WebServer& operator=(WebServer&&) noexcept;
  // Closes the port and every connection; waits for the page or the password in work.
  ~WebServer();

  // The port it listens on; of use where the address said port 0.
  [[nodiscard]] unsigned short port() const;

 private:
  class State;
  explicit WebServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace wedged
