// SPDX-License-Identifier: Apache-2.0
// By which id a thread is known in its own PID namespace, which one that is, and how many threads its process
// has: as /proc has it, in the first namespace and two further down.
#include <sched.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "child.h"
#include "kernel_test.h"
#include "proc_task.h"
#include "watch.h"

namespace wedged::test {
namespace {

class NamespaceParity : public KernelTest {};

std::string folder_of(int tgid, int tid) {
  return "/proc/" + std::to_string(tgid) + "/task/" + std::to_string(tid);
}

// "NSpid:	4711	12	1": the last is the innermost.
int innermost_id(int tgid, int tid) {
  const auto ids = field_of(file_text(folder_of(tgid, tid) + "/status"), "NSpid");
  return std::stoi(ids.substr(ids.find_last_of(" \t") + 1));
}

std::uint32_t pid_namespace_of(int tgid, int tid) {
  struct stat status {};
  must(stat((folder_of(tgid, tid) + "/ns/pid").c_str(), &status), "stat of the namespace");
  return static_cast<std::uint32_t>(status.st_ino);
}

// As the first namespace has it; 0: there is none.
int child_of(int parent) {
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const auto name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    try {
      if (std::stoi(field_of(file_text(entry.path() / "status"), "PPid")) == parent) return std::stoi(name);
    } catch (const std::exception&) {  // it has gone meanwhile
    }
  }
  return 0;
}

void wait_in_three_threads() {
  std::thread([] { pause(); }).detach();
  std::thread([] { pause(); }).detach();
  while (true) pause();
}

void expect_ids_of_proc(Observer& observer, int tgid) {
  const auto threads = threads_of(tgid);
  same<std::size_t>("threads of the child", threads.size(), 3);
  for (const int tid : threads) {
    SCOPED_TRACE(tid);
    await_call(tgid, tid, SYS_pause);
    const auto sample = observer.sample_again({tgid, tid, 0});
    ASSERT_TRUE(sample.ok());
    same("id in its own namespace", sample->namespace_tid, innermost_id(tgid, tid));
    same("that namespace", sample->pid_namespace, pid_namespace_of(tgid, tid));
    same("threads of the process", std::to_string(sample->process_threads),
         field_of(file_text(folder_of(tgid, tid) + "/status"), "Threads"));
  }
}

TEST_F(NamespaceParity, of_a_process_in_the_first_namespace) {
  Child child([](const Line&) -> int {
    wait_in_three_threads();
    return 1;
  });
  await("three threads", [&] { return threads_of(child.pid()).size() == 3; });
  auto observer = watch({child.pid()});
  expect_ids_of_proc(observer, child.pid());
  same("the id is the same everywhere", innermost_id(child.pid(), child.pid()), child.pid());
}

// unshare(2) of CLONE_NEWPID is for the children to come.
int fork_into_a_namespace_of_its_own() {
  must(unshare(CLONE_NEWPID), "unshare");
  const int inner = must(fork(), "fork");
  if (inner == 0) die_with_parent(0);  // which is not visible from inside
  return inner;
}

TEST_F(NamespaceParity, of_a_process_two_namespaces_down) {
  Child child([](const Line& line) -> int {
    if (fork_into_a_namespace_of_its_own() == 0) {
      if (fork_into_a_namespace_of_its_own() == 0) wait_in_three_threads();
      while (true) pause();
    }
    return wait_for_ever(line);
  });
  child.hear();
  int innermost = 0;
  await("the grandchild's child", [&] {
    const int inner = child_of(child.pid());
    innermost = inner == 0 ? 0 : child_of(inner);
    return innermost != 0 && threads_of(innermost).size() == 3;
  });
  auto observer = watch({innermost});
  expect_ids_of_proc(observer, innermost);
  same("it is the first there", innermost_id(innermost, innermost), 1);
  holds("it is a namespace of its own",
        pid_namespace_of(innermost, innermost) != pid_namespace_of(getpid(), getpid()));
}

}  // namespace
}  // namespace wedged::test
