// SPDX-License-Identifier: Apache-2.0
// What the kernel says about one task at one moment, as plain values. Absent is not zero: what may be unknown
// is optional. Knows nothing of BPF, of time passing or of what is good or bad.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "observation/block_device.h"
#include "observation/kernel_lock.h"
#include "observation/loop_facts.h"
#include "observation/other_end.h"
#include "observation/process_id.h"
#include "observation/task_id.h"
#include "util/clock.h"

namespace wedged {

enum class RunState {
  running,          // on a CPU or waiting for one
  sleeping,         // S: a signal ends the wait
  uninterruptible,  // D: nothing but its own event ends the wait
  killable,         // D: its own event or a fatal signal ends the wait
  idle,             // I: uninterruptible, but waiting for work
  frozen,           // taken out of the scheduler by a freezer
  stopped,          // T
  traced,           // t
  dead,             // Z or X
  unknown,
};

// One wait of one thread: over as soon as the thread has been switched in again.
struct Wait {
  TaskId task;
  std::uint64_t switch_count = 0;

  auto operator<=>(const Wait&) const = default;
};

// True for the two states that ps shows as D.
[[nodiscard]] inline bool in_d_state(RunState state) {
  return state == RunState::uninterruptible || state == RunState::killable;
}

struct SystemCall {
  int number = -1;
  bool compat = false;                    // made through the 32-bit interface: other numbers, other names
  std::optional<Instant> entered;         // absent: entered before the monitor watched
  std::optional<std::uint64_t> sequence;  // the thread's calls counted since the monitor watches
  std::optional<std::array<std::uint64_t, 6>> arguments;

  // Same call, not merely the same number: entry time and sequence agree where both are known.
  [[nodiscard]] bool same_as(const SystemCall& other) const;

  bool operator==(const SystemCall&) const = default;
};

// Where the task was when it left user mode. Equal twice in a row with an equal switch count: it has not
// moved.
struct UserRegisters {
  std::uint64_t instruction_pointer = 0;
  std::uint64_t stack_pointer = 0;

  auto operator<=>(const UserRegisters&) const = default;
};

// The file behind the descriptor in the call's first argument, read from kernel memory: nothing was opened or
// stat()ed.
struct FileFacts {
  std::string path;          // as mounted in the file's own mount namespace; "..." for missing names.
  std::string fs_type;       // "ext4", "nfs4", "fuse", ...
  std::string mount_source;  // "/dev/mapper/data", "server:/export", ...
  std::string mount_point;
  std::uint32_t device_major = 0;  // of the file system, or of the node itself for a block device
  std::uint32_t device_minor = 0;
  bool is_block_device = false;
  bool fs_frozen = false;  // the file system is frozen (fsfreeze, dmsetup suspend)
  std::uint64_t inode = 0;
  std::uint64_t connection = 0;  // opaque: equal to FuseServer::connection of its server; 0 = none

  bool operator==(const FileFacts&) const = default;
};

// A process that serves a FUSE connection.
struct FuseServer {
  ProcessId process;
  std::string comm;
  std::uint64_t connection = 0;

  bool operator==(const FuseServer&) const = default;
};

// All user registers of a thread that is off its CPU, by DWARF number of the architecture (x86_64: rax, rdx,
// rcx, rbx, rsi, rdi, rbp, rsp, r8 to r15, rip; arm64: x0 to x30, sp, pc). Unused slots are 0.
inline constexpr std::size_t dwarf_registers = 33;
using AllRegisters = std::array<std::uint64_t, dwarf_registers>;

// One frame of a user stack.
struct UserFrame {
  std::uint64_t address = 0;  // where it will go on: for all but the innermost frame the return address
  std::string function;       // demangled; empty: unknown
  std::uint64_t offset =
      0;  // of the address from the function's start, or from the module's if no function is known
  std::string module;  // path as mapped; "[vdso]"; empty: no file

  bool operator==(const UserFrame&) const = default;
};

// Memory around a futex word.
struct WordSurroundings {
  std::uint64_t begin = 0;          // address of the first byte
  std::vector<std::uint8_t> bytes;  // as far as it could be read; the word is in it

  bool operator==(const WordSurroundings&) const = default;
};

// What the inspector read of one thread: the user side of its wait. Belongs to one wait: gone when the thread
// moves.
struct UserSide {
  std::vector<UserFrame> stack;  // innermost first
  bool stack_complete = false;   // unwound to the outermost frame
  std::optional<WordSurroundings> word;
  std::vector<WordSurroundings>
      pointed;                       // memory that its registers and the surroundings of its word point to
  std::vector<std::string> missing;  // "user stack: no registers", ...

  bool operator==(const UserSide&) const = default;
};

// What of the scheduler concerns a thread that runs or would like to.
struct Scheduling {
  std::optional<Instant> runnable_since;  // waits for a CPU; absent: on one, asleep, or not known
  // In one and the same call, never asleep and never in user mode, since then at the latest.
  std::optional<Instant> looping_since;
  bool throttled = false;           // its cgroup has used up its quota (cpu.max)
  int cpu = 0;                      // where it runs, is queued or ran last
  int policy = 0;                   // SCHED_*, sched(7)
  int rt_priority = 0;              // 1 to 99 for SCHED_FIFO and SCHED_RR
  std::optional<int> cpu_occupant;  // thread id of who runs on that CPU now

