// SPDX-License-Identifier: Apache-2.0
// Crowd killer: signals everybody of a crowd, each through a descriptor of its own and looked at before; or
// nobody, if one of them must not be reached. It reads the cgroup file system, which a hung kernel may block
// for ever, and for thousands of processes takes its time: it runs beside the scan loop, on a thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "action/answer.h"
#include "action/crowd.h"
#include "action/executor.h"
#include "policy/decide.h"

namespace wedged {

// Where to look for a crowd, and who is never of one. May be used from any thread.
struct CrowdGuard {
  HostMembers members;
  Surroundings surroundings;
  std::vector<std::string> protect;  // the policy's

  // Who is in it now, if all of them may be reached.
  [[nodiscard]] std::variant<std::vector<Member>, Answer> admitted(const Crowd& crowd) const;
};

class CrowdKiller {
 public:
  // `cgroup_kill`: path of the file that kills a cgroup whole; empty: there is none, and for other signals.
  CrowdKiller(CrowdGuard guard, Crowd crowd, int signal_number, bool dry_run, std::string cgroup_kill)
      : guard_(std::move(guard)),
        crowd_(std::move(crowd)),
        signal_number_(signal_number),
        dry_run_(dry_run),
        cgroup_kill_(std::move(cgroup_kill)) {}

  // `suspect` must be among them. Once `stop` is set nobody is signalled any more.
  [[nodiscard]] Answer signal(const Member& suspect, const std::atomic<bool>& stop);

 private:
  using Identity = std::pair<int, std::uint64_t>;

  [[nodiscard]] bool kill_whole_cgroup(const std::atomic<bool>& stop) const;
  void signal_each(const std::vector<Member>& members, const std::atomic<bool>& stop);
  void signal_one(const Member& member, const std::atomic<bool>& stop);
  [[nodiscard]] Answer answer() const;

  CrowdGuard guard_;
  Crowd crowd_;
  int signal_number_;
  bool dry_run_;
  std::string cgroup_kill_;
  std::set<Identity> tried_;
  std::size_t sent_ = 0;
  std::string objection_;  // what the guard said of one who had become another meanwhile
  std::string refusal_;    // what the system said first
};

}  // namespace wedged
