// SPDX-License-Identifier: Apache-2.0
#include "program.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace wedged::test {
namespace {

std::vector<int> threads_of(int id) {
  std::vector<int> threads;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/" + std::to_string(id) + "/task"))
    threads.push_back(std::stoi(entry.path().filename()));
  return threads;
}

std::string file(int id, int thread, const char* name) {
  std::ifstream stream("/proc/" + std::to_string(id) + "/task/" + std::to_string(thread) + "/" + name);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

std::uint64_t start_of(int id, int thread) {
  const auto text = file(id, thread, "stat");
  std::istringstream fields(text.substr(text.rfind(')') + 2));
  std::string word;
  for (int field = 3; field <= 22; ++field) fields >> word;
  return std::stoull(word) * (1'000'000'000 / static_cast<unsigned long>(sysconf(_SC_CLK_TCK)));
}

bool has_ended(int id, int thread) {
  const auto state = file(id, thread, "stat");
  return state.substr(state.rfind(')') + 2, 1) == "Z";
}

bool waits(int id, int thread) {
  if (has_ended(id, thread)) return true;
  const auto state = file(id, thread, "stat");
  const auto call = file(id, thread, "syscall");
  return state.substr(state.rfind(')') + 2, 1) == "S" && !call.starts_with("running") &&
         !call.starts_with("-1");
}

AllRegisters registers_of(int thread) {
  AllRegisters all{};
  if (ptrace(PTRACE_SEIZE, thread, 0, 0) != 0) return all;
  ptrace(PTRACE_INTERRUPT, thread, 0, 0);
  waitpid(thread, nullptr, __WALL);
  user_regs_struct now{};
  iovec place{&now, sizeof(now)};
  ptrace(PTRACE_GETREGSET, thread, 1 /* NT_PRSTATUS */, &place);
  ptrace(PTRACE_DETACH, thread, 0, 0);
#if defined(__x86_64__)
  all = {now.rax, now.rdx, now.rcx, now.rbx, now.rsi, now.rdi, now.rbp, now.rsp, now.r8,
         now.r9,  now.r10, now.r11, now.r12, now.r13, now.r14, now.r15, now.rip};
#else
  std::copy(std::begin(now.regs), std::end(now.regs), all.begin());
  all[31] = now.sp;
  all[32] = now.pc;
#endif
  return all;
}

std::uint64_t word_address(int id, int thread) {
  std::istringstream fields(file(id, thread, "syscall"));
  int call = -1;
  std::uint64_t first = 0;
  fields >> call >> std::hex >> first;
  return call == SYS_futex ? first : 0;
}

template <typename Condition>
void await(Condition condition) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until)
      throw std::runtime_error("what a test waits for does not come");
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

}  // namespace

Program::Program(const std::vector<std::string>& arguments, unsigned threads) {
  std::vector<char*> words;
  for (const std::string& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe");
  const Fd hear{ends[0]}, say{ends[1]};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, say.get(), STDOUT_FILENO);
  const int failed = posix_spawn(&id_, words[0], &actions, nullptr, words.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) throw std::runtime_error("cannot start " + arguments[0]);
  char byte = 0;
  for (unsigned heard = 0; heard < threads; ++heard)
    if (read(hear.get(), &byte, 1) != 1) throw std::runtime_error("the program died");
  await([&] {
    const auto all = threads_of(id_);
    return all.size() >= threads &&
           std::all_of(all.begin(), all.end(), [&](int thread) { return waits(id_, thread); });
  });
}

Program::~Program() {
  if (id_ <= 0) return;
  kill(id_, SIGKILL);
  waitpid(id_, nullptr, 0);
}

InspectRequest Program::request() const {
  InspectRequest request;
  request.process = process_of(id_);
  for (const int thread : threads_of(id_)) {
    if (has_ended(id_, thread)) continue;
    const auto word = word_address(id_, thread);
    request.threads.push_back(
        {{id_, thread, start_of(id_, thread)}, registers_of(thread), word, std::nullopt});
    await([&] { return waits(id_, thread); });
  }
  return request;
}

ProcessId process_of(int id) {
  return {id, start_of(id, id)};
}

char state_of(int id) {
  const auto text = file(id, id, "stat");
  return text.empty() ? 'X' : text.at(text.rfind(')') + 2);
}

std::string path_of(const std::string& program) {
  return std::string(INSPECTED_PROGRAMS) + "/" + program;
}

}  // namespace wedged::test
