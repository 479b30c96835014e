// SPDX-License-Identifier: Apache-2.0
// Asks a memcached on this machine so many times for values and sets one at every tenth turn, over some
// connections with one request each under way. Measures nothing: whoever runs it looks at the server.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::size_t connections = 20;
constexpr std::size_t value_bytes = 100;

// Both answers end with a line of their own: "END" and "STORED".
bool is_whole(std::string_view answer) {
  return answer.ends_with("END\r\n") || answer.ends_with("STORED\r\n");
}

std::string request(long turn) {
  const auto key = "key:" + std::to_string(turn % 1000);
  if (turn % 10 != 0) return "get " + key + "\r\n";
  return "set " + key + " 0 0 " + std::to_string(value_bytes) + "\r\n" + std::string(value_bytes, 'x') +
         "\r\n";
}

int connect_to(std::uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int yes = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the socket interface
  return connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 ? fd : -1;
}

bool ask(int fd, long turn) {
  const auto text = request(turn);
  return write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

// Of all answers that have come whole, how many; -1 if the server is gone.
long take_answers(std::vector<pollfd>& sockets, std::vector<std::string>& answers, long& turn, long last) {
  std::array<char, 4096> bytes{};
  long whole = 0;
  for (std::size_t i = 0; i < sockets.size(); ++i) {
    if (sockets[i].revents == 0) continue;
    const ssize_t count = read(sockets[i].fd, bytes.data(), bytes.size());
    if (count <= 0) return -1;
    answers[i].append(bytes.data(), static_cast<std::size_t>(count));
    if (!is_whole(answers[i])) continue;
    answers[i].clear();
    ++whole;
    if (turn < last && !ask(sockets[i].fd, turn++)) return -1;
  }
  return whole;
}

bool run(std::uint16_t port, long requests) {
  std::vector<pollfd> sockets;
  long turn = 0, answered = 0;
  for (std::size_t i = 0; i < connections && turn < requests; ++i) {
    sockets.push_back({connect_to(port), POLLIN, 0});
    if (sockets.back().fd < 0 || !ask(sockets.back().fd, turn++)) return false;
  }
  std::vector<std::string> answers(sockets.size());
  while (answered < requests) {
    if (poll(sockets.data(), sockets.size(), 10'000) <= 0) return false;
    const long whole = take_answers(sockets, answers, turn, requests);
    if (whole < 0) return false;
    answered += whole;
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  const long port = argc == 3 ? std::atol(argv[1]) : 0, requests = argc == 3 ? std::atol(argv[2]) : 0;
  if (port < 1 || port > 65535 || requests < 1) {
    std::fputs("usage: bench_memcached_load PORT REQUESTS\n", stderr);
    return 2;
  }
  if (run(static_cast<std::uint16_t>(port), requests)) return 0;
  std::perror("bench_memcached_load");
  return 1;
}
