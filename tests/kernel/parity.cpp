// SPDX-License-Identifier: Apache-2.0
#include "parity.h"

#include <unistd.h>

#include "kernel_test.h"

namespace wedged::test {
namespace {

std::uint64_t ticks_of(std::uint64_t boottime_ns) {
  return boottime_ns / (1'000'000'000U / static_cast<std::uint64_t>(sysconf(_SC_CLK_TCK)));
}

// Paths of /proc/PID/cgroup begin at the reader's cgroup namespace, BPF's at the real root.
bool in_first_cgroup_namespace() {
  return link_text("/proc/self/ns/cgroup") == "cgroup:[4026531835]";
}

void same_call(const Task& observed, const ProcSyscall& proc) {
  same<std::int64_t>("call number", observed.call ? observed.call->number : -1, proc.number);
  if (proc.number >= 0 && observed.call) {
    ASSERT_TRUE(observed.call->arguments.has_value());
    for (std::size_t i = 0; i < proc.arguments.size(); ++i) {
      same("argument " + std::to_string(i), observed.call->arguments->at(i), proc.arguments.at(i));
    }
  }
  if (observed.state == RunState::dead) {
    holds("the dead have no registers", !observed.registers);
    return;
  }
  ASSERT_TRUE(observed.registers.has_value());
  same("stack pointer", observed.registers->stack_pointer, proc.stack_pointer);
  same("instruction pointer", observed.registers->instruction_pointer, proc.instruction_pointer);
}

}  // namespace

char letter_of(RunState state) {
  switch (state) {
    case RunState::running: return 'R';
    case RunState::sleeping: return 'S';
    case RunState::uninterruptible:
    case RunState::killable: return 'D';
    case RunState::idle: return 'I';
    case RunState::stopped: return 'T';
    case RunState::traced: return 't';
    case RunState::dead: return 'Z';
    default: return '?';
  }
}

void same_task(const Task& observed, const ProcTask& proc) {
  same("tgid", observed.id.tgid, proc.tgid);
  same("tid", observed.id.tid, proc.tid);
  same("process", observed.process.tgid, proc.tgid);
  same("comm", observed.comm, proc.comm);
  same("comm of the process", observed.process_comm, proc.process_comm);
  same("state", letter_of(observed.state), proc.state);
  same("parent", observed.parent_tgid, proc.parent);
  same("start", ticks_of(observed.id.start_boottime_ns), proc.start_ticks);
  same("start of the process", ticks_of(observed.process.start_boottime_ns), proc.process_start_ticks);
  same("context switches", observed.switch_count, proc.switches);
  same("uid", observed.uid.value_or(~0U), proc.uid);
  same("SIGKILL is pending", observed.kill_pending, proc.kill_pending);
  if (proc.syscall) same_call(observed, *proc.syscall);
  ASSERT_TRUE(observed.details.has_value());
  same("kernel stack", observed.details->kernel_stack, proc.stack);
  same("exe", observed.details->exe, proc.exe);
  if (in_first_cgroup_namespace()) same("cgroup", observed.details->cgroup, proc.cgroup);
}

Task expect_parity(Observer& observer, const TaskId& id) {
  std::optional<Task> sample;
  ProcTask proc;
  await("two equal accounts of thread " + std::to_string(id.tid), [&] {
    proc = read_proc_task(id.tgid, id.tid);
    auto again = observer.sample_again(id);
    if (!again) throw std::runtime_error(again.error().message);
    sample = std::move(*again);
    return read_proc_task(id.tgid, id.tid) == proc;
  });
  same_task(*sample, proc);
  return *sample;
}

}  // namespace wedged::test
