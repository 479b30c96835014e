// SPDX-License-Identifier: Apache-2.0
// Who has the other end of a pipe or a socket, for threads that really sleep on one, and processes that
// really hold it.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <functional>
#include <optional>

#include "child.h"
#include "file_parity.h"
#include "kernel_test.h"
#include "parity.h"
#include "proc_task.h"
#include "watch.h"

namespace wedged::test {
namespace {

struct Known {
  int holder = 0;  // process that has the other end
  unsigned port = 0;
};

class OtherEnds : public KernelTest {
 protected:
  // In the child: another process that has what `work` leaves open and lives as long as the child.
  void hold(const std::function<void()>& work) {
    const int parent = getpid();
    std::array<int, 2> ready{};
    must(pipe(ready.data()), "pipe");
    const int pid = must(fork(), "fork");
    if (pid == 0) {
      die_with_parent(parent);
      close(ready[0]);
      work();
      close(ready[1]);
      while (true) pause();
    }
    known_->holder = pid;
    close(ready[1]);
    char byte = 0;
    static_cast<void>(!read(ready[0], &byte, 1));
    close(ready[0]);
  }

  // The details of a child that sleeps in this call, and goes on to do so.
  TaskDetails details_of(const std::function<void()>& wait, long call) {
    child_.emplace([&](const Line& line) {
      line.say();
      wait();
      return 1;
    });
    child_->hear();
    waiter_ = child_->pid();
    await_call(waiter_, waiter_, call);
    auto observer = watch({waiter_});
    auto task = observed(observer, waiter_);
    nothing_was_lost(observer);
    return task.details.value_or(TaskDetails{});
  }

  void held_by(const TaskDetails& details, std::vector<int> processes) {
    ASSERT_TRUE(details.other_end.has_value());
    const auto& end = *details.other_end;
    holds("the other end is open", !end.closed);
    same<std::size_t>("processes that have it", end.processes, processes.size());
    ASSERT_EQ(end.holders.size(), processes.size());
    for (std::size_t at = 0; at < processes.size(); ++at) {
      const auto proc = read_proc_task(processes[at], processes[at]);
      same("process", end.holders[at].process.tgid, proc.tgid);
      same("its name", end.holders[at].comm, proc.comm);
    }
  }

  Shared<Known> known_;
  std::optional<Child> child_;
  int waiter_ = 0;
};

using Ends = std::array<int, 2>;

Ends a_pipe() {
  Ends ends{};
  must(pipe(ends.data()), "pipe");
  return ends;
}

void fill(int fd) {
  fcntl(fd, F_SETFL, O_NONBLOCK);
  const std::array<char, 4096> bytes{};
  while (write(fd, bytes.data(), bytes.size()) > 0) continue;
  fcntl(fd, F_SETFL, 0);
  static_cast<void>(!write(fd, bytes.data(), bytes.size()));
}

sockaddr_in address_of(unsigned port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return address;
}

template <typename Address>
const sockaddr* generic(const Address& address) {
  return reinterpret_cast<const sockaddr*>(&address);  // NOLINT: as the interface of sockets has it
}

unsigned port_of(int fd) {
  sockaddr_in address{};
  socklen_t length = sizeof(address);
  must(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length), "getsockname");  // NOLINT
  return ntohs(address.sin_port);
}

TEST_F(OtherEnds, of_a_pipe_that_is_read_is_whoever_has_it_open_for_writing) {
  const auto details = details_of(
      [&] {
        const auto ends = a_pipe();
        hold([&] { close(ends[0]); });
        close(ends[1]);
        read_for_ever(ends[0]);
      },
      SYS_read);
  held_by(details, {known_->holder});
  holds("a pipe is no socket", !details.socket.has_value());
  holds("nobody else could have it", details.other_end->exhaustive);
}

TEST_F(OtherEnds, of_a_pipe_that_is_written_is_whoever_has_it_open_for_reading) {
  const auto details = details_of(
      [&] {
        const auto ends = a_pipe();
        hold([&] { close(ends[1]); });
        close(ends[0]);
        fill(ends[1]);
      },
      SYS_write);
  held_by(details, {known_->holder});
}

TEST_F(OtherEnds, is_the_waiter_itself_if_it_forgot_to_close_it) {
  const auto details = details_of([] { read_for_ever(a_pipe()[0]); }, SYS_read);
  ASSERT_TRUE(details.other_end.has_value());
  same<std::size_t>("processes that have it", details.other_end->processes, 1);
  same("process", details.other_end->holders.at(0).process.tgid, waiter_);
}

TEST_F(OtherEnds, is_told_of_others_first) {
  const auto details = details_of(
      [&] {
        const auto ends = a_pipe();
        hold([] {});
        read_for_ever(ends[0]);
      },
      SYS_read);
  ASSERT_TRUE(details.other_end.has_value());
  same<std::size_t>("processes that have it", details.other_end->processes, 2);
  same("first of them", details.other_end->holders.at(0).process.tgid, known_->holder);
  same("last of them", details.other_end->holders.at(1).process.tgid, waiter_);
}

TEST_F(OtherEnds, of_a_named_pipe) {
  const std::string folder = std::filesystem::temp_directory_path() / "wedged-fifo-XXXXXX";
  std::string name = folder;
  ASSERT_NE(mkdtemp(name.data()), nullptr);
  const auto fifo = name + "/fifo";
  const auto details = details_of(
      [&] {
        must(mkfifo(fifo.c_str(), 0600), "mkfifo");
        const int both = must(open(fifo.c_str(), O_RDWR), "open");
        const int end = must(open(fifo.c_str(), O_RDONLY), "open");
        hold([&] { close(end); });
        close(both);
        read_for_ever(end);
      },
      SYS_read);
  std::filesystem::remove_all(name);
  held_by(details, {known_->holder});
  same("path", details.file.value_or(FileFacts{}).path, fifo);
}

TEST_F(OtherEnds, of_a_pair_of_sockets) {
  const auto details = details_of(
      [&] {
        Ends ends{};
        must(socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), "socketpair");
        hold([&] { close(ends[0]); });
        close(ends[1]);
        read_for_ever(ends[0]);
      },
      SYS_read);
  held_by(details, {known_->holder});
  same("socket", details.socket.value_or(SocketFacts{}), SocketFacts{"unix", "", "", "ESTABLISHED"});
}

