// SPDX-License-Identifier: Apache-2.0
// Builders for tests: a healthy thread, or a finding about it, from which each test changes only what it is
// about: `a_thread().in_d_state().for_(130s)`, `a_finding().of(a_thread().of_process(7)).lasting(30s)`.
#pragma once

#include <linux/futex.h>
#include <sys/syscall.h>

#include <cstdint>
#include <string>

#include "diagnosis/finding.h"
#include "observation/task.h"
#include "support/lock_bytes.h"

namespace wedged::test {

// "Now" unless a test says otherwise.
inline constexpr Instant test_now{std::chrono::hours(100)};
// The PID namespace that a host starts with.
inline constexpr std::uint32_t first_namespace = 0xEFFFFFFC;

class TaskBuilder {
 public:
  TaskBuilder() {
    task_.id = {4242, 4242, 1'000'000};
    task_.process = {4242, 1'000'000};
    task_.comm = task_.process_comm = "victim";
    task_.uid = 1000;
    task_.parent_tgid = 1;
    task_.state = RunState::sleeping;
    task_.switch_count = 17;
    task_.registers = UserRegisters{0x401000, 0x7ffd0000};
    task_.details = TaskDetails{};
    task_.details->exe = "/usr/bin/victim";
    task_.details->cgroup = "/system.slice/victim.service";
  }

  // A single-threaded process, or the leader of one.
  TaskBuilder& of_process(int tgid, std::uint64_t start = 1'000'000) {
    task_.id = {tgid, tgid, start};
    task_.process = {tgid, start};
    return *this;
  }
  // Another thread of the same process.
  TaskBuilder& thread(int tid, std::uint64_t start = 2'000'000) {
    task_.id.tid = tid;
    task_.id.start_boottime_ns = start;
    return *this;
  }
  TaskBuilder& named(const std::string& comm) {
    task_.comm = task_.process_comm = comm;
    return *this;
  }
  TaskBuilder& thread_named(const std::string& comm) { return set(task_.comm, comm); }
  TaskBuilder& exe(const std::string& path) { return set(task_.details->exe, path); }
  TaskBuilder& cgroup(const std::string& path) { return set(task_.details->cgroup, path); }
  TaskBuilder& state(RunState state) { return set(task_.state, state); }
  TaskBuilder& in_d_state() { return state(RunState::uninterruptible); }
  TaskBuilder& killable() { return state(RunState::killable); }
  TaskBuilder& running() { return state(RunState::running); }
  TaskBuilder& at(Instant now) { return set(now_, now); }
  // Waits so long already, and as long in its call if it is in one.
  TaskBuilder& for_(Duration waiting) {
    task_.off_cpu_since = now_ - waiting;
    task_.off_cpu_since_exact = true;
    if (task_.call) task_.call->entered = now_ - waiting;
    return *this;
  }
  TaskBuilder& in_call(int number, std::uint64_t sequence = 1) {
    task_.call = SystemCall{};
    task_.call->number = number;
    task_.call->sequence = sequence;
    task_.call->entered = task_.off_cpu_since.value_or(now_);
    return *this;
  }
  TaskBuilder& on_file(const FileFacts& file) {
    task_.details->file = file;
    return *this;
  }
  TaskBuilder& switches(std::uint64_t count) { return set(task_.switch_count, count); }
  TaskBuilder& kill_pending_for(Duration pending) {
    task_.kill_pending = true;
    task_.kill_pending_since = now_ - pending;
    return *this;
  }
  TaskBuilder& kernel_thread() {
    task_.kernel_thread = true;
    task_.registers.reset();
    if (task_.details) task_.details->exe.clear();
    return *this;
  }
  // In its call on a CPU, or waiting for one, without a sleep for so long.
  TaskBuilder& looping_for(Duration looping) {
    task_.scheduling.looping_since = now_ - looping;
    return running();
  }
  TaskBuilder& runnable_for(Duration runnable) {
    task_.scheduling.runnable_since = now_ - runnable;
    return running();
  }
  TaskBuilder& on_cpu(int cpu, int policy = 0, int priority = 0) {
    task_.scheduling.cpu = cpu;
    task_.scheduling.policy = policy;
    return set(task_.scheduling.rt_priority, priority);
  }
  TaskBuilder& used(Duration in_kernel, Duration in_user_mode) {
    task_.system_time_ns = static_cast<std::uint64_t>(in_kernel.count());
    return set(task_.user_time_ns, static_cast<std::uint64_t>(in_user_mode.count()));
  }
  TaskBuilder& spinning(const LoopFacts& loop) {
    task_.loop = loop;
    return running();
  }
  TaskBuilder& frozen_by_cgroup() { return set(task_.cgroup_frozen, true); }
  TaskBuilder& traced_by(int tgid) { return state(RunState::traced).set(task_.tracer_tgid, tgid); }
  // Of how many threads its process has.
  TaskBuilder& one_of(unsigned threads) { return set(task_.process_threads, threads); }
  TaskBuilder& dead() { return state(RunState::dead); }
  // A Death was reported for a thread of its process.
  TaskBuilder& after_a_death() { return set(task_.death_seen, true); }

