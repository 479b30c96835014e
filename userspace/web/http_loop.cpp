// SPDX-License-Identifier: Apache-2.0
#include "web/http_loop.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <exception>
#include <iostream>
#include <utility>

#include "web/http_response.h"
#include "web/negotiation.h"

namespace wedged {
namespace {

constexpr std::uint64_t listener_id = 0;
constexpr std::uint64_t wakeup_id = 1;
constexpr std::chrono::milliseconds between_sweeps{200};
constexpr std::chrono::seconds between_looks{1};  // at the configuration

bool watch(const Fd& epoll, int operation, int descriptor, std::uint64_t id, unsigned events) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = id;
  return ::epoll_ctl(epoll.get(), operation, descriptor, &event) == 0;
}

}  // namespace

Result<std::unique_ptr<HttpLoop>> HttpLoop::open(Fd listener, Site site, SecuritySource security) {
  Fd epoll(::epoll_create1(EPOLL_CLOEXEC));
  Fd wakeup(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!epoll.valid() || !wakeup.valid() ||
      !watch(epoll, EPOLL_CTL_ADD, listener.get(), listener_id, EPOLLIN) ||
      !watch(epoll, EPOLL_CTL_ADD, wakeup.get(), wakeup_id, EPOLLIN)) {
    return system_error(errno, "the web server cannot be started");
  }
  return std::unique_ptr<HttpLoop>(new HttpLoop(std::move(listener), std::move(epoll), std::move(wakeup),
                                                std::move(site), std::move(security)));
}

HttpLoop::HttpLoop(Fd listener, Fd epoll, Fd wakeup, Site site, SecuritySource security)
    : listener_(std::move(listener)),
      epoll_(std::move(epoll)),
      wakeup_(std::move(wakeup)),
      site_(std::move(site)),
      source_(std::move(security)),
      doorkeeper_([this] { ::eventfd_write(wakeup_.get(), 1); }) {}

void HttpLoop::stop() {
  stop_ = true;
  ::eventfd_write(wakeup_.get(), 1);
}

void HttpLoop::run() {
  while (!stop_) {
    try {
      turn();
    } catch (const std::exception& error) {  // no memory: what cannot be answered now is dropped
      std::cerr << "wedged: web server: " + std::string(error.what()) + "\n";
      connections_.clear();
      waiting_.clear();
    }
  }
  connections_.clear();
}

// Without connections there is nothing to time.
void HttpLoop::turn() {
  std::array<epoll_event, 64> events{};
  const bool idle = connections_.empty() && listening_;
  const int count = ::epoll_wait(epoll_.get(), events.data(), events.size(),
                                 idle ? -1 : static_cast<int>(between_sweeps.count()));
  now_ = std::chrono::steady_clock::now();
  for (int at = 0; at < count; ++at)
    handle(events.at(static_cast<std::size_t>(at)).data.u64, events.at(static_cast<std::size_t>(at)).events);
  if (now_ - swept_ >= between_sweeps) sweep();
}

void HttpLoop::handle(std::uint64_t id, unsigned events) {
  if (id == listener_id) return accept_all();
  if (id == wakeup_id) {
    eventfd_t value = 0;
    ::eventfd_read(wakeup_.get(), &value);
    return hear_verdicts();
  }
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  // Gone while its password is being checked.
  if (found->second.phase() == Connection::Phase::asked && (events & (EPOLLHUP | EPOLLERR)) != 0) {
    waiting_.erase(id);
    connections_.erase(found);
    return;
  }
  proceed(id, found->second);
}

// Of a few at a time, so that those who are here go on.
void HttpLoop::accept_all() {
  constexpr int at_a_time = 32;
  for (int count = 0; count < at_a_time; ++count) {
    Fd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (socket.valid()) {
      if (connections_.size() < most_connections || make_room()) add(std::move(socket));
      continue;
    }
    const bool exhausted = errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS;
    if (exhausted && !make_room()) listen_again(false);  // until the next sweep
    if (errno != ECONNABORTED && errno != EINTR) return;
  }
}

// Who has the whole answer loses nothing; who has been asking longest is slow or idle; then who has been
// reading longest. Only passwords in work are waited for, and of those there are few.
bool HttpLoop::make_room() {
  using Phase = Connection::Phase;
  const auto oldest = [this](bool (*fits)(Phase)) {
    return std::find_if(connections_.begin(), connections_.end(),
                        [fits](const auto& entry) { return fits(entry.second.phase()); });
  };
  for (const auto fits : {+[](Phase phase) { return phase == Phase::lingering; },
                          +[](Phase phase) { return phase <= Phase::head; },
                          +[](Phase phase) { return phase == Phase::sending; }}) {
    const auto found = oldest(fits);
    if (found == connections_.end()) continue;
    connections_.erase(found);
    return true;
  }
  return false;
}

