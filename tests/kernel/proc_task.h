// SPDX-License-Identifier: Apache-2.0
// ProcTask: what /proc says about one thread, as plain values. The account that BPF's is compared with.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace wedged::test {

// /proc/PID/syscall: absent while the thread runs. Number -1: off CPU outside of calls.
struct ProcSyscall {
  std::int64_t number = -1;
  std::array<std::uint64_t, 6> arguments{};
  std::uint64_t stack_pointer = 0;
  std::uint64_t instruction_pointer = 0;

  bool operator==(const ProcSyscall&) const = default;
};

struct ProcTask {
  int tgid = 0;
  int tid = 0;
  std::string comm;
  std::string process_comm;
  char state = '?';
  int parent = 0;
  std::uint64_t start_ticks = 0;
  std::uint64_t process_start_ticks = 0;
  std::uint64_t switches = 0;
  std::uint32_t uid = 0;
  bool kill_pending = false;  // on the thread itself
  std::optional<ProcSyscall> syscall;
  std::vector<std::string> stack;  // innermost first
  std::string exe;
  std::string cgroup;

  bool operator==(const ProcTask&) const = default;
};

// Throws if there is no such thread.
[[nodiscard]] ProcTask read_proc_task(int tgid, int tid);

[[nodiscard]] std::string file_text(const std::string& path);
[[nodiscard]] std::string link_text(const std::string& path);
[[nodiscard]] std::vector<std::string> lines_of(const std::string& text);
// The value behind "Name:" in a status file.
[[nodiscard]] std::string field_of(const std::string& text, const std::string& name);

[[nodiscard]] std::vector<int> threads_of(int tgid);
// What user mode and both modes together took of the CPU, as the kernel's own counters have it;
// /proc/PID/stat shows them adjusted to the scheduler's sum. Precondition: one thread.
[[nodiscard]] std::uint64_t user_time_of(int tgid);
[[nodiscard]] std::uint64_t cpu_time_of(int tgid);

// Waits until the thread is off CPU within this call.
void await_call(int tgid, int tid, long number);
void await_state(int tgid, int tid, char state);

}  // namespace wedged::test
