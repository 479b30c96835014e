// SPDX-License-Identifier: Apache-2.0
// The scope: whoever is in it is counted and scanned completely, nobody else is; without one, everybody is.
#include <sys/syscall.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <filesystem>
#include <iostream>
#include <list>
#include <optional>

#include "child.h"
#include "kernel_test.h"
#include "own_cgroup.h"
#include "parity.h"
#include "watch.h"

namespace wedged::test {
namespace {

constexpr std::uint64_t many = 5'000;

int call_many_times(const Line& line) {
  line.say();
  if (!line.hear()) return 1;
  for (std::uint64_t i = 0; i < many; ++i) syscall(SYS_getppid);
  line.say();
  return line.hear() ? 0 : 1;
}

class Scope : public KernelTest {
 protected:
  Child& start(const OwnCgroup* cgroup = nullptr) {
    children_.emplace_back([cgroup](const Line& line) {
      if (cgroup != nullptr) cgroup->enter();
      return call_many_times(line);
    });
    children_.back().hear();
    await_call(children_.back().pid(), children_.back().pid(), SYS_read);
    return children_.back();
  }

  void let_all_call() {
    for (const auto& child : children_) child.say();
    for (const auto& child : children_) child.hear();
    for (const auto& child : children_) await_call(child.pid(), child.pid(), SYS_read);
  }

  static Observer watch_cgroup(const std::string& path, std::vector<int> tgids = {}) {
    const auto place = find_cgroup(path);
    if (!place) throw std::runtime_error(place.error().message);
    WatchOptions options;
    options.scope.cgroup = *place;
    options.scope.tgids = std::move(tgids);
    return watch(options);
  }

  static void sees_only(Observer& observer, const std::vector<int>& pids) {
    const auto snapshot = scan(observer);
    same("threads scanned", snapshot.threads_scanned, pids.size());
    same("suspects", snapshot.suspects.size(), pids.size());
    for (const int pid : pids)
      holds("process " + std::to_string(pid) + " is seen", find(snapshot, pid) != nullptr);
    same("calls counted", stats_of(observer, SYS_getppid).calls, pids.size() * many);
    nothing_was_lost(observer);
  }

  static std::string own_name(const std::string& what) {
    return "/wedged-test-" + std::to_string(getpid()) + what;
  }

  std::list<Child> children_;
};

TEST_F(Scope, by_process_leaves_all_others_out) {
  const int first = start().pid();
  start();
  const int third = start().pid();
  auto observer = watch({first, third});
  let_all_call();
  sees_only(observer, {first, third});
}

TEST_F(Scope, by_cgroup_has_the_cgroups_below_it_and_leaves_all_others_out) {
  if (unified_hierarchy().empty()) WEDGED_SKIP("the unified cgroup hierarchy is not mounted");
  const OwnCgroup inside(own_name("-in")), below(own_name("-in/be low")), outside(own_name("-out"));
  const int first = start(&inside).pid(), second = start(&below).pid();
  start(&outside);
  start();
  auto observer = watch_cgroup(inside.path());
  let_all_call();
  sees_only(observer, {first, second});
  same("cgroup", expect_parity(observer, observed(observer, first).id).details->cgroup, inside.path());
  same("cgroup below", expect_parity(observer, observed(observer, second).id).details->cgroup, below.path());
  children_.clear();
}

TEST_F(Scope, by_cgroup_goes_on_when_the_cgroup_was_removed_and_made_again) {
  if (unified_hierarchy().empty()) WEDGED_SKIP("the unified cgroup hierarchy is not mounted");
  auto before = std::make_optional<OwnCgroup>(own_name("-again"));
  auto observer = watch_cgroup(before->path());
  static_cast<void>(scan(observer));
  same("missing before", observer.probes().scope().missing, std::string());
  before.reset();
  same("threads of none", scan(observer).threads_scanned, 0U);
  same("missing", observer.probes().scope().missing, "cgroup " + own_name("-again") + " does not exist");
  const OwnCgroup again(own_name("-again"));
  start(&again);
  const int second = start(&again).pid();
  same("threads of the new one", scan(observer).threads_scanned, 2U);
  same("missing after", observer.probes().scope().missing, std::string());
  let_all_call();
  sees_only(observer, {children_.front().pid(), second});
  children_.clear();
}

TEST_F(Scope, by_cgroup_and_process_has_whoever_is_in_both) {
  if (unified_hierarchy().empty()) WEDGED_SKIP("the unified cgroup hierarchy is not mounted");
  const OwnCgroup inside(own_name("-in"));
  const int both = start(&inside).pid();
  start(&inside);
  const int process_alone = start().pid();
  auto observer = watch_cgroup(inside.path(), {both, process_alone});
  let_all_call();
  sees_only(observer, {both});
  children_.clear();
}

TEST_F(Scope, by_the_root_cgroup_has_everybody) {
  if (unified_hierarchy().empty()) WEDGED_SKIP("the unified cgroup hierarchy is not mounted");
  const int one = start().pid();
  auto observer = watch_cgroup("/");
  let_all_call();
  holds("the process is seen", find(scan(observer), one) != nullptr);
  holds("its calls are counted", stats_of(observer, SYS_getppid).calls >= many);
}

// "0.20 0.18 0.12 1/80 11206": the last word is the last process id that was given away.
std::uint64_t last_pid() {
  const auto text = file_text("/proc/loadavg");
  return std::stoull(text.substr(text.rfind(' ')));
}

// A sandbox may hide its own supervisor from root: from BPF's iterators as it does from ptrace.
bool is_hidden(const std::string& process) {
  char link = 0;
  return readlink((process + "/ns/pid").c_str(), &link, 1) < 0 && (errno == EACCES || errno == EPERM);
}

std::uint64_t entries_of(const std::filesystem::path& folder) {
  std::uint64_t entries = 0;
  std::error_code ended_meanwhile;
  for (std::filesystem::directory_iterator at(folder, ended_meanwhile), end; !ended_meanwhile && at != end;
       at.increment(ended_meanwhile)) {
    ++entries;
  }
  return entries;
}

std::uint64_t threads_of_this_machine() {
  std::uint64_t threads = 0;
  for (const auto& process : std::filesystem::directory_iterator("/proc")) {
    if (std::isdigit(static_cast<unsigned char>(process.path().filename().string().front())) == 0) continue;
    if (!is_hidden(process.path())) threads += entries_of(process.path() / "task");
  }
  return threads;
}

// While no thread is born their number can only fall.
TEST_F(Scope, that_is_unset_has_every_thread_of_the_machine) {
  if (link_text("/proc/self/ns/pid") != "pid:[4026531836]") WEDGED_SKIP("not in the first pid namespace");
  const int one = start().pid();
  auto observer = watch(WatchOptions{});
  let_all_call();
  holds("its calls are counted", stats_of(observer, SYS_getppid).calls >= many);
  holds("the process is seen", find(scan(observer), one) != nullptr);
  SuspectLimits nobody;
  nobody.wait = std::chrono::hours(1);
  observer.probes().set_limits(nobody);
  std::uint64_t before = 0, scanned = 0, after = 0;
  await("a scan during which no thread is born", [&] {
    const auto last_born = last_pid();
    before = threads_of_this_machine();
    scanned = scan(observer).threads_scanned;
    after = threads_of_this_machine();
    return last_pid() == last_born;
  });
  between("threads scanned", after, scanned, before);
  std::cout << scanned << " threads scanned, " << before << " before and " << after << " after it\n";
}

}  // namespace
}  // namespace wedged::test