  // In D state, for a mutex of the kernel with this owner.
  TaskBuilder& for_kernel_mutex(std::uint64_t address, const Task& owner) {
    task_.state = RunState::uninterruptible;
    task_.details->kernel_lock =
        KernelLock{KernelLockKind::mutex, address, KernelHolder::known, owner.address, owner.id, 0};
    return *this;
  }
  TaskBuilder& for_kernel_lock(const KernelLock& lock) {
    task_.state = RunState::uninterruptible;
    task_.details->kernel_lock = lock;
    return *this;
  }
  TaskBuilder& at_address(std::uint64_t address) { return set(task_.address, address); }
  TaskBuilder& without_details() {
    task_.details.reset();
    return *this;
  }

  // The id that its own PID namespace gives it.
  TaskBuilder& known_as(int tid, std::uint32_t pid_namespace = first_namespace) {
    task_.namespace_tid = tid;
    return set(task_.pid_namespace, pid_namespace);
  }
  TaskBuilder& in_futex(std::uint64_t word, std::uint32_t expected, int operation = FUTEX_WAIT_PRIVATE,
                        std::uint64_t timeout = 0) {
    in_call(SYS_futex);
    task_.call->arguments = {word, static_cast<std::uint64_t>(operation), expected, timeout, 0, 0};
    return *this;
  }
  TaskBuilder& with_timeout() {
    (*task_.call->arguments)[3] = 0x7ffd1000;
    return *this;
  }
  TaskBuilder& in_function(const std::string& function, const std::string& module = "/usr/lib/libc.so.6") {
    if (!task_.user_side) task_.user_side.emplace();
    task_.user_side->stack.push_back({0x401000, function, 1, module});
    return *this;
  }
  TaskBuilder& with_memory(const WordSurroundings& memory) {
    if (!task_.user_side) task_.user_side.emplace();
    task_.user_side->word = memory;
    return *this;
  }
  // A mutex of glibc; an owner by the id that the PID namespace gives it.
  TaskBuilder& waiting_in_mutex(std::uint64_t address, int owner, std::uint32_t kind = 0) {
    return in_futex(address, 2)
        .in_function("___pthread_mutex_lock")
        .with_memory(a_mutex(address, owner, kind));
  }
  TaskBuilder& joining(int thread) {
    return in_futex(0x7f0000001910, static_cast<std::uint32_t>(thread),
                    FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME)
        .in_function("__pthread_clockjoin_ex");
  }
  TaskBuilder& waiting_for_condition(std::uint64_t word) {
    return in_futex(word, 0, FUTEX_WAIT_BITSET_PRIVATE).in_function("pthread_cond_wait@@GLIBC_2.3.2");
  }

  operator Task() const { return task_; }  // NOLINT(google-explicit-constructor): tests read naturally

 private:
  template <typename T>
  TaskBuilder& set(T& member, const T& value) {
    member = value;
    return *this;
  }

  Task task_;
  Instant now_ = test_now;
};

inline TaskBuilder a_thread() {
  return {};
}

class FindingBuilder {
 public:
  FindingBuilder() {
    finding_.key.cause = Cause::uninterruptible_wait;
    finding_.certainty = Certainty::likely;
    finding_.unit = "victim.service";
    of(a_thread().in_d_state().for_(std::chrono::seconds(60))).lasting(std::chrono::seconds(60));
  }

  FindingBuilder& of(const Task& task) {
    finding_.task = task;
    finding_.threads = {StuckThread{task, {}, {}, {}}};
    return identify();
  }
  FindingBuilder& and_thread(const Task& task) {
    finding_.threads.push_back(StuckThread{task, {}, {}, {}});
    return *this;
  }
  FindingBuilder& waited_for_by(const Task& victim, Duration waiting = std::chrono::seconds(30)) {
    finding_.victims.push_back(StuckThread{victim, waiting, waiting, "a lock"});
    return *this;
  }
  FindingBuilder& cause(Cause cause) {
    finding_.key.cause = cause;
    return identify();
  }
  FindingBuilder& certainty(Certainty certainty) {
    finding_.certainty = certainty;
    return *this;
  }
  FindingBuilder& lasting(Duration lasted) {
    finding_.lasted = lasted;
    finding_.since = test_now - lasted;
    return *this;
  }
  FindingBuilder& unit(const std::string& unit) {
    finding_.unit = unit;
    return *this;
  }

  operator Finding() const { return finding_; }  // NOLINT(google-explicit-constructor): tests read naturally

 private:
  // Findings about a whole process go by its leader's id.
  FindingBuilder& identify() {
    const ProcessId& process = finding_.task.process;
    const Cause cause = finding_.key.cause;
    const bool by_leader =
        cause == Cause::unkillable || cause == Cause::lost_leader || cause == Cause::stopped;
    finding_.key.task =
        by_leader ? TaskId{process.tgid, process.tgid, process.start_boottime_ns} : finding_.task.id;
    return *this;
  }

  Finding finding_;
};

inline FindingBuilder a_finding() {
  return {};
}

}  // namespace wedged::test
