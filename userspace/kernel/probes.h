// SPDX-License-Identifier: Apache-2.0
// Probes: the loaded BPF programs and their maps. Hands out bytes and counters; decode.h knows what they
// mean. Not thread-safe; the scan loop owns it. Everything is detached and freed by the destructor.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kernel/decode_ends.h"
#include "kernel/iterator.h"
#include "kernel/loop_probe.h"
#include "kernel/plan.h"
#include "kernel/scope_keeper.h"
#include "observation/snapshot.h"
#include "observation/suspect_limits.h"
#include "observation/syscall_stats.h"
#include "util/result.h"

namespace wedged {

// Some of the descriptors of a thread.
struct TaskDescriptors {
  TaskId task;
  std::vector<int> descriptors;  // at most Probes::most_descriptors
};

struct AttachedProgram {
  std::string name;
  bool attached = false;
  std::string reason;  // why not; empty if attached
  bool wanted = true;  // false: that is so by choice
};

class Probes {
 public:
  static constexpr std::size_t greatest_pass = 1024;
  static constexpr std::size_t most_watched = 256;
  static constexpr std::size_t greatest_end_pass = 256;
  static constexpr std::size_t most_descriptors = 8;
  static constexpr std::size_t most_ends_sought = 1024;

  // Loads, makes the storage of all existing threads, attaches. Fails if a required program cannot be loaded;
  // optional ones are noted in programs(). On failure nothing stays loaded.
  [[nodiscard]] static Result<Probes> load(const Plan& plan, const KernelFacts& facts,
                                           const ProbeScope& scope);
  Probes(const Probes&) = delete;
  Probes& operator=(const Probes&) = delete;
  Probes(Probes&&) noexcept;
  Probes& operator=(Probes&&) noexcept;
  ~Probes();

  [[nodiscard]] const std::vector<AttachedProgram>& programs() const;

  void set_limits(const SuspectLimits& limits);

  // First pass: task records of suspects. What the scope names is found again before.
  [[nodiscard]] Status scan(const ByteSink& sink);
  // Second pass: detail records of these tasks, as far as they still exist. A start time of 0 stands for
  // whoever has the id now. At most `greatest_pass` tasks.
  [[nodiscard]] Status details(const std::vector<TaskId>& wanted, const ByteSink& sink);
  // These waits in a futex are no reason to emit their threads any more, until they end or the epoch does.
  [[nodiscard]] Status set_aside(const std::vector<Wait>& waits);
  void begin_aside_epoch();
  // From now on the first pass emits every thread of these processes. At most `most_watched`.
  void set_watched(const std::vector<ProcessId>& processes);
  // Records of the processes that hold /dev/fuse. Kind `unsupported` if the kernel has no such iterator.
  [[nodiscard]] Status fuse_servers(const ByteSink& sink);
  // Records of all threads and of their cgroups. Kind `unsupported` if the plan was made without a census.
  [[nodiscard]] Status census(const ByteSink& sink);
  // Records of those of these descriptors that are ends of pipes or sockets. At most `greatest_end_pass`
  // threads.
  [[nodiscard]] Status ends(const std::vector<TaskDescriptors>& asked, const ByteSink& sink);
  // Records of the descriptors of all processes that are open for these. Kind `unsupported` as above; at most
  // `most_ends_sought`.
  [[nodiscard]] Status holders(const std::vector<EndKey>& sought, const ByteSink& sink);
  // Looks closer at loops; not available() where calls are not tracked.
  [[nodiscard]] LoopProbe& loops();
  // Records that came through the ring buffer since the last time.
  void drain(const ByteSink& sink);

  // As the last scan found it.
  [[nodiscard]] const WatchedScope& scope() const;
  [[nodiscard]] std::uint64_t threads_scanned() const;
  [[nodiscard]] std::uint64_t hung_task_reports() const;
  [[nodiscard]] LossesByReason losses() const;
  // CLOCK_MONOTONIC less the kernel's own clock of the scheduler and of its log, by the last scans, to within
  // milliseconds; zero where it could not be told.
  [[nodiscard]] Duration kernel_clock_difference() const;
  [[nodiscard]] SyscallTable syscalls() const;
  [[nodiscard]] std::vector<OldestCall> oldest_calls() const;

 private:
  struct State;
  explicit Probes(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace wedged