void HttpLoop::add(Fd socket) {
  const int yes = 1;
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  const std::uint64_t id = next_id_++;
  const auto [at, is_new] = connections_.try_emplace(id, std::move(socket), security_now(), now_);
  if (!watch(epoll_, EPOLL_CTL_ADD, at->second.socket(), id, 0)) {
    connections_.erase(at);
    return;
  }
  proceed(id, at->second);
}

void HttpLoop::proceed(std::uint64_t id, Connection& connection) {
  const bool was_asked = connection.phase() == Connection::Phase::asked;
  connection.proceed(now_);
  if (!was_asked && connection.phase() == Connection::Phase::asked) respond(id, connection);
  settle(id, connection);
}

// Ends it or waits for it. Invalidates the connection if it is over.
void HttpLoop::settle(std::uint64_t id, Connection& connection) {
  if (connection.phase() == Connection::Phase::over) {
    connections_.erase(id);
  } else {
    watch(epoll_, EPOLL_CTL_MOD, connection.socket(), id, connection.events());
  }
}

void HttpLoop::respond(std::uint64_t id, Connection& connection) {
  if (connection.lacks_tls())
    return send(connection, plain_page(400, "Client sent an HTTP request to an HTTPS server.\n"), {});
  const auto parsed = parse_http_head(connection.received());
  const auto* request = parsed ? std::get_if<HttpRequest>(&*parsed) : nullptr;
  if (request == nullptr) {
    const HttpFault fault = parsed ? std::get<HttpFault>(*parsed) : HttpFault{};
    return send(connection, plain_page(fault.status, fault.message + "\n"), {});
  }
  static const Doorkeeper::Users nobody;
  const auto& users = connection.security() == nullptr ? nobody : connection.security()->users;
  switch (doorkeeper_.ask(id, users, request->header("authorization"))) {
    case Doorkeeper::Entry::open: return respond_allowed(connection, *request);
    case Doorkeeper::Entry::refused: return send(connection, plain_page(401, "Unauthorized\n"), *request);
    case Doorkeeper::Entry::busy:
      return send(connection, plain_page(503, "too many passwords are being checked\n"), *request);
    case Doorkeeper::Entry::later: waiting_[id] = *request;
  }
}

void HttpLoop::respond_allowed(Connection& connection, const HttpRequest& request) {
  const WebSecurity* security = connection.security();
  const bool protects = security != nullptr && security->protects();
  send(connection, site_.answer(request, protects ? Asker::admitted : Asker::anybody), request);
}

void HttpLoop::send(Connection& connection, const Page& page, const HttpRequest& request) {
  ResponseForm form;
  form.with_body = request.method != "HEAD";
  form.gzip = accepts_gzip(request.header("accept-encoding"));
  if (connection.security() != nullptr) form.extra = connection.security()->headers;
  connection.answer(http_response(page, form), now_);
  bound_held_bytes(connection);
}

void HttpLoop::bound_held_bytes(const Connection& newest) {
  std::size_t held = 0;
  for (const auto& [id, connection] : connections_) held += connection.held_bytes();
  for (auto at = connections_.begin(); at != connections_.end() && held > most_held_bytes;) {
    const auto here = at++;
    if (here->second.phase() != Connection::Phase::sending || &here->second == &newest) continue;
    held -= here->second.held_bytes();
    connections_.erase(here);
  }
}

void HttpLoop::hear_verdicts() {
  for (const auto& [id, right] : doorkeeper_.verdicts()) {
    const auto request = waiting_.extract(id);
    const auto found = connections_.find(id);
    if (request.empty() || found == connections_.end()) continue;
    if (right) {
      respond_allowed(found->second, request.mapped());
    } else {
      send(found->second, plain_page(401, "Unauthorized\n"), request.mapped());
    }
    settle(id, found->second);
  }
}

void HttpLoop::sweep() {
  swept_ = now_;
  if (!listening_) listen_again(true);
  for (auto at = connections_.begin(); at != connections_.end();) {
    const auto here = at++;
    if (here->second.deadline() > now_) continue;
    waiting_.erase(here->first);
    here->second.expire(now_);
    settle(here->first, here->second);
  }
}

void HttpLoop::listen_again(bool wanted) {
  listening_ = wanted;
  watch(epoll_, EPOLL_CTL_MOD, listener_.get(), listener_id, wanted ? static_cast<unsigned>(EPOLLIN) : 0U);
}

std::shared_ptr<const WebSecurity> HttpLoop::security_now() {
  if (source_ && (security_asked_ == Time{} || now_ - security_asked_ >= between_looks)) {
    security_ = source_();  // if that throws there is no answer, and the next one asks again
    security_asked_ = now_;
  }
  return security_;
}

}  // namespace wedged
