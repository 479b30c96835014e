// SPDX-License-Identifier: Apache-2.0
// A thread that the kernel has made in a process for itself (of io_uring; vhost's are alike) shows a copy of
// the registers that its maker had: it is in no call, waits for no lock and is no suspect, however long it
// idles.
#include <linux/io_uring.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "child.h"
#include "kernel_test.h"
#include "proc_task.h"
#include "watch.h"

namespace wedged::test {
namespace {

class IoThread : public KernelTest {
 protected:
  // Whose second thread polls a queue that nothing is ever put into, and soon sleeps.
  static Child start() {
    Child child([](const Line& line) {
      io_uring_params parameters{};
      parameters.flags = IORING_SETUP_SQPOLL;
      parameters.sq_thread_idle = 1;  // ms
      const bool made = syscall(SYS_io_uring_setup, 1, &parameters) >= 0;
      line.say();
      return line.hear() && made ? 0 : 1;
    });
    child.hear();
    return child;
  }

  static int other_thread(const Child& child) {
    for (const int tid : threads_of(child.pid())) {
      if (tid != child.pid()) return tid;
    }
    return 0;
  }
};

TEST_F(IoThread, is_in_no_call_and_no_suspect) {
  const auto child = start();
  const int tid = other_thread(child);
  if (tid == 0) WEDGED_SKIP("this kernel has no io_uring, or not for us");
  await_state(child.pid(), tid, 'S');
  for (const auto observing : {Observing::calls, Observing::scan}) {
    auto observer = watch({child.pid()}, observing);
    auto limits = everybody_is_suspect();
    limits.futex = Duration{1};
    observer.probes().set_limits(limits);
    await("the first thread", [&] { return find(scan(observer), child.pid()) != nullptr; });
    holds("the other is no suspect", find(scan(observer), tid) == nullptr);
    const auto sample = observer.sample_again({child.pid(), tid, 0});
    ASSERT_TRUE(sample.ok() && sample->details);
    holds("it is no kernel thread", !sample->kernel_thread);
    holds("it is in no call", !sample->call);
    holds("it has no registers", !sample->registers && !sample->details->registers);
  }
}

}  // namespace
}  // namespace wedged::test
