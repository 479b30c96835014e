// SPDX-License-Identifier: Apache-2.0
#include "web/connection.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "web/http_request.h"

namespace wedged {
namespace {

using std::chrono::seconds;

constexpr seconds time_to_ask{5};         // handshake and head together, however slowly they come
constexpr seconds time_to_decide{60};     // only passwords take time
constexpr seconds time_without_news{10};  // while sending
constexpr seconds time_to_send{60};
constexpr seconds time_to_linger{2};
constexpr std::size_t most_drained = std::size_t{4} << 20;

Transfer transfer_of_errno() {
  return errno == EAGAIN || errno == EINTR ? Transfer::wants_read : Transfer::closed;
}

// Assigning an empty one would keep the memory.
void release(std::string& bytes) {
  std::string().swap(bytes);
}

}  // namespace

Connection::Connection(Fd socket, std::shared_ptr<const WebSecurity> security, Time now)
    : socket_(std::move(socket)), security_(std::move(security)), deadline_(now + time_to_ask) {
  if (security_ && security_->tls) phase_ = Phase::greeting;
}

void Connection::proceed(Time now) {
  while (step(now)) continue;
}

bool Connection::step(Time now) {
  switch (phase_) {
    case Phase::greeting: return greet();
    case Phase::handshake: return shake_hands();
    case Phase::head: return read_head(now);
    case Phase::sending: return send_more(now);
    case Phase::lingering: return drain();
    case Phase::asked:
    case Phase::over: return false;
  }
  return false;
}

// A record of TLS begins with its type, 22 for a handshake; no method of HTTP does.
bool Connection::greet() {
  constexpr char handshake = 22;
  char first = 0;
  const ssize_t count = ::recv(socket_.get(), &first, 1, MSG_PEEK);
  if (count <= 0) return wait_or_end(count == 0 ? Transfer::closed : transfer_of_errno());
  lacks_tls_ = first != handshake;
  phase_ = lacks_tls_ ? Phase::head : Phase::handshake;
  if (lacks_tls_) return true;
  tls_ = security_->tls->accept(socket_.get());
  if (!tls_) phase_ = Phase::over;
  return tls_ != nullptr;
}

bool Connection::shake_hands() {
  const Transfer transfer = tls_->handshake();
  if (transfer != Transfer::done) return wait_or_end(transfer);
  wants_write_ = false;
  phase_ = Phase::head;
  return true;
}

bool Connection::read_head(Time now) {
  std::array<char, 4096> buffer{};
  std::size_t count = 0;
  const Transfer transfer = read(buffer.data(), buffer.size(), count);
  if (transfer != Transfer::done) return wait_or_end(transfer);
  received_.append(buffer.data(), count);
  if (!parse_http_head(received_)) return true;
  phase_ = Phase::asked;
  deadline_ = now + time_to_decide;
  return false;
}

void Connection::answer(std::string bytes, Time now) {
  send(std::move(bytes), now);
  proceed(now);
}

void Connection::send(std::string bytes, Time now) {
  release(received_);
  answer_ = std::move(bytes);
  phase_ = Phase::sending;
  deadline_ = now + time_without_news;
  last_deadline_ = now + time_to_send;
}

bool Connection::send_more(Time now) {
  std::size_t count = 0;
  const Transfer transfer = write(answer_.data() + sent_, answer_.size() - sent_, count);
  if (transfer != Transfer::done) return wait_or_end(transfer);
  sent_ += count;
  wants_write_ = false;
  deadline_ = std::min(now + time_without_news, last_deadline_);
  if (sent_ < answer_.size()) return true;
  release(answer_);
  if (tls_) tls_->say_goodbye();
  ::shutdown(socket_.get(), SHUT_WR);
  phase_ = Phase::lingering;
  deadline_ = now + time_to_linger;
  return true;
}

// Closing with bytes unread would reset the connection, and the client would lose the answer.
bool Connection::drain() {
  std::array<char, 16384> buffer{};
  const ssize_t count = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
  if (count <= 0) return wait_or_end(count == 0 ? Transfer::closed : transfer_of_errno());
  drained_ += static_cast<std::size_t>(count);
  if (drained_ > most_drained) phase_ = Phase::over;
  return false;  // others have their turn
}

Transfer Connection::read(char* bytes, std::size_t size, std::size_t& count) {
  if (tls_) return tls_->read(bytes, size, count);
  const ssize_t got = ::recv(socket_.get(), bytes, size, 0);
  if (got == 0) return Transfer::closed;
  if (got < 0) return transfer_of_errno();
  count = static_cast<std::size_t>(got);
  return Transfer::done;
}

Transfer Connection::write(const char* bytes, std::size_t size, std::size_t& count) {
  if (tls_) return tls_->write(bytes, size, count);
  const ssize_t put = ::send(socket_.get(), bytes, size, MSG_NOSIGNAL);
  if (put < 0) return transfer_of_errno() == Transfer::closed ? Transfer::closed : Transfer::wants_write;
  count = static_cast<std::size_t>(put);
  return Transfer::done;
}

bool Connection::wait_or_end(Transfer transfer) {
  wants_write_ = transfer == Transfer::wants_write;
  if (transfer == Transfer::closed) phase_ = Phase::over;
  return false;
}

unsigned Connection::events() const {
  if (phase_ == Phase::asked || phase_ == Phase::over) return 0;
  return wants_write_ ? EPOLLOUT : EPOLLIN;
}

void Connection::expire(Time now) {
  if (phase_ == Phase::head && !received_.empty()) {
    send("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", now);
    proceed(now);
  } else {
    phase_ = Phase::over;
  }
}

}  // namespace wedged
