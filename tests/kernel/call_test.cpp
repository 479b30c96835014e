// SPDX-License-Identifier: Apache-2.0
// The call in flight and its age, for threads that wait in a known call: begun under watch, begun before, and
// without the tracepoints of calls. Ages are bracketed between readings of the clock.
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <thread>

#include "blocking_calls.h"
#include "child.h"
#include "kernel_test.h"
#include "parity.h"
#include "watch.h"

namespace wedged::test {
namespace {

class CallInFlight : public KernelTest {
 protected:
  // One child for each call of the table, prepared, waiting for the word to make it.
  void start_children() {
    for (const auto& call : blocking_calls()) {
      children_.emplace_back([&call](const Line& line) {
        const auto make = call.prepare();
        line.say();
        if (line.hear()) make();
        return 1;
      });
      children_.back().hear();
      await_call(children_.back().pid(), children_.back().pid(), SYS_read);
    }
  }

  // Reckoned begins come from other clocks than ours; a difference between two clocks of one kernel is far
  // below this.
  void let_all_make_their_calls() {
    told_ = now();
    pause_for(std::chrono::milliseconds(20));
    for (const auto& child : children_) child.say();
    for (std::size_t i = 0; i < children_.size(); ++i) {
      await_call(children_[i].pid(), children_[i].pid(), blocking_calls()[i].number);
    }
    pause_for(std::chrono::milliseconds(20));
    waiting_ = now();
  }

  [[nodiscard]] std::vector<int> pids() const {
    std::vector<int> pids;
    for (const auto& child : children_) pids.push_back(child.pid());
    return pids;
  }

  void for_each_call(Observer& observer, const std::function<void(const Task&)>& check) const {
    for (std::size_t i = 0; i < children_.size(); ++i) {
      SCOPED_TRACE(blocking_calls()[i].name);
      const auto task = expect_parity(observer, observed(observer, children_[i].pid()).id);
      ASSERT_TRUE(task.call.has_value());
      same<long>("call", task.call->number, blocking_calls()[i].number);
      holds("it is a native call", !task.call->compat);
      same("state", task.state, RunState::sleeping);
      check(task);
    }
    nothing_was_lost(observer);
  }

  void since_is_bracketed(const Task& task, bool exact) const {
    ASSERT_TRUE(task.off_cpu_since.has_value());
    between("begin of the wait", ns(told_), ns(*task.off_cpu_since), ns(waiting_));
    same("begin of the wait was stamped", task.off_cpu_since_exact, exact);
  }

