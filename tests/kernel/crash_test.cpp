// SPDX-License-Identifier: Apache-2.0
// A thread that ends alone in its handler for a fatal signal is told, once, and its process is marked as long
// as it lives; whoever comes back from the handler, or takes its process along, is not.
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "child.h"
#include "kernel_test.h"
#include "proc_task.h"
#include "watch.h"

namespace wedged::test {
namespace {

Shared<int>& phase() {
  static Shared<int> shared;
  return shared;
}

class CrashRecord : public KernelTest {
 protected:
  using Handler = void (*)(int);

  // A child whose second thread does this when it is told to; the first then waits for the test.
  static Child start(Handler handler, void (*work)(), int signal = SIGSEGV) {
    Child child([=](const Line& line) {
      if (handler != nullptr) ::signal(signal, handler);
      line.say();
      if (!line.hear()) return 1;
      pthread_t thread{};
      pthread_create(&thread, nullptr, run, reinterpret_cast<void*>(work));
      pthread_detach(thread);
      while (true) pause();
    });
    child.hear();
    return child;
  }

  // The same, and then the first thread becomes sleep(1): as soon as the other one lives on, or is gone.
  static Child start_before_exec(Handler handler, void (*work)()) {
    Child child([=](const Line& line) {
      ::signal(SIGSEGV, handler);
      line.say();
      if (!line.hear()) return 1;
      pthread_t thread{};
      pthread_create(&thread, nullptr, run, reinterpret_cast<void*>(work));
      while (*phase() == 0 && threads_of(getpid()).size() > 1) usleep(1000);
      return execl("/bin/sleep", "sleep", "1000", nullptr);
    });
    child.hear();
    return child;
  }

  static std::vector<Crash> crashes_after(Observer& observer, const Child& child,
                                          const std::function<bool()>& has_come) {
    child.say();
    await("the end of the thread's work", has_come);
    return scan(observer).crashes;
  }

  static void await_exec(const Child& child) {
    await("the other program", [&] { return read_proc_task(child.pid(), child.pid()).comm == "sleep"; });
    await_call(child.pid(), child.pid(), SYS_clock_nanosleep);
  }

  static bool first_thread_is_alone(const Child& child) {
    return threads_of(child.pid()).size() == 1 && read_proc_task(child.pid(), child.pid()).state == 'S' &&
           read_proc_task(child.pid(), child.pid()).syscall.value_or(ProcSyscall{}).number == SYS_pause;
  }

