// SPDX-License-Identifier: Apache-2.0
#include "inject/healthy_loops.h"

#include <netinet/in.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <condition_variable>
#include <deque>
#include <mutex>

#include "inject/event_loop.h"

namespace wedged::inject {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

void read_number(const epoll_event& event) {
  std::uint64_t number = 0;
  static_cast<void>(!read(event.data.fd, &number, sizeof(number)));
}

// Of the kernel, which else lets sleepers sleep for 50 us longer (PR_SET_TIMERSLACK).
void ask_for_punctuality() {
  prctl(PR_SET_TIMERSLACK, 1);
}

int receiver(sockaddr_in& address) {
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof(address);
  const int socket = must(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");
  must(bind(socket, generic, size), "bind");
  must(getsockname(socket, generic, &size), "getsockname");
  return socket;
}

// Both sides of a connection are at work all the time: the client asks again as soon as it has its answer.
int busy_client() {
  std::array<int, 2> ends{};
  must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), "socketpair");
  start("client", [end = ends[1]] {
    for (char byte = '?'; send(end, &byte, 1, 0) == 1 && recv(end, &byte, 1, 0) == 1;) {
    }
  });
  return ends[0];
}

class Jobs {
 public:
  void put(int job) {
    const std::lock_guard locked(mutex_);
    jobs_.push_back(job);
    there_is_one_.notify_one();
  }

  int take() {
    std::unique_lock locked(mutex_);
    there_is_one_.wait(locked, [this] { return !jobs_.empty(); });
    const int job = jobs_.front();
    jobs_.pop_front();
    return job;
  }

 private:
  std::mutex mutex_;
  std::condition_variable there_is_one_;
  std::deque<int> jobs_;
};

}  // namespace

void timer_loop(const Stage& stage) {
  stand_back();
  const int timer = must(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC), "timerfd_create");
  const itimerspec every_ms{{0, 1'000'000}, {0, 1'000'000}};
  must(timerfd_settime(timer, 0, &every_ms, nullptr), "timerfd_settime");
  const int served = requests();
  const int epoll = new_epoll();
  add(epoll, timer, EPOLLIN);
  add(epoll, served, EPOLLIN);
  stage.announce_healthy();
  event_loop(epoll, served, read_number);
}

// A thousand datagrams a second, and far more attempts to receive one.
void busy_receiver(const Stage& stage) {
  stand_back();
  static sockaddr_in address{};
  const int socket = receiver(address);
  start("sender", [] {
    const int from = must(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");
    for (;; sleep_for(milliseconds(1)))
      sendto(from, "x", 1, 0, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  });
  stage.announce_healthy();
  for (char byte{};;) recv(socket, &byte, 1, MSG_DONTWAIT);
}

// Each write to it is an edge, so nobody has to read it: the wakers of Rust's mio are made so.
void edge_triggered(const Stage& stage) {
  stand_back();
  ask_for_punctuality();
  const int event = must(eventfd(0, EFD_CLOEXEC), "eventfd");
  start("waker", [event] {
    for (const std::uint64_t one = 1; write(event, &one, sizeof(one)) > 0;) sleep_for(microseconds(40));
  });
  const int epoll = new_epoll();
  add(epoll, event, EPOLLIN | EPOLLET);
  stage.announce_healthy();
  event_loop(epoll, -1, look_away);
}

// The loop asks no more for what it has given to a worker, and the worker asks again when it has done it.
void handing_over(const Stage& stage) {
  static const int epoll = new_epoll();
  static Jobs jobs;
  stand_back();
  for (int i = 0; i < 4; ++i) add(epoll, busy_client(), EPOLLIN);
  for (int i = 0; i < 2; ++i) {
    start("worker", [] {
      for (;;) {
        const int job = jobs.take();
        answer(job);
        change(epoll, job, EPOLLIN);
      }
    });
  }
  stage.announce_healthy();
  event_loop(epoll, -1, [](const epoll_event& event) {
    change(epoll, event.data.fd, 0);
    jobs.put(event.data.fd);
  });
}

// The kernel does that for it (EPOLLONESHOT), and the worker watches for work without sleeping: the loop does
// nothing but wait.
void one_shot(const Stage& stage) {
  static const int epoll = new_epoll();
  static std::atomic<int> job = -1;
  stand_back();
  for (int i = 0; i < 2; ++i) add(epoll, busy_client(), EPOLLIN | EPOLLONESHOT);
  start("worker", [] {
    for (;;) {
      const int mine = job.exchange(-1);
      if (mine < 0) {
        sched_yield();
        continue;
      }
      answer(mine);
      change(epoll, mine, EPOLLIN | EPOLLONESHOT);
    }
  });
  stage.announce_healthy();
  event_loop(epoll, -1, [](const epoll_event& event) {
    for (int none = -1; !job.compare_exchange_weak(none, event.data.fd); none = -1) sched_yield();
  });
}

// Asks again and again and is told each time that nothing is ready, but for a request now and then.
void busy_wait(const Stage& stage) {
  stand_back();
  const int served = requests();
  const int epoll = new_epoll();
  add(epoll, served, EPOLLIN);
  stage.announce_healthy();
  for (epoll_event event{};;) {
    if (epoll_wait(epoll, &event, 1, 0) > 0) answer(served);
  }
}

}  // namespace wedged::inject