  bool operator==(const Scheduling&) const = default;
};

// A path that the kernel is following for the thread: in lookup, open, stat and the like.
struct PathWalk {
  std::string name;  // as the caller gave it, the kernel's copy
  FileFacts place;   // how far it has come: the folder or file it looks at now

  bool operator==(const PathWalk&) const = default;
};

// Facts read by the second pass for one suspect only.
struct TaskDetails {
  std::vector<std::string> kernel_stack;  // innermost first, "symbol+0x10/0x40 [module]"
  std::optional<FileFacts> file;
  std::optional<DeviceFacts> device;  // of the file, or of its file system
  std::optional<FuseServer> server;   // of the file's FUSE connection
  std::string exe;                    // empty: kernel thread or gone
  std::string cgroup;                 // path in the unified hierarchy, "/" for its root; empty: unknown
  std::optional<unsigned>
      parent_threads;  // of its parent now; read only where it was forked before the monitor watched
  std::optional<AllRegisters> registers;  // absent for kernel threads, 32-bit tasks and on a CPU
  // Of its user stack at `registers`, of a thread that runs on and leaves nothing as it was. Never recorded.
  std::optional<WordSurroundings> stack_copy;
  std::optional<KernelLock> kernel_lock;  // absent: waits for none of the kernel's locks
  std::optional<PathWalk> path_walk;
  std::optional<FileFacts> mapped_file;           // of the mapping in which it takes a page fault
  std::optional<int> vfork_child;                 // thread id of the child whose exec or exit it waits for
  std::optional<std::uint64_t> descriptor_limit;  // RLIMIT_NOFILE of the process
  std::optional<SocketFacts>
      socket;  // behind the descriptor of a call that reads, writes, accepts or connects
  std::optional<OtherEnd> other_end;  // of that socket, or of the pipe

  bool operator==(const TaskDetails&) const = default;
};

// The file that the thread's present wait is about: of the page fault it takes, else of the path it follows,
// else behind the descriptor in the call's first argument. Null: none is known.
[[nodiscard]] const FileFacts* file_waited_for(const TaskDetails& details);

struct Task {
  TaskId id;
  ProcessId process;
  std::string comm;
  std::string process_comm;
  std::optional<std::uint32_t> uid;
  int parent_tgid = 0;
  RunState state = RunState::unknown;
  bool kernel_thread = false;
  bool exiting = false;       // PF_EXITING: on its way out
  bool kill_pending = false;  // SIGKILL, or a group exit it has not followed yet
  bool dumping_core = false;
  std::uint64_t switch_count = 0;  // voluntary and involuntary
  std::uint64_t system_time_ns = 0;
  std::uint64_t user_time_ns = 0;
  std::optional<Instant> off_cpu_since;  // start of the present wait
  bool off_cpu_since_exact = false;      // false: reckoned from the scheduler's own figures
  std::optional<Instant> kill_pending_since;
  bool kill_pending_exact = false;         // false: since then at the latest
  std::optional<SystemCall> call;          // absent: not inside a system call
  std::optional<UserRegisters> registers;  // absent for kernel threads
  std::optional<TaskDetails> details;      // absent: not read (yet), or it vanished meanwhile
  std::optional<UserSide> user_side;       // absent: not inspected (yet), or it could not be

  // For locks, whose owners are named by ids of the process's own PID namespace.
  int namespace_tid = 0;                    // in the innermost namespace; 0: unknown
  std::uint32_t pid_namespace = 0;          // inode number of it; 0: unknown
  unsigned process_threads = 0;             // threads of the process, as the kernel counts them
  bool suspect = true;                      // false: in the snapshot only because its process is watched
  bool forked_without_exec = false;         // PF_FORKNOEXEC: forked and never called exec
  std::optional<bool> forked_from_threads;  // of the process; absent: forked before the monitor watched
  std::optional<bool> shares_memory;        // with its parent: vfork, or clone with CLONE_VM; absent: unknown
  bool crashed_thread_seen = false;         // of the process: a Crash was reported for one of its threads
  bool death_seen = false;                  // of the process: a Death was reported for one of its threads

  std::uint64_t address = 0;   // opaque: who has it now, as locks of the kernel name their owners; 0: unknown
  bool io_worker = false;      // made by the kernel inside its process, for io_uring
  bool group_exiting = false;  // the whole process has been told to exit
  bool cgroup_frozen = false;  // by cgroup.freeze; what ps shows is S
  int tracer_tgid = 0;         // process that traces it (ptrace); 0: none
  Scheduling scheduling;
  std::optional<LoopFacts> loop;  // absent: its calls are not counted

  bool operator==(const Task&) const = default;
};

// By job control, a tracer or a freezer, whatever ps shows.
[[nodiscard]] inline bool is_stopped(const Task& task) {
  const bool by_state =
      task.state == RunState::stopped || task.state == RunState::traced || task.state == RunState::frozen;
  return by_state || (task.cgroup_frozen && task.state != RunState::dead);
}

}  // namespace wedged