  std::vector<Child> children_;
  Instant told_{}, waiting_{};
};

// The scheduler's clock is read while the reader has just arrived on its CPU: the closest reading counts.
void calibrate(Observer& observer) {
  for (int round = 0; round < 5; ++round) {
    pause_for(std::chrono::milliseconds(3));
    static_cast<void>(scan(observer));
  }
}

TEST_F(CallInFlight, begun_under_watch_has_an_exact_begin_and_is_the_first_call_counted) {
  start_children();
  auto observer = watch(pids());
  let_all_make_their_calls();
  for_each_call(observer, [&](const Task& task) {
    ASSERT_TRUE(task.call->entered.has_value());
    between("begin of the call", ns(told_), ns(*task.call->entered), ns(waiting_));
    between("begin of the wait", ns(*task.call->entered), ns(task.off_cpu_since.value_or(Instant{})),
            ns(waiting_));
    same("calls counted", task.call->sequence.value_or(0), 1);
    since_is_bracketed(task, true);
  });
}

TEST_F(CallInFlight, begun_before_the_watch_is_known_with_a_lower_bound_of_its_age) {
  if (!facts_of_this_kernel().arrival_times) WEDGED_SKIP("this kernel keeps no arrival times");
  start_children();
  let_all_make_their_calls();
  auto observer = watch(pids());
  calibrate(observer);
  for_each_call(observer, [&](const Task& task) {
    holds("when it was made is not known", !task.call->entered.has_value());
    holds("nor is its number in the sequence", !task.call->sequence.has_value());
    since_is_bracketed(task, false);
  });
}

// The scheduler keeps no sum of the time before the one stint that such a thread has run.
TEST_F(CallInFlight, that_a_thread_has_been_in_since_its_first_moments_has_an_age) {
  if (!facts_of_this_kernel().arrival_times) WEDGED_SKIP("this kernel keeps no arrival times");
  told_ = now();
  pause_for(std::chrono::milliseconds(20));
  Child child([](const Line& line) {
    std::thread first_stint([] { syscall(SYS_pause); });
    line.say();
    return line.hear() ? 0 : 1;
  });
  child.hear();
  const int tid = threads_of(child.pid()).back();
  await_call(child.pid(), tid, SYS_pause);
  pause_for(std::chrono::milliseconds(20));
  waiting_ = now();
  auto observer = watch({child.pid()});
  calibrate(observer);
  since_is_bracketed(expect_parity(observer, observed(observer, tid).id), false);
}

TEST_F(CallInFlight, is_known_without_the_tracepoints_of_calls_too) {
  if (!facts_of_this_kernel().arrival_times) WEDGED_SKIP("this kernel keeps no arrival times");
  start_children();
  auto observer = watch(pids(), Observing::scan);
  calibrate(observer);
  let_all_make_their_calls();
  for_each_call(observer, [&](const Task& task) {
    holds("when it was made is not known", !task.call->entered.has_value());
    since_is_bracketed(task, false);
  });
}

TEST_F(CallInFlight, a_second_call_of_the_same_kind_is_another_call) {
  Child child([](const Line& line) {
    while (line.hear()) {
    }
    return 0;
  });
  await_call(child.pid(), child.pid(), SYS_read);
  auto observer = watch({child.pid()});
  const auto next_call = [&] {
    const auto before = read_proc_task(child.pid(), child.pid()).switches;
    child.say();
    await("the next call", [&] { return read_proc_task(child.pid(), child.pid()).switches > before; });
    await_call(child.pid(), child.pid(), SYS_read);
    return observed(observer, child.pid());
  };
  const auto first = next_call(), second = next_call();
  ASSERT_TRUE(first.call && second.call);
  same("first of the sequence", first.call->sequence.value_or(0), 1);
  same("second of the sequence", second.call->sequence.value_or(0), 2);
  holds("they are told apart", !first.call->same_as(*second.call));
  holds("a call is the same as itself", observed(observer, child.pid()).call->same_as(*second.call));
  holds("the second began later", first.call->entered < second.call->entered);
}

// Memory whose last page nobody will ever provide: who touches it waits in user or kernel mode, wherever it
// was.
char* memory_with_a_missing_end(std::size_t size) {
  const int faults = must(static_cast<int>(syscall(SYS_userfaultfd, O_CLOEXEC)), "userfaultfd");
  uffdio_api api{};
  api.api = UFFD_API;
  must(ioctl(faults, UFFDIO_API, &api), "UFFDIO_API");
  void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  uffdio_register missing{};
  missing.range = {reinterpret_cast<std::uintptr_t>(memory) + size - 4096, 4096};
  missing.mode = UFFDIO_REGISTER_MODE_MISSING;
  must(ioctl(faults, UFFDIO_REGISTER, &missing), "UFFDIO_REGISTER");
  return static_cast<char*>(memory);
}

// The first scan finds the thread on a CPU, where its registers cannot be read, and no tracepoint saw the
// call begin.
TEST_F(CallInFlight, that_ran_on_a_cpu_while_the_watch_began_is_found_when_it_waits) {
  Child child([](const Line& line) {
    constexpr std::size_t size = std::size_t{100} << 20U;
    char* memory = memory_with_a_missing_end(size);
    const int random = must(open("/dev/urandom", O_RDONLY), "open");
    line.say();
    return syscall(SYS_read, random, memory, size) < 0 ? 1 : 0;
  });
  child.hear();
  pause_for(std::chrono::milliseconds(20));
  auto observer = watch({child.pid()});
  await_call(child.pid(), child.pid(), SYS_read);
  const auto sample = expect_parity(observer, observed(observer, child.pid()).id);
  ASSERT_TRUE(sample.call.has_value());
  same("call", sample.call->number, SYS_read);
  holds("when it was made is not known", !sample.call->entered.has_value());
  ASSERT_TRUE(sample.details->file.has_value());
  same("file", sample.details->file->path, "/dev/urandom");
}

TEST_F(CallInFlight, outside_of_calls_there_is_none) {
  Child child([](const Line& line) {
    char* memory = memory_with_a_missing_end(8192);
    line.say();
    if (line.hear()) memory[8191] = 1;
    return 1;
  });
  child.hear();
  await_call(child.pid(), child.pid(), SYS_read);
  auto observer = watch({child.pid()});
  const auto id = observed(observer, child.pid()).id;
  child.say();
  await_call(child.pid(), child.pid(), -1);
  holds("no call", !expect_parity(observer, id).call.has_value());
}

}  // namespace
}  // namespace wedged::test
