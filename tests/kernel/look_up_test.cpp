// SPDX-License-Identifier: Apache-2.0
// Which process a thread id belongs to: as /proc has it; nobody for ids that are gone, and for exited leaders
// unless they are asked for; however many are asked about.
#include <unistd.h>

#include "futex_waits.h"
#include "kernel_test.h"
#include "proc_task.h"
#include "watch.h"

namespace wedged::test {
namespace {

class LookUp : public KernelTest {
 protected:
  static std::map<int, ProcessId> look_up(Observer& observer, const std::vector<int>& tids,
                                          bool exited_too = false) {
    auto found = observer.look_up(tids, exited_too);
    if (!found) throw std::runtime_error(found.error().message);
    return *found;
  }
};

TEST_F(LookUp, finds_the_process_of_each_thread_that_there_is) {
  const FutexWaits child({WaitKind::endless, WaitKind::endless});
  Child gone([](const Line&) { return 0; });
  const int gone_pid = gone.pid();
  gone.wait();
  auto observer = watch({gone_pid});  // whom it scans makes no difference
  auto asked = threads_of(child.pid());
  asked.push_back(gone_pid);
  asked.push_back(getpid());
  const auto found = look_up(observer, asked);
  same("found", found.size(), asked.size() - 1);
  for (const int tid : threads_of(child.pid())) same("process", found.at(tid).tgid, child.pid());
  same("process of the test", found.at(getpid()).tgid, getpid());
  same("a process that is gone", found.count(gone_pid), 0U);
}

TEST_F(LookUp, finds_leaders_that_have_exited_only_if_asked_to) {
  const FutexWaits child({WaitKind::endless}, true);
  await_state(child.pid(), child.pid(), 'Z');
  auto observer = watch({child.pid()});
  const std::vector<int> asked{child.pid(), child.tids()[0]};
  const auto alive = look_up(observer, asked);
  same("alive", alive.size(), 1U);
  same("the living thread", alive.count(child.tids()[0]), 1U);
  const auto all = look_up(observer, asked, true);
  same("with the dead", all.size(), 2U);
  holds("it is one process", all.at(asked[0]) == all.at(asked[1]));
}

// Whom it does not find counts as dead: a lost one would be blamed for its locks.
TEST_F(LookUp, loses_nobody_where_more_are_asked_about_than_one_pass_takes) {
  constexpr std::size_t threads = Probes::greatest_pass + 100;
  const FutexWaits child(std::vector<WaitKind>(threads, WaitKind::endless));
  auto observer = watch({child.pid()});
  same("found", look_up(observer, child.tids()).size(), threads);
}

}  // namespace
}  // namespace wedged::test
