// SPDX-License-Identifier: Apache-2.0
// Everything is answered from `begin_request`, in front of civetweb's own handling, so that none of its file
// serving, authentication or scripting is ever reached.
#include "report/web_server.h"

#include <civetweb.h>
#include <pthread.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <future>
#include <mutex>
#include <string_view>
#include <system_error>

#include "report/pages.h"

namespace wedged {

namespace {

constexpr unsigned feature_ipv6 = 8;  // mg_check_feature()

// civetweb's accepting thread looks whether it should stop when it wakes: every two seconds, or for a
// connection. So one is made, and again if that came too early.
void stop_at_once(mg_context* context, const std::string& host, int port) {
  try {
    const auto stopped = std::async(std::launch::async, [context] { mg_stop(context); });
    while (stopped.wait_for(std::chrono::milliseconds(10)) != std::future_status::ready) {
      std::array<char, 128> error{};
      mg_close_connection(mg_connect_client(host.c_str(), port, 0, error.data(), error.size()));
    }
  } catch (const std::system_error&) {  // no thread to be had
    mg_stop(context);
  }
}

int port_of(const mg_context* context) {
  mg_server_port port{};
  return mg_get_server_ports(context, 1, &port) > 0 ? port.port : 0;
}

}  // namespace

struct WebServer::State {
  const Publication* publication = nullptr;
  const Clock* clock = nullptr;
  std::string host;
  mg_context* context = nullptr;
  std::mutex mutex;       // of `complaint`: any of civetweb's threads may log
  std::string complaint;  // the first thing civetweb logged; kept for the message of a failed start

  State() { mg_init_library(0); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (context != nullptr) stop_at_once(context, host, port_of(context));
    mg_exit_library();
  }
};

namespace {

const char* phrase_of(int status) {
  switch (status) {
    case 200: return "OK";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    default: return "Service Unavailable";
  }
}

void send(mg_connection* connection, const Page& page, bool with_body) {
  std::string reply = "HTTP/1.1 " + std::to_string(page.status) + " " + phrase_of(page.status) + "\r\n";
  reply += "Content-Type: " + page.content_type + "\r\n";
  reply += "Content-Length: " + std::to_string(page.body.size()) + "\r\n";
  reply += "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n";
  if (page.status == 405) reply += "Allow: GET, HEAD\r\n";
  reply += "\r\n";
  if (with_body) reply += page.body;
  mg_write(connection, reply.data(), reply.size());
}

Page wrong_method() {
  Page page;
  page.status = 405;
  page.body = "only GET and HEAD are answered here\n";
  return page;
}

// civetweb's own grammar knows lists of ports and marks for TLS: none of that is meant here.
bool well_formed(const std::string& address, std::size_t colon) {
  if (colon == std::string::npos || colon == 0 || colon + 1 == address.size()) return false;
  return address.find_first_of(", \t\r\n") == std::string::npos &&
         address.find_first_not_of("0123456789", colon + 1) == std::string::npos;
}

// Blocks every signal for its lifetime: threads started meanwhile inherit that and leave all signals to the
// main thread.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

// What to do about it, by what civetweb said; it tells the errno only as text.
std::string advice(const std::string& complaint) {
  const auto says = [&](int number) { return complaint.find(std::strerror(number)) != std::string::npos; };
  if (says(EADDRINUSE)) {
    return "another process listens there; choose another with --web.listen-address, or --no-web for none";
  }
  if (says(EACCES))
    return "ports below 1024 need CAP_NET_BIND_SERVICE; choose a higher one with --web.listen-address";
  if (says(EADDRNOTAVAIL)) return "no interface of this host has that address; check --web.listen-address";
  return (complaint.empty() ? std::string("the address is not usable") : complaint) +
         "; write --web.listen-address as HOST:PORT, for example 127.0.0.1:9974";
}

// No file is served: no document root, so nothing to list. Every connection carries one request, so that idle
// clients hold none of the few threads; a slow one holds its thread for `request_timeout_ms` at most.
std::array<const char*, 17> options_for(const std::string& address) {
  return {"listening_ports",
          address.c_str(),
          "num_threads",
          "4",
          "request_timeout_ms",
          "3000",
          "enable_keep_alive",
          "no",
          "max_request_size",
          "8192",
          "enable_directory_listing",
          "no",
          "connection_queue",
          "32",
          "tcp_nodelay",
          "1",
          nullptr};
}

}  // namespace

static int answer(mg_connection* connection, const Publication& publication, const Clock& clock) {
  const mg_request_info& request = *mg_get_request_info(connection);
  const std::string_view method = request.request_method;
  const std::string_view path = request.local_uri == nullptr ? "" : request.local_uri;
  const bool known = method == "GET" || method == "HEAD";
  const Page page = known ? page_at(path, publication, clock) : wrong_method();
  send(connection, page, method != "HEAD");
  return page.status;
}

Result<WebServer> WebServer::listen(const std::string& address, const Publication& publication,
                                    const Clock& clock) {
  const std::size_t colon = address.rfind(':');
  if (!well_formed(address, colon)) {
    return Error{ErrorKind::malformed,
                 "cannot listen on \"" + address + "\": write HOST:PORT, as in 127.0.0.1:9974"};
  }
  if (address.front() == '[' && mg_check_feature(feature_ipv6) == 0) {
    return Error{ErrorKind::unsupported,
                 "cannot listen on " + address +
                     ": the civetweb library of this system was built without IPv6; choose an "
                     "IPv4 address with --web.listen-address"};
  }
  auto state = std::make_unique<State>();
  state->host = address.substr(0, colon);
  state->publication = &publication;
  state->clock = &clock;

  mg_callbacks callbacks{};
  callbacks.begin_request = [](mg_connection* connection) {
    const auto& self = *static_cast<State*>(mg_get_request_info(connection)->user_data);
    return answer(connection, *self.publication, *self.clock);
  };
  callbacks.log_message = [](const mg_connection* connection, const char* message) {
    if (auto* self = static_cast<State*>(mg_get_user_data(mg_get_context(connection))); self != nullptr) {
      const std::lock_guard lock(self->mutex);
      if (self->complaint.empty()) self->complaint = message;
    }
    return 1;  // civetweb itself writes no log
  };

  const SignalsBlocked blocked;
  auto options = options_for(address);
  state->context = mg_start(&callbacks, state.get(), options.data());
  if (state->context == nullptr) {
    return Error{ErrorKind::system, "cannot listen on " + address + ": " + advice(state->complaint)};
  }
  return WebServer(std::move(state));
}

WebServer::WebServer(std::unique_ptr<State> state) : state_(std::move(state)) {}
WebServer::WebServer(WebServer&&) noexcept = default;
WebServer& WebServer::operator=(WebServer&&) noexcept = default;
WebServer::~WebServer() = default;

unsigned short WebServer::port() const {
  return static_cast<unsigned short>(port_of(state_->context));
}

}  // namespace wedged
