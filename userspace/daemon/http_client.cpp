// SPDX-License-Identifier: Apache-2.0
#include "daemon/http_client.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <string_view>

#include "util/fd.h"

namespace wedged {
namespace {

constexpr std::size_t most_bytes = std::size_t{64} << 20;

using Addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

// Poll's events are there by then; without them the error says so.
class Deadline {
 public:
  explicit Deadline(Duration at_most) : end_(std::chrono::steady_clock::now() + at_most) {}

  [[nodiscard]] Status wait(int descriptor, short events) const {
    while (true) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(end_ - std::chrono::steady_clock::now());
      if (left.count() <= 0) return Error{ErrorKind::system, "no answer in time"};
      pollfd waiting{descriptor, events, 0};
      const int ready = poll(&waiting, 1, static_cast<int>(left.count()));
      if (ready > 0) return Nothing{};
      if (ready < 0 && errno != EINTR) return system_error(errno, "poll");
    }
  }

 private:
  std::chrono::steady_clock::time_point end_;
};

Result<Addresses> addresses_of(const HttpPlace& place) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(place.host.c_str(), std::to_string(place.port).c_str(), &hints, &found);
  if (error != 0) return Error{ErrorKind::system, place.host + ": " + gai_strerror(error)};
  return Addresses(found, freeaddrinfo);
}

Result<Fd> connect_to(const addrinfo& address, const Deadline& deadline) {
  Fd connection(socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!connection.valid()) return system_error(errno, "socket");
  if (connect(connection.get(), address.ai_addr, address.ai_addrlen) == 0) return connection;
  int error = errno;
  if (error == EINPROGRESS) {
    if (auto ready = deadline.wait(connection.get(), POLLOUT); !ready) return ready.error();
    socklen_t size = sizeof(error);
    if (getsockopt(connection.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  }
  if (error == 0) return connection;
  if (error == ECONNREFUSED) return Error{ErrorKind::gone, "nobody listens"};
  return system_error(error, "connect");
}

// The first address that answers.
Result<Fd> connect_to(const HttpPlace& place, const Deadline& deadline) {
  const auto addresses = addresses_of(place);
  if (!addresses) return addresses.error();
  Result<Fd> connection = Error{ErrorKind::gone, "it has no address"};
  for (const addrinfo* one = addresses->get(); one != nullptr && !connection; one = one->ai_next)
    connection = connect_to(*one, deadline);
  return connection;
}

Status send_all(int connection, const std::string& bytes, const Deadline& deadline) {
  for (std::size_t sent = 0; sent < bytes.size();) {
    if (auto ready = deadline.wait(connection, POLLOUT); !ready) return ready;
    const ssize_t count = send(connection, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (count < 0 && errno != EAGAIN && errno != EINTR) return system_error(errno, "send");
    if (count > 0) sent += static_cast<std::size_t>(count);
  }
  return Nothing{};
}

Result<std::string> receive_all(int connection, const Deadline& deadline) {
  std::string bytes;
  std::array<char, 65536> part{};
  while (bytes.size() <= most_bytes) {
    if (auto ready = deadline.wait(connection, POLLIN); !ready) return ready.error();
    const ssize_t count = recv(connection, part.data(), part.size(), 0);
    if (count == 0) return bytes;
    if (count < 0 && errno != EAGAIN && errno != EINTR) return system_error(errno, "receive");
    if (count > 0) bytes.append(part.data(), static_cast<std::size_t>(count));
  }
  return Error{ErrorKind::system, "its answer is too long"};
}

std::string base64(std::string_view text) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += 3) {
    unsigned bits = 0;
    for (std::size_t i = 0; i < 3; ++i)
      bits = bits << 8U | (at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U);
    for (std::size_t i = 0; i < 4; ++i)
      out += at + i <= text.size() ? letters[bits >> (18U - 6U * i) & 63U] : '=';
  }
  return out;
}

std::string request_to(const HttpPlace& place) {
  const std::string host = place.text().substr(place.text().find("//") + 2);
  return "GET " + place.path + " HTTP/1.0\r\nHost: " + host + "\r\nUser-Agent: wedged/" WEDGED_VERSION +
         "\r\nAccept: application/json\r\n" +
         (place.credentials.empty() ? "" : "Authorization: Basic " + base64(place.credentials) + "\r\n") +
         "\r\n";
}

}  // namespace

Result<HttpReply> http_get(const HttpPlace& place, Duration at_most) {
  const Deadline deadline(at_most);
  const auto connection = connect_to(place, deadline);
  if (!connection) return connection.error();
  if (auto sent = send_all(connection->get(), request_to(place), deadline); !sent) return sent.error();
  const auto bytes = receive_all(connection->get(), deadline);
  if (!bytes) return bytes.error();
  return parse_http_reply(*bytes);
}

}  // namespace wedged
