// SPDX-License-Identifier: Apache-2.0
// A kernel that lacks one of the tracepoints, and observing without them: what is left is loaded, says why
// the rest is not, and still finds a thread that waits.
#include <sys/syscall.h>

#include "child.h"
#include "kernel/facts.h"
#include "kernel_test.h"
#include "parity.h"
#include "watch.h"

namespace wedged::test {
namespace {

class MissingProgram : public KernelTest {
 protected:
  void SetUp() override {
    KernelTest::SetUp();
    if (!IsSkipped() && !HasFatalFailure()) await_call(child_.pid(), child_.pid(), SYS_read);
  }

  // Returns the names of those that are not attached.
  std::set<std::string> watch_and_look(const WatchOptions& options) {
    auto observer = watch(options);
    const auto sample = expect_parity(observer, observed(observer, child_.pid()).id);
    same("call", sample.call.value_or(SystemCall{}).number, SYS_read);
    std::set<std::string> missing;
    for (const auto& program : observer.probes().programs()) {
      holds(program.name + " is attached or says why not: " + program.reason,
            program.attached == program.reason.empty());
      if (!program.attached) missing.insert(program.name);
    }
    nothing_was_lost(observer);
    return missing;
  }

  Child child_{[](const Line& line) { return line.hear() ? 0 : 1; }};
};

TEST_F(MissingProgram, takes_nothing_else_along) {
  for (const auto& name : tracepoints_of_interest()) {
    SCOPED_TRACE(name);
    WatchOptions options;
    options.scope.tgids = {child_.pid()};
    options.without_tracepoints = {name};
    std::set<std::string> expected{name};
    if (syscall_tracepoints.count(name) != 0) expected = {};  // a raw one stands in
    if (name == "sys_exit") expected.insert("watch_loops");
    if (name == "sched_process_exit") expected.insert("crashed_thread_exit");
    if (name == "sched_switch")
      expected.insert({"sys_enter", "sys_exit", "signal_deliver", "crashed_thread_exit", "watch_loops"});
    same("programs that are not attached", watch_and_look(options), expected);
  }
}

// A kernel before v6.7 refuses the loop over tasks: the VM case `walk` runs this on one.
TEST_F(MissingProgram, that_the_kernel_refuses_takes_nothing_else_along) {
  WatchOptions options;
  options.scope.tgids = {child_.pid()};
  options.claim_walk = true;
  same("programs that are not attached", watch_and_look(options), {});
}

// Each loop of ours, gone through round by round, is still within what the verifier has patience for.
TEST_F(MissingProgram, is_none_where_the_kernel_has_no_helper_for_loops) {
  WatchOptions options;
  options.scope.tgids = {child_.pid()};
  options.without_walk = options.without_loop_helper = true;
  same("programs that are not attached", watch_and_look(options), {});
}

TEST_F(MissingProgram, is_every_one_of_calls_when_only_scans_are_wanted) {
  WatchOptions options;
  options.observing = Observing::scan;
  options.scope.tgids = {child_.pid()};
  same("programs that are not attached", watch_and_look(options),
       {"sched_process_exit", "sched_switch", "sched_wakeup", "sched_wakeup_new", "sys_enter", "sys_exit",
        "signal_deliver", "crashed_thread_exit", "watch_loops"});
}

}  // namespace
}  // namespace wedged::test
