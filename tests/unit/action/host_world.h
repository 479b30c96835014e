// SPDX-License-Identifier: Apache-2.0
// A host for the executor: real children, a kernel that says about the suspect what it said before, and a
// list of members that the test can change.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "action/host_executor.h"
#include "child.h"
#include "support/builders.h"

namespace wedged::test {

// Another thread asks for the members.
class FakeMembers {
 public:
  void set(const Member& member) {
    const std::lock_guard lock(mutex_);
    members_[member.tgid] = member;
  }
  void set_list_error(const Error& error) { list_error_ = error; }
  // What `one` is asked about from now on is told to it before it answers.
  std::function<void(int)> before_one;

  HostMembers seam() {
    HostMembers seam;
    seam.of_group = [this](int group) {
      return those([&](const Member& one) { return one.process_group == group; });
    };
    seam.of_cgroup = [this](const std::string& cgroup) {
      return those([&](const Member& one) { return (one.cgroup + "/").starts_with(cgroup + "/"); });
    };
    seam.one = [this](int tgid) -> Result<Member> {
      if (before_one) before_one(tgid);
      const std::lock_guard lock(mutex_);
      const auto found = members_.find(tgid);
      if (found == members_.end()) return Error{ErrorKind::gone, "no such process"};
      return found->second;
    };
    return seam;
  }

 private:
  template <typename Wanted>
  Result<std::vector<Member>> those(const Wanted& wanted) {
    if (list_error_) return *list_error_;
    const std::lock_guard lock(mutex_);
    std::vector<Member> list;
    for (const auto& [tgid, member] : members_)
      if (wanted(member)) list.push_back(member);
    return list;
  }

  std::mutex mutex_;
  std::map<int, Member> members_;
  std::optional<Error> list_error_;
};

inline constexpr auto test_cgroup = "/system.slice/db.service";

inline Member a_member(int tgid, const std::string& comm = "db", int group = 4000) {
  return {tgid, 100, 1, group, false, comm, "/usr/bin/" + comm, std::string(test_cgroup) + "/workers"};
}

class HostWorld {
 public:
  HostWorld() {
    Member monitor = a_member(::getpid(), "wedged", 3);
    monitor.cgroup = "/system.slice/wedged.service";
    members.set(monitor);
  }

  HostExecutor& executor() {
    if (!executor_) executor_.emplace(parts());
    return *executor_;
  }
  HostParts parts() {
    HostParts parts;
    parts.sample_again = [this](const TaskId& id) -> Result<Task> {
      if (suspect && suspect->id == id) return *suspect;
      return Error{ErrorKind::gone, "no such task"};
    };
    parts.members = members.seam();
    parts.cgroup_folder = [this](const std::string&) -> Result<std::string> {
      if (cgroup_folder.empty()) return Error{ErrorKind::gone, "no such cgroup"};
      return cgroup_folder;
    };
    parts.surroundings = {::getpid(), {::getppid(), 1}};
    parts.render = [](const Decision& decision) { return "{\"rule\":\"" + decision.rule + "\"}"; };
    parts.own_executable = own_executable;
    parts.sysrq_trigger = sysrq_trigger;
    return parts;
  }
  // The child is the suspect, in D state, and stays so.
  Decision decision_about(const Child& child, const Rung& rung, Verdict verdict = Verdict::act) {
    suspect = a_thread().of_process(child.pid()).in_d_state().switches(7);
    suspect->details->cgroup = std::string(test_cgroup) + "/workers";
    Decision decision;
    decision.finding = a_finding().of(*suspect);
    decision.finding.unit = "db.service";
    decision.rule = "r";
    decision.rung = rung;
    decision.verdict = verdict;
    return decision;
  }
  // Executes and waits for the end.
  Outcome run(const Decision& decision) {
    auto outcome = executor().execute(decision, policy, now());
    return outcome.kind == OutcomeKind::started ? wait_for_end() : outcome;
  }
  Outcome wait_for_end() {
    for (;;) {
      auto ended = executor().finished(now());
      if (!ended.empty()) return ended[0];
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }
  static Instant now() { return std::chrono::steady_clock::now(); }

  FakeMembers members;
  std::optional<Task> suspect;
  Policy policy;
  std::string cgroup_folder, own_executable = "/bin/false", sysrq_trigger;

 private:
  std::optional<HostExecutor> executor_;
};

inline Rung signal_rung(Reach reach, int number = SIGTERM) {
  Rung rung;
  rung.action = ActionKind::signal;
  rung.signal_number = number;
  rung.reach = reach;
  return rung;
}

}  // namespace wedged::test
