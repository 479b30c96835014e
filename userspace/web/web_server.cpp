// SPDX-License-Identifier: Apache-2.0
// Everything is answered from `begin_request`, in front of civetweb's own handling, so that none of its file
// serving, authentication or scripting is ever reached.
#include "web/web_server.h"

#include <civetweb.h>

#include <array>
#include <exception>
#include <future>
#include <mutex>
#include <string_view>
#include <system_error>
#include <vector>

#include "web/listen_advice.h"
#include "web/pages.h"
#include "web/signals_blocked.h"

namespace wedged {
namespace {

constexpr unsigned feature_ipv6 = 8;  // mg_check_feature()

// civetweb's accepting thread looks whether it should stop when it wakes: every two seconds, or for a
// connection. So one is made, and again if that came too early.
void stop_at_once(mg_context* context, const std::string& host, int port) {
  const SignalsBlocked blocked;
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

  [[nodiscard]] static mg_callbacks callbacks();
};

namespace {

void send(mg_connection* connection, const Page& page, bool with_body) {
  std::string reply = "HTTP/1.1 " + std::to_string(page.status) + " ";
  reply += mg_get_response_code_text(connection, page.status);
  reply += "\r\n";
  reply += "Content-Type: " + page.content_type + "\r\n";
  reply += "Content-Length: " + std::to_string(page.body.size()) + "\r\n";
  reply += "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n";
  for (const auto& [name, value] : page.headers) reply += name + ": " + value + "\r\n";
  if (page.status == 405) reply += "Allow: GET, HEAD\r\n";
  reply += "\r\n";
  if (with_body) reply += page.body;
  mg_write(connection, reply.data(), reply.size());
}

Page plain_page(int status, const std::string& body) {
  Page page;
  page.status = status;
  page.body = body;
  return page;
}

// No file is served: no document root, so nothing to list. Every connection carries one request, so that idle
// clients hold none of the few threads; a slow one holds its thread for `request_timeout_ms` at most.
constexpr std::array<std::pair<const char*, const char*>, 7> fixed_options{{
    {"num_threads", "4"},
    {"connection_queue", "32"},
    {"request_timeout_ms", "3000"},
    {"max_request_size", "8192"},
    {"enable_keep_alive", "no"},
    {"enable_directory_listing", "no"},
    {"tcp_nodelay", "1"},
}};

// As mg_start() takes them; `address` must outlive them.
std::vector<const char*> options_for(const std::string& address) {
  std::vector<const char*> options{"listening_ports", address.c_str()};
  for (const auto& [name, value] : fixed_options) options.insert(options.end(), {name, value});
  options.push_back(nullptr);
  return options;
}

Page page_for(std::string_view method, std::string_view path, const Publication& publication,
              const Clock& clock) {
  if (method != "GET" && method != "HEAD") return plain_page(405, "only GET and HEAD are answered here\n");
  try {
    return page_at(path, publication, clock);
  } catch (const std::exception& exception) {  // it must not reach civetweb, which is C
    return plain_page(500, std::string(exception.what()) + "\n");
  }
}

int answer(mg_connection* connection, const Publication& publication, const Clock& clock) {
  const mg_request_info& request = *mg_get_request_info(connection);
  const std::string_view method = request.request_method;
  const std::string_view path = request.local_uri == nullptr ? "" : request.local_uri;
  const Page page = page_for(method, path, publication, clock);
  send(connection, page, method != "HEAD");
  return page.status;
}

}  // namespace

mg_callbacks WebServer::State::callbacks() {
  mg_callbacks calls{};
  calls.begin_request = [](mg_connection* connection) {
    const auto& self = *static_cast<State*>(mg_get_request_info(connection)->user_data);
    return answer(connection, *self.publication, *self.clock);
  };
  // civetweb's own error page takes the date from gmtime(), which its threads would share.
  calls.http_error = [](mg_connection* connection, int status, const char* message) {
    send(connection, plain_page(status, std::string(message == nullptr ? "" : message) + "\n"), true);
    return 0;  // answered
  };
  calls.log_message = [](const mg_connection* connection, const char* message) {
    if (auto* self = static_cast<State*>(mg_get_user_data(mg_get_context(connection))); self != nullptr) {
      const std::lock_guard lock(self->mutex);
      if (self->complaint.empty()) self->complaint = message;
    }
    return 1;  // civetweb itself writes no log
  };
  return calls;
}

Result<WebServer> WebServer::listen(const std::string& address, const Publication& publication,
                                    const Clock& clock) {
  if (!is_host_and_port(address)) {
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
  state->host = address.substr(0, address.rfind(':'));
  state->publication = &publication;
  state->clock = &clock;

  const mg_callbacks callbacks = State::callbacks();
  const SignalsBlocked blocked;
  std::vector<const char*> options = options_for(address);
  state->context = mg_start(&callbacks, state.get(), options.data());
  if (state->context == nullptr) {
    return Error{ErrorKind::system, "cannot listen on " + address + ": " + listen_advice(state->complaint)};
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
