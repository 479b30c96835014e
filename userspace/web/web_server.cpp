// SPDX-License-Identifier: Apache-2.0
#include "web/web_server.h"

#include <unistd.h>

#include <array>
#include <climits>
#include <thread>
#include <utility>

#include "web/http_loop.h"
#include "web/listening_socket.h"
#include "web/signals_blocked.h"

namespace wedged {
namespace {

// Empty if it has none.
std::string own_host() {
  std::array<char, HOST_NAME_MAX + 1> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

}  // namespace

class WebServer::State {
 public:
  explicit State(std::unique_ptr<HttpLoop> loop)
      : loop_(std::move(loop)), thread_([this] { loop_->run(); }) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  State(State&&) = delete;
  State& operator=(State&&) = delete;
  ~State() {
    loop_->stop();
    thread_.join();
  }

  [[nodiscard]] unsigned short port() const { return port_of(loop_->listener()); }

 private:
  std::unique_ptr<HttpLoop> loop_;
  std::thread thread_;
};

Result<WebServer> WebServer::listen(WebOptions options, const Publication& publication, const Clock& clock) {
  auto listener = listen_at(options.address);
  if (!listener) return listener.error();
  Site site{std::move(options.telemetry_path), &publication, &clock};
  if (is_on_loopback(*listener)) site.own_host = own_host();
  auto loop = HttpLoop::open(std::move(*listener), std::move(site), std::move(options.security));
  if (!loop) return loop.error();
  const SignalsBlocked blocked;
  return WebServer(std::make_unique<State>(std::move(*loop)));
}

Result<WebServer> WebServer::listen(const std::string& address, const Publication& publication,
                                    const Clock& clock) {
  WebOptions options;
  options.address = address;
  return listen(std::move(options), publication, clock);
}

WebServer::WebServer(std::unique_ptr<State> state) : state_(std::move(state)) {}
WebServer::WebServer(WebServer&&) noexcept = default;
WebServer& WebServer::operator=(WebServer&&) noexcept = default;
WebServer::~WebServer() = default;

unsigned short WebServer::port() const {
  return state_->port();
}

}  // namespace wedged
