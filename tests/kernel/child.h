// SPDX-License-Identifier: Apache-2.0
// Child: a process that a test starts and that never outlives it: killed and reaped by the destructor, killed
// by the kernel if the test itself dies. Knows nothing of what is observed.
#pragma once

#include <sys/mman.h>

#include <functional>
#include <new>
#include <stdexcept>

#include "util/fd.h"

namespace wedged::test {

// One end of the line between a test and its child.
class Line {
 public:
  explicit Line(Fd fd) : fd_(std::move(fd)) {}
  void say() const;                 // "go on", or "I have got there"
  [[nodiscard]] bool hear() const;  // waits for the other end's word; false if that end is gone
  [[nodiscard]] int fd() const { return fd_.get(); }

 private:
  Fd fd_;
};

class Child {
 public:
  // Runs in the child, which has no other descriptor above standard error; the result is its exit status.
  using Body = std::function<int(const Line& line)>;

  explicit Child(const Body& body);
  Child(Child&& other) noexcept;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  Child& operator=(Child&&) = delete;
  ~Child();

  [[nodiscard]] int pid() const { return pid_; }
  void say() const { line_.say(); }
  void hear() const;  // throws if the child has died
  void signal(int number) const;
  int wait();  // reaps it; the status as in wait(2)

 private:
  Line line_;
  int pid_ = -1;
};

// A body: says that it is there, and waits for the test for ever.
int wait_for_ever(const Line& line);

// Dies with its parent: a grandchild calls this first, a child again after it has changed its user.
void die_with_parent(int parent);

// Memory that a test and its children share. `T` is trivial.
template <typename T>
class Shared {
 public:
  Shared()
      : value_(static_cast<T*>(
            mmap(nullptr, sizeof(T), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))) {
    if (value_ == MAP_FAILED) throw std::bad_alloc();
  }
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;
  ~Shared() { munmap(value_, sizeof(T)); }
  T* operator->() const { return value_; }
  T& operator*() const { return *value_; }

 private:
  T* value_;
};

// What a child cannot do without: throws with strerror(errno) if `result` is negative.
int must(int result, const char* what);

}  // namespace wedged::test
