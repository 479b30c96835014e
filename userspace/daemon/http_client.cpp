// SPDX-License-Identifier: Apache-2.0
#include "daemon/http_client.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <string_view>

#include "daemon/host_addresses.h"
#include "util/fd.h"

namespace wedged {
namespace {

constexpr std::size_t most_bytes = std::size_t{64} << 20;

// One connection, in plain where there is no TLS. Both belong to the caller.
struct Channel {
  int socket = -1;
  TlsClient* tls = nullptr;
  int error = 0;  // errno of a plain one that has failed
};

// Whatever the number: what kept us from a server says nothing about one.
Error network_error(int error_number, const std::string& what) {
  return {ErrorKind::system, system_error(error_number, what).message};
}

Result<Fd> connect_to(const addrinfo& address, const Deadline& deadline) {
  Fd connection(socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!connection.valid()) return network_error(errno, "socket");
  if (connect(connection.get(), address.ai_addr, address.ai_addrlen) == 0) return connection;
  int error = errno;
  if (error == EINPROGRESS) {
    if (auto ready = deadline.wait(connection.get(), POLLOUT); !ready) return ready.error();
    socklen_t size = sizeof(error);
    if (getsockopt(connection.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  }
  if (error == 0) return connection;
  if (error == ECONNREFUSED) return Error{ErrorKind::gone, "nobody listens"};
  return network_error(error, "connect");
}

// The first address that answers; none but the last takes more than half of the time that is left.
Result<Fd> connect_to(const HttpPlace& place, const Deadline& deadline) {
  const auto addresses = addresses_of(place.host, place.port, deadline);
  if (!addresses) return addresses.error();
  Result<Fd> connection = Error{ErrorKind::gone, "it has no address"};
  for (const addrinfo* one = addresses->get(); one != nullptr && !connection; one = one->ai_next)
    connection = connect_to(*one, one->ai_next == nullptr ? deadline : Deadline(deadline.left() / 2));
  return connection;
}

Transfer outcome(Channel& channel, ssize_t moved, Transfer if_later, std::size_t& count) {
  count = moved > 0 ? static_cast<std::size_t>(moved) : 0;
  if (moved >= 0) return Transfer::done;
  channel.error = errno;
  return channel.error == EAGAIN || channel.error == EINTR ? if_later : Transfer::closed;
}

Transfer write_some(Channel& channel, std::string_view bytes, std::size_t& count) {
  if (channel.tls != nullptr) return channel.tls->write(bytes.data(), bytes.size(), count);
  const ssize_t sent = send(channel.socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  return outcome(channel, sent, Transfer::wants_write, count);
}

Transfer read_some(Channel& channel, char* bytes, std::size_t size, std::size_t& count) {
  if (channel.tls != nullptr) return channel.tls->read(bytes, size, count);
  return outcome(channel, recv(channel.socket, bytes, size, 0), Transfer::wants_read, count);
}

// Tries until it is done. TLS may have to read in order to write, and the other way round.
template <typename Step>
Status finish(Channel& channel, const Deadline& deadline, const Step& step) {
  while (true) {
    const Transfer transfer = step();
    if (transfer == Transfer::done) return Nothing{};
    if (transfer == Transfer::closed)
      return channel.tls != nullptr ? channel.tls->trouble() : network_error(channel.error, "connection");
    const short events = transfer == Transfer::wants_read ? POLLIN : POLLOUT;
    if (auto ready = deadline.wait(channel.socket, events); !ready) return ready;
  }
}

Status send_all(Channel& channel, std::string_view bytes, const Deadline& deadline) {
  while (!bytes.empty()) {
    std::size_t count = 0;
    auto sent = finish(channel, deadline, [&] { return write_some(channel, bytes, count); });
    if (!sent) return sent;
    bytes.remove_prefix(count);
  }
  return Nothing{};
}

Result<std::string> receive_all(Channel& channel, const Deadline& deadline) {
  std::string bytes;
  std::array<char, 65536> part{};
  while (bytes.size() <= most_bytes) {
    std::size_t count = 0;
    const auto got =
        finish(channel, deadline, [&] { return read_some(channel, part.data(), part.size(), count); });
    if (!got) return got.error();
    if (count == 0) return bytes;
    bytes.append(part.data(), count);
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

Result<HttpReply> http_get(const HttpPlace& place, const TlsClientOptions& options,
                           const Deadline& deadline) {
  std::unique_ptr<TlsClient> tls;
  if (place.tls) {
    auto loaded = TlsClient::load(options);
    if (!loaded) return loaded.error();
    tls = std::move(*loaded);
  }
  const auto connection = connect_to(place, deadline);
  if (!connection) return connection.error();
  Channel channel{connection->get(), tls.get()};
  if (tls != nullptr) {
    if (auto begun = tls->use(channel.socket, place.host); !begun) return begun.error();
    const auto agreed = finish(channel, deadline, [&] { return tls->handshake(); });
    if (!agreed) return agreed.error().kind == ErrorKind::system ? agreed.error().in("TLS") : agreed.error();
  }
  if (auto sent = send_all(channel, request_to(place), deadline); !sent) return sent.error();
  const auto bytes = receive_all(channel, deadline);
  if (!bytes) return bytes.error();
  return parse_http_reply(*bytes);
}

}  // namespace wedged