sockaddr_un abstract_name(const std::string& name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  name.copy(address.sun_path + 1, sizeof(address.sun_path) - 1);
  return address;
}

TEST_F(OtherEnds, of_a_connected_socket_of_unix_has_the_name_of_its_server) {
  const std::string name = "wedged-test-" + std::to_string(getpid());
  const auto address = abstract_name(name);
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  const auto details = details_of(
      [&] {
        const int client = must(socket(AF_UNIX, SOCK_STREAM, 0), "socket");
        hold([&] {
          close(client);
          const int server = must(socket(AF_UNIX, SOCK_STREAM, 0), "socket");
          must(bind(server, generic(address), length), "bind");
          must(listen(server, 1), "listen");
        });
        must(connect(client, generic(address), length), "connect");
        read_for_ever(client);
      },
      SYS_read);
  const auto socket = details.socket.value_or(SocketFacts{});
  same("name of the server", socket.remote, "@" + name);
  same("name of the client", socket.local, "");
  same("state", socket.state, "ESTABLISHED");
  ASSERT_TRUE(details.other_end.has_value());
  holds("it was not accepted yet", details.other_end->pending);
  holds("what was not accepted is not closed", !details.other_end->closed);
  for (const auto& listener : details.other_end->holders)  // since v6.10 who listens is known
    same("who listens", listener.process.tgid, known_->holder);
}

int server_of(int family) {
  const int server = must(socket(family, SOCK_STREAM, 0), "socket");
  if (family == AF_INET) {
    const auto any = address_of(0);
    must(bind(server, generic(any), sizeof(any)), "bind");
  } else {
    sockaddr_in6 any{};
    any.sin6_family = AF_INET6;
    must(bind(server, generic(any), sizeof(any)), "bind");
  }
  must(listen(server, 1), "listen");
  return server;
}

class Tcp : public OtherEnds, public testing::WithParamInterface<int> {};

TEST_P(Tcp, of_a_connection_on_this_host_is_the_process_that_accepted_it) {
  if (GetParam() == AF_INET6 && access("/proc/net/if_inet6", F_OK) != 0) WEDGED_SKIP("no IPv6");
  const auto details = details_of(
      [&] {
        const int server = server_of(GetParam());
        const auto address = address_of(port_of(server));
        const int client = must(socket(AF_INET, SOCK_STREAM, 0), "socket");
        must(connect(client, generic(address), sizeof(address)), "connect");
        hold([&] {
          close(client);
          must(accept(server, nullptr, nullptr), "accept");
        });
        close(server);
        known_->port = port_of(client);
        std::array<char, 8> bytes{};
        recv(client, bytes.data(), bytes.size(), 0);
      },
      SYS_recvfrom);
  held_by(details, {known_->holder});
  const auto socket = details.socket.value_or(SocketFacts{});
  same("protocol", socket.protocol, "tcp");
  same("state", socket.state, "ESTABLISHED");
  same("own address", socket.local, "127.0.0.1:" + std::to_string(known_->port));
  holds("a network's other end could be elsewhere", !details.other_end->exhaustive);
}
INSTANTIATE_TEST_SUITE_P(OtherEnds, Tcp, testing::Values(AF_INET, AF_INET6));

TEST_P(Tcp, of_a_connection_that_was_not_accepted_yet_is_at_who_listens) {
  if (GetParam() == AF_INET6 && access("/proc/net/if_inet6", F_OK) != 0) WEDGED_SKIP("no IPv6");
  const auto details = details_of(
      [&] {
        const int client = must(socket(AF_INET, SOCK_STREAM, 0), "socket");
        hold([&] {
          close(client);
          known_->port = port_of(server_of(GetParam()));
        });
        const auto address = address_of(known_->port);
        must(connect(client, generic(address), sizeof(address)), "connect");
        read_for_ever(client);
      },
      SYS_read);
  held_by(details, {known_->holder});
  holds("it was not accepted yet", details.other_end->pending);
}

TEST_F(OtherEnds, of_a_socket_that_listens_does_not_exist) {
  const auto details = details_of([] { accept(server_of(AF_INET), nullptr, nullptr); }, SYS_accept);
  holds("it has no other end", !details.other_end.has_value());
  same("state", details.socket.value_or(SocketFacts{}).state, "LISTEN");
  same("other address", details.socket.value_or(SocketFacts{}).remote, "");
}

TEST_F(OtherEnds, of_other_files_does_not_exist) {
  const auto details = details_of([] { read_for_ever(must(eventfd(0, 0), "eventfd")); }, SYS_read);
  holds("no other end", !details.other_end.has_value());
  holds("no socket", !details.socket.has_value());
}

}  // namespace
}  // namespace wedged::test
