// SPDX-License-Identifier: Apache-2.0
#include "inject/task_state.h"

#include <fstream>
#include <string>
#include <thread>

namespace wedged::inject {
namespace {

std::string task_file(int pid, int tid, const char* name) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/task/" + std::to_string(tid) + "/" + name);
  std::string text;
  std::getline(file, text);
  return text;
}

// The letter after the name, which is in parentheses and may contain some; '\0' if the thread is gone.
char state_of(int pid, int tid) {
  const std::string stat = task_file(pid, tid, "stat");
  const auto end_of_name = stat.rfind(')');
  return end_of_name == std::string::npos || end_of_name + 2 >= stat.size() ? '\0' : stat[end_of_name + 2];
}

bool holds(int pid, int tid, Awaited awaited) {
  const char state = state_of(pid, tid);
  switch (awaited.what) {
    case Awaited::What::nothing: return true;
    case Awaited::What::disk_sleep: return state == 'D';
    case Awaited::What::stopped: return state == 'T' || state == 't';
    case Awaited::What::runnable: return state == 'R';
    case Awaited::What::gone: return state == '\0' || state == 'Z' || state == 'X';
    case Awaited::What::sleeping_in_call:
      // The file says "running" of a thread that is not asleep.
      return state == 'S' && task_file(pid, tid, "syscall").starts_with(std::to_string(awaited.call) + " ");
  }
  return false;
}

}  // namespace

bool comes_true(int pid, int tid, Awaited awaited) {
  const auto give_up = std::chrono::steady_clock::now() + long_enough;
  while (!holds(pid, tid, awaited)) {
    if (std::chrono::steady_clock::now() > give_up) return false;
    sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

void sleep_for(Duration duration) {
  std::this_thread::sleep_for(duration);
}

}  // namespace wedged::inject