 private:
  static void* run(void* work) {
    reinterpret_cast<void (*)()>(work)();
    return nullptr;
  }
};

void touch_what_is_not_there() {
  auto* memory = static_cast<volatile char*>(mmap(nullptr, 1, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  memory[0] = 1;
}

void end_the_thread(int) {
  syscall(SYS_exit, 0);
}

sigjmp_buf way_out;
void jump_out(int) {
  siglongjmp(way_out, 1);
}
void come_back_by_a_jump_and_live() {
  if (sigsetjmp(way_out, 1) == 0) touch_what_is_not_there();
  *phase() = 1;
  while (true) pause();
}

const Task* leader_in(const Snapshot& snapshot, const Child& child) {
  return find(snapshot, child.pid());
}

TEST_F(CrashRecord, is_made_of_a_thread_that_ends_in_its_handler) {
  const auto child = start([](int) { pthread_exit(nullptr); }, touch_what_is_not_there);
  auto observer = watch({child.pid()});
  observer.probes().set_limits({});
  const auto begun = now();
  const auto crashes = crashes_after(observer, child, [&] { return first_thread_is_alone(child); });
  const auto ended = now();
  ASSERT_EQ(crashes.size(), 1U);
  const auto& crash = crashes[0];
  same("process", crash.process.tgid, child.pid());
  same("process of the thread", crash.id.tgid, child.pid());
  holds("it is the other thread", crash.id.tid != child.pid());
  same("signal", crash.signal, SIGSEGV);
  between("delivered", begun, crash.delivered, ended);
  between("exited", crash.delivered, crash.exited, ended);
  same("comm", crash.process_comm, read_proc_task(child.pid(), child.pid()).comm);
  same("once", scan(observer).crashes.size(), 0U);
}

TEST_F(CrashRecord, marks_its_process_as_long_as_that_lives) {
  auto child = start(end_the_thread, touch_what_is_not_there);
  auto observer = watch({child.pid()});
  observer.probes().set_limits({});
  const auto* before = leader_in(scan(observer), child);
  holds("nothing is said of it before", before == nullptr);
  const auto crashes = crashes_after(observer, child, [&] { return first_thread_is_alone(child); });
  ASSERT_EQ(crashes.size(), 1U);
  for (int scans = 0; scans < 3; ++scans) {
    const auto snapshot = scan(observer);
    const auto* leader = leader_in(snapshot, child);
    ASSERT_NE(leader, nullptr);
    holds("a thread of it has crashed", leader->crashed_thread_seen);
    holds("it is no suspect for that", !leader->suspect);
    holds("it is the crash's process", leader->process == crashes[0].process);
  }
  child.signal(SIGKILL);
  const int pid = child.pid();
  child.wait();
  holds("it is gone with its process", find(scan(observer), pid) == nullptr);
}

// As SIGPROF, SIGALRM or SIGCHLD may come while a handler writes its report.
TEST_F(CrashRecord, is_made_where_another_handler_returned_within_the_handler) {
  constexpr Handler interrupted = [](int) {
    ::signal(SIGUSR1, [](int) {});
    syscall(SYS_tgkill, getpid(), gettid(), SIGUSR1);
    syscall(SYS_exit, 0);
  };
  const auto child = start(interrupted, touch_what_is_not_there);
  auto observer = watch({child.pid()});
  same("crashes", crashes_after(observer, child, [&] { return first_thread_is_alone(child); }).size(), 1U);
}

TEST_F(CrashRecord, is_not_made_of_a_handler_that_another_interrupted_and_that_returns) {
  constexpr Handler interrupted = [](int) {
    ::signal(SIGUSR1, [](int) {});
    syscall(SYS_tgkill, getpid(), gettid(), SIGUSR1);
  };
  const auto child = start(
      interrupted, [] { pthread_kill(pthread_self(), SIGABRT); }, SIGABRT);
  auto observer = watch({child.pid()});
  same("crashes", crashes_after(observer, child, [&] { return first_thread_is_alone(child); }).size(), 0U);
}

TEST_F(CrashRecord, is_not_made_of_a_handler_that_returns) {
  const auto child = start([](int) {}, [] { pthread_kill(pthread_self(), SIGABRT); }, SIGABRT);
  auto observer = watch({child.pid()});
  same("crashes", crashes_after(observer, child, [&] { return first_thread_is_alone(child); }).size(), 0U);
}

TEST_F(CrashRecord, is_not_made_while_a_thread_that_jumped_out_of_its_handler_lives) {
  *phase() = 0;
  const auto child = start(jump_out, come_back_by_a_jump_and_live);
  auto observer = watch({child.pid()});
  same("crashes", crashes_after(observer, child, [] { return *phase() == 1; }).size(), 0U);
  for (int scans = 0; scans < 20; ++scans) same("crashes later", scan(observer).crashes.size(), 0U);
  child.signal(SIGKILL);
  await("its end", [&] { return read_proc_task(child.pid(), child.pid()).state == 'Z'; });
  same("crashes when it is killed", scan(observer).crashes.size(), 0U);
}

TEST_F(CrashRecord, is_not_made_where_the_process_dies) {
  constexpr Handler none = nullptr, whole_process = [](int) { _exit(0); };
  for (const auto handler : {none, whole_process}) {
    auto child = start(handler, touch_what_is_not_there);
    auto observer = watch({child.pid()});
    const auto is_dead = [&] { return read_proc_task(child.pid(), child.pid()).state == 'Z'; };
    same("crashes", crashes_after(observer, child, is_dead).size(), 0U);
    const int status = child.wait();
    holds("it died of the signal, or in its handler", handler == nullptr ? WIFSIGNALED(status) : status == 0);
  }
}

// It jumped out of its handler long ago.
TEST_F(CrashRecord, is_not_made_of_a_thread_that_an_exec_ends) {
  *phase() = 0;
  auto child = start_before_exec(jump_out, come_back_by_a_jump_and_live);
  auto observer = watch({child.pid()});
  child.say();
  await_exec(child);
  same("crashes", scan(observer).crashes.size(), 0U);
}

TEST_F(CrashRecord, is_forgotten_with_the_program_that_had_crashed) {
  *phase() = 0;
  auto child = start_before_exec(end_the_thread, touch_what_is_not_there);
  auto observer = watch({child.pid()});
  child.say();
  await_exec(child);
  const auto snapshot = scan(observer);
  same("crashes", snapshot.crashes.size(), 1U);
  const auto* leader = leader_in(snapshot, child);
  ASSERT_NE(leader, nullptr);
  holds("the new program has not crashed", !leader->crashed_thread_seen);
}

}  // namespace
}  // namespace wedged::test
