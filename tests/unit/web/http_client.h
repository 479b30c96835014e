// SPDX-License-Identifier: Apache-2.0
// A client made of bare sockets, so that tests can send what no decent client would. Loopback only.
#pragma once

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <string>

#include "util/fd.h"

namespace wedged::test {

inline Fd connect_to(unsigned short port) {
  Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return {};
  return socket;
}

// As much as the peer takes; it may well close in the middle.
inline void send_all(const Fd& socket, const std::string& text) {
  std::size_t sent = 0;
  while (sent < text.size()) {
    const ssize_t now = ::send(socket.get(), text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
    if (now <= 0) return;
    sent += static_cast<std::size_t>(now);
  }
}

// Everything up to the peer's close, or to the deadline.
inline std::string receive_all(const Fd& socket, std::chrono::seconds deadline = std::chrono::seconds(20)) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  std::string text;
  std::array<char, 16384> buffer{};
  while (std::chrono::steady_clock::now() < end) {
    pollfd readable{socket.get(), POLLIN, 0};
    if (::poll(&readable, 1, 100) == 0) continue;
    const ssize_t got = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
    if (got <= 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return text;
}

struct Reply {
  int status = 0;  // 0: no reply at all
  std::string head;
  std::string body;
};

inline Reply parse_reply(const std::string& text) {
  Reply reply;
  if (text.starts_with("HTTP/")) reply.status = std::stoi(text.substr(9, 3));
  const std::size_t end = text.find("\r\n\r\n");
  if (end == std::string::npos) return reply;
  reply.head = text.substr(0, end + 2);
  reply.body = text.substr(end + 4);
  return reply;
}

inline Reply ask_raw(unsigned short port, const std::string& request) {
  const Fd socket = connect_to(port);
  if (!socket.valid()) return {};
  send_all(socket, request);
  return parse_reply(receive_all(socket));
}

inline Reply ask(unsigned short port, const std::string& path, const std::string& method = "GET") {
  return ask_raw(port, method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
}

}  // namespace wedged::test
