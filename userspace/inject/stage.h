// SPDX-License-Identifier: Apache-2.0
// Stage: what faults are set up with: threads with names, processes that die with their maker, and the word
// to the supervisor that somebody is stuck. Used inside the process that gets stuck; nothing here ends by
// itself, and nobody cleans up: the supervisor kills the whole process group.
#pragma once

#include <pthread.h>
#include <sys/mman.h>

#include <array>
#include <atomic>
#include <functional>
#include <new>
#include <string_view>

#include "inject/task_state.h"

// A function that shall be seen in a stack: neither inlined nor cloned.
#if __has_attribute(noipa)
#define WEDGED_OWN_FRAME [[gnu::noipa]]
#else
#define WEDGED_OWN_FRAME [[gnu::noinline]]
#endif

namespace wedged::inject {

// "This thread is about to be stuck; see for yourself, and tell." Goes through a pipe, whole.
struct Announcement {
  int pid = 0;
  int tid = 0;
  int owner = 0;  // thread id of who holds what it waits for; 0: nobody, or nobody knows
  Awaited until;
  std::array<char, 24> cause{};  // empty: the one that was asked for
  int descriptor = -1;           // that makes a loop spin; -1: none
};

struct Thread {
  pthread_t handle{};
  int tid = 0;
};

class Stage {
 public:
  explicit Stage(int to_supervisor) : to_supervisor_(to_supervisor) {}

  void announce(const Announcement& announcement) const;
  // The calling thread's next futex call is the one it never leaves.
  void about_to_wait(int owner = 0, std::string_view cause = {}) const;
  void announce_healthy() const;

 private:
  int to_supervisor_;
};

[[nodiscard]] int own_tid();

// Returns when the thread runs. The name has at most 15 characters.
Thread start(const char* name, std::function<void()> body);

// A process of a single thread that dies with the calling thread. Its end is not waited for.
int start_process(const std::function<void()>& body);

// Until that thread of this process, or the one thread of that process, sleeps in a futex call.
void await_asleep(const Thread& thread);
void await_asleep(int pid, int tid);
void await_gone(int pid, int tid);

// What event loops do all day.
[[noreturn]] void idle();

// Says what cannot be done here and ends the process: exit status `denied` where a right is missing.
[[noreturn]] void give_up(const char* what, int error_number);
int must(int result, const char* what);  // give_up(what, errno) if the result is negative

// Opened once; who waits for it sleeps in short turns and in no futex call.
class Gate {
 public:
  void open() { open_ = true; }
  void pass() const {
    while (!open_) sleep_for(std::chrono::milliseconds(2));
  }

 private:
  std::atomic<bool> open_ = false;
};

// Of those who have come so far; who waits for them sleeps like who waits at a gate.
class Tally {
 public:
  void add() { ++come_; }
  void await(std::size_t all) const {
    while (come_ < all) sleep_for(std::chrono::milliseconds(2));
  }

 private:
  std::atomic<std::size_t> come_ = 0;
};

// Memory that a process and those it starts share. Never given back.
template <typename T>
T& shared() {
  void* const place = mmap(nullptr, sizeof(T), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (place == MAP_FAILED) throw std::bad_alloc();
  return *new (place) T{};
}

}  // namespace wedged::inject
