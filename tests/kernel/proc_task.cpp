// SPDX-License-Identifier: Apache-2.0
#include "proc_task.h"

#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "child.h"
#include "kernel_test.h"

namespace wedged::test {
namespace {

struct Stat {
  std::string comm;
  char state = '?';
  int parent = 0;
  std::uint64_t start_ticks = 0;
};

std::string folder_of(int tgid, int tid) {
  return "/proc/" + std::to_string(tgid) + "/task/" + std::to_string(tid);
}

// proc_pid_stat(5): the name stands in parentheses and may itself contain anything; field 22 is the start.
Stat read_stat(int tgid, int tid) {
  const auto text = file_text(folder_of(tgid, tid) + "/stat");
  const auto open = text.find('('), close = text.rfind(')');
  if (close == std::string::npos)
    throw std::runtime_error("thread " + std::to_string(tid) + " does not exist");
  Stat stat;
  stat.comm = text.substr(open + 1, close - open - 1);
  std::istringstream rest(text.substr(close + 1));
  rest >> stat.state >> stat.parent;
  std::string skipped;
  for (int field = 5; field < 22; ++field) rest >> skipped;
  rest >> stat.start_ticks;
  return stat;
}

std::optional<ProcSyscall> read_syscall(int tgid, int tid) {
  std::istringstream words(file_text(folder_of(tgid, tid) + "/syscall"));
  ProcSyscall call;
  if (!(words >> call.number)) return std::nullopt;
  words >> std::hex;
  std::string word;
  const auto next = [&] { return words >> word ? std::stoull(word, nullptr, 16) : 0; };
  if (call.number >= 0) {
    for (auto& argument : call.arguments) argument = next();
  }
  call.stack_pointer = next();
  call.instruction_pointer = next();
  return call;
}

// Lines like "[<0>] futex_wait+0x7c/0xf0".
std::vector<std::string> read_stack(int tgid, int tid) {
  std::vector<std::string> frames;
  for (const auto& line : lines_of(file_text(folder_of(tgid, tid) + "/stack"))) {
    frames.push_back(line.substr(line.find("] ") + 2));
  }
  return frames;
}

std::string read_cgroup(int tgid, int tid) {
  for (const auto& line : lines_of(file_text(folder_of(tgid, tid) + "/cgroup"))) {
    if (line.rfind("0::", 0) == 0) return line.substr(3);
  }
  return {};
}

std::uint64_t process_clock(int tgid, unsigned which) {
  // The layout of a clock id of another process: MAKE_PROCESS_CPUCLOCK, include/linux/posix-timers_types.h.
  const auto id = static_cast<clockid_t>((~static_cast<unsigned>(tgid) << 3U) | which);
  timespec time{};
  must(clock_gettime(id, &time), "clock of a process");
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(time.tv_nsec);
}

}  // namespace

ProcTask read_proc_task(int tgid, int tid) {
  const auto stat = read_stat(tgid, tid);
  const auto status = file_text(folder_of(tgid, tid) + "/status");
  const auto leader = read_stat(tgid, tgid);
  ProcTask task;
  task.tgid = tgid;
  task.tid = tid;
  task.comm = stat.comm;
  task.process_comm = leader.comm;
  task.state = stat.state;
  task.parent = stat.parent;
  task.start_ticks = stat.start_ticks;
  task.process_start_ticks = leader.start_ticks;
  task.switches = std::stoull(field_of(status, "voluntary_ctxt_switches")) +
                  std::stoull(field_of(status, "nonvoluntary_ctxt_switches"));
  task.uid = static_cast<std::uint32_t>(std::stoul(field_of(status, "Uid")));
  task.kill_pending = (std::stoull(field_of(status, "SigPnd"), nullptr, 16) >> (SIGKILL - 1) & 1U) != 0;
  task.syscall = read_syscall(tgid, tid);
  task.stack = read_stack(tgid, tid);
  task.exe = link_text(folder_of(tgid, tid) + "/exe");
  task.cgroup = read_cgroup(tgid, tid);
  return task;
}

std::string file_text(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string link_text(const std::string& path) {
  std::string text(65536, '\0');
  const auto length = readlink(path.c_str(), text.data(), text.size());
  text.resize(length < 0 ? 0 : static_cast<std::size_t>(length));
  return text;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string field_of(const std::string& text, const std::string& name) {
  for (const auto& line : lines_of(text)) {
    if (line.rfind(name + ":", 0) == 0) return line.substr(line.find_first_not_of(" \t", name.size() + 1));
  }
  throw std::runtime_error("no field " + name);
}

std::vector<int> threads_of(int tgid) {
  std::vector<int> threads;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/" + std::to_string(tgid) + "/task")) {
    threads.push_back(std::stoi(entry.path().filename()));
  }
  return threads;
}

std::uint64_t user_time_of(int tgid) {
  return process_clock(tgid, 1);
}
std::uint64_t cpu_time_of(int tgid) {
  return process_clock(tgid, 0);
}

void await_call(int tgid, int tid, long number) {
  await("thread " + std::to_string(tid) + " to wait in call " + std::to_string(number), [&] {
    const auto call = read_syscall(tgid, tid);
    return call && call->number == number;
  });
}

void await_state(int tgid, int tid, char state) {
  await("thread " + std::to_string(tid) + " to be in state " + state,
        [&] { return read_stat(tgid, tid).state == state; });
}

}  // namespace wedged::test
