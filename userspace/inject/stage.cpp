// SPDX-License-Identifier: Apache-2.0
#include "inject/stage.h"

#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <future>
#include <memory>

#include "util/exit_code.h"

namespace wedged::inject {
namespace {

struct Beginning {
  const char* name;
  std::function<void()> body;
  std::promise<int> tid;
};

// No object with a destructor lives in this frame: a thread that is cancelled passes through it.
void* run(void* given) {
  auto* const beginning = static_cast<Beginning*>(given);
  pthread_setname_np(pthread_self(), beginning->name);
  beginning->tid.set_value(own_tid());
  beginning->body();
  return nullptr;
}

}  // namespace

void Stage::announce(const Announcement& announcement) const {
  if (write(to_supervisor_, &announcement, sizeof(announcement)) < 0) give_up("the supervisor", errno);
}

void Stage::about_to_wait(int owner, std::string_view cause) const {
  Announcement announcement{getpid(), own_tid(), owner, Awaited::in_call(SYS_futex), {}};
  std::copy(cause.begin(), cause.end(), announcement.cause.begin());
  announce(announcement);
}

void Stage::announce_healthy() const {
  announce({getpid(), own_tid(), 0, {}, {}});
}

int own_tid() {
  return gettid();
}

Thread start(const char* name, std::function<void()> body) {
  // Never freed: the thread may use it for as long as the process lives.
  auto* const beginning = std::make_unique<Beginning>(Beginning{name, std::move(body), {}}).release();
  Thread thread;
  const int error = pthread_create(&thread.handle, nullptr, run, beginning);
  if (error != 0) give_up("start a thread", error);
  thread.tid = beginning->tid.get_future().get();
  return thread;
}

int start_process(const std::function<void()>& body) {
  const int maker = getpid();
  const int pid = must(fork(), "fork");
  if (pid != 0) return pid;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() == maker) body();
  _exit(0);
}

void await_asleep(const Thread& thread) {
  await_asleep(getpid(), thread.tid);
}

void await_asleep(int pid, int tid) {
  if (!comes_true(pid, tid, Awaited::in_call(SYS_futex))) give_up("a thread that should wait does not", 0);
}

void await_gone(int pid, int tid) {
  if (!comes_true(pid, tid, Awaited::to_be_gone())) give_up("a thread that should end does not", 0);
}

void idle() {
  const int events = must(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
  epoll_event event{};
  for (;;) epoll_wait(events, &event, 1, -1);
}

void give_up(const char* what, int error_number) {
  const bool denied = error_number == EPERM || error_number == EACCES;
  std::fprintf(stderr, "wedged-inject: %s%s%s\n", what, error_number ? ": " : "",
               error_number ? std::strerror(error_number) : "");
  _exit(static_cast<int>(denied ? ExitCode::denied : ExitCode::failed));
}

int must(int result, const char* what) {
  if (result < 0) give_up(what, errno);
  return result;
}

}  // namespace wedged::inject
