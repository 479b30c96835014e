// SPDX-License-Identifier: Apache-2.0
// Builders for event loops that spin, as the kernel side tells of them at test_now. Unless a test says
// otherwise: for 6 s, epoll_wait on descriptor 3 returning 412,000 times a second, looked at for 4 s.
#pragma once

#include <sys/syscall.h>

#include "support/builders.h"

namespace wedged::test {

// Asked for input, always reports it, nobody uses it.
class DescriptorBuilder {
 public:
  explicit DescriptorBuilder(int descriptor) {
    ready_.descriptor = descriptor;
    ready_.asked = ready_.reported = event_in;
    ready_.returned = 1'648'000;
    ready_.file = "pipe:[99]";
  }
  DescriptorBuilder& asked(std::uint32_t events) { return set(ready_.asked, events); }
  DescriptorBuilder& reported(std::uint32_t events) { return set(ready_.reported, events); }
  DescriptorBuilder& returned(std::uint64_t times) { return set(ready_.returned, times); }
  DescriptorBuilder& used(std::uint64_t times) { return set(ready_.used, times); }
  DescriptorBuilder& file(const std::string& path) { return set(ready_.file, path); }
  DescriptorBuilder& edge_triggered() { return set(ready_.asked, ready_.asked | event_edge_triggered); }
  // Closed by the process itself.
  DescriptorBuilder& held_by(const Peer& peer) {
    ready_.held_by.push_back(peer);
    return *this;
  }
  DescriptorBuilder& socket(const SocketFacts& socket) {
    ready_.file = "socket:[99]";
    ready_.socket = socket;
    return *this;
  }
  DescriptorBuilder& other_end(const OtherEnd& end) {
    ready_.other_end = end;
    return *this;
  }

  operator ReadyDescriptor() const { return ready_; }  // NOLINT(google-explicit-constructor): reads naturally

 private:
  template <typename T>
  DescriptorBuilder& set(T& member, const T& value) {
    member = value;
    return *this;
  }

  ReadyDescriptor ready_;
};

inline DescriptorBuilder descriptor(int number) {
  return DescriptorBuilder(number);
}

class LoopBuilder {
 public:
  LoopBuilder() { spinning_for(std::chrono::seconds(6)).ready(412'000); }

  // Before the rates, which are over that time.
  LoopBuilder& spinning_for(Duration spinning) {
    seconds_ = std::chrono::duration<double>(spinning).count();
    loop_.spinning_since = test_now - spinning;
    return *this;
  }
  // Calls a second.
  LoopBuilder& ready(double rate) { return set(loop_.spinning.ready, counted(rate)); }
  LoopBuilder& productive(double rate) { return set(loop_.spinning.productive, counted(rate)); }
  LoopBuilder& failing(double rate, int call, int error, int descriptor = 5) {
    loop_.spinning.fruitless = counted(rate);
    loop_.failing = FailingCall{call, error, descriptor};
    return *this;
  }
  LoopBuilder& fruitless(double rate) { return set(loop_.spinning.fruitless, counted(rate)); }
  LoopBuilder& watched(Duration since = std::chrono::seconds(4)) {
    if (!loop_.watch) {
      loop_.watch.emplace();
      loop_.watch->wait_call = SYS_epoll_wait;
      loop_.watch->epoll = 3;
      loop_.watch->registered = loop_.watch->ready_now = 1;
    }
    loop_.watch->since = test_now - since;
    loop_.watch->until = test_now;
    return *this;
  }
  LoopBuilder& returning(const ReadyDescriptor& ready) {
    if (!loop_.watch) watched();
    loop_.watch->ready.push_back(ready);
    return *this;
  }
  // What the descriptor of the failing call is.
  LoopBuilder& failing_on(const ReadyDescriptor& failing) {
    if (!loop_.watch) watched();
    loop_.watch->failing = failing;
    return *this;
  }
  LoopBuilder& waiting_with(int call, int epoll = -1) {
    if (!loop_.watch) watched();
    loop_.watch->wait_call = call;
    return set(loop_.watch->epoll, epoll);
  }
  LoopBuilder& incomplete() {
    if (!loop_.watch) watched();
    return set(loop_.watch->complete, false);
  }

  operator LoopFacts() const { return loop_; }  // NOLINT(google-explicit-constructor): tests read naturally

 private:
  [[nodiscard]] std::uint64_t counted(double rate) const {
    return static_cast<std::uint64_t>(rate * seconds_);
  }
  template <typename T>
  LoopBuilder& set(T& member, const T& value) {
    member = value;
    return *this;
  }

  LoopFacts loop_;
  double seconds_ = 0;
};

inline LoopBuilder a_loop() {
  return {};
}

}  // namespace wedged::test
