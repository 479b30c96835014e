// SPDX-License-Identifier: Apache-2.0
// Policy: rules that say which findings are acted on, and how. Compiled and valid; the text form is config's.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "diagnosis/cause.h"
#include "util/clock.h"

namespace wedged {

// What one rung of a ladder does.
enum class ActionKind {
  signal,
  log,           // touches nothing
  restart_unit,  // of systemd, through its D-Bus interface
  hook,          // a program of the user's
  dump,          // keeps what is known of the process, changes nothing
  reboot,        // at once, without sync: sysrq-b
};

// Whom a signal reaches.
enum class Reach {
  process,
  process_group,
  cgroup,  // the process's own and those below it
  unit,    // the cgroup of its systemd unit and those below it
};

// A program that is run beside the loop, the finding as JSON on its standard input.
struct Hook {
  std::vector<std::string> command;  // program and arguments, no shell; the program's path is absolute
  Duration timeout = std::chrono::seconds(10);            // then it is killed, with its process group
  std::uint64_t memory_bytes = std::uint64_t{256} << 20;  // RLIMIT_AS of each of its processes

  bool operator==(const Hook&) const = default;
};

enum class DumpKind {
  stacks,  // the finding with all its evidence, as JSON
  core,    // by gcore(1), which stops the process while it writes
};

struct Rung {
  ActionKind action = ActionKind::log;
  int signal_number = 0;  // for `signal`: SIGABRT, SIGTERM, SIGKILL, ... never 0
  Duration grace{};       // how long the next rung waits for this one to work, once it has ended
  Reach reach = Reach::process;
  Hook hook{};
  DumpKind dump = DumpKind::stacks;

  // As in metrics: "SIGTERM", "SIGKILL_cgroup", "log", "restart_unit", "hook", "dump_core", "reboot".
  [[nodiscard]] std::string name() const;
  // The same for rungs that do the same, however long they may take. ASCII, 40 characters at most.
  [[nodiscard]] std::string identity() const;
  // False for what changes no process: `log` and `dump` pass limits and brake.
  [[nodiscard]] bool touches() const;
  // Whether guards are asked. A hook and a reboot are for the host: whom the finding is about is the hook's
  // to judge. What writes a core stops its process meanwhile.
  [[nodiscard]] bool aims_at_process() const;
  // It is no moment's work: it goes on beside the scans.
  [[nodiscard]] bool goes_on() const;

  bool operator==(const Rung&) const = default;
};

// At most `actions` within `window`: every signal counts, so a ladder of two signals needs two; a log line
// counts not. After an action no other ladder is begun for `cool_down`; one already begun goes on.
struct Limits {
  unsigned actions = 5;
  Duration window = std::chrono::minutes(10);
  Duration cool_down = std::chrono::minutes(1);

  bool operator==(const Limits&) const = default;
};

// In which part a process has in a finding it is acted on.
enum class Role {
  root,    // it is what the finding is about
  victim,  // its threads wait for the root; acted on only when nothing (more) can be done about the root
};

// A user as named in the file, and the number that the name meant when the file was read.
struct UserMatch {
  std::string name;
  std::uint32_t uid = 0;

  bool operator==(const UserMatch&) const = default;
};

// All that is given must hold. Patterns are globs (fnmatch(3), `*` matches slashes too); an empty list
// matches everything. `comm` is the process's name, not the stuck thread's.
struct Match {
  std::set<Cause> causes;  // empty: every cause
  Certainty at_least = Certainty::likely;
  Duration lasting{};
  std::vector<std::string> comm;
  std::vector<std::string> exe;
  std::vector<std::string> unit;
  Role role = Role::root;
  std::vector<std::string> cgroup{};     // path in the unified hierarchy: "/system.slice/db.service"
  std::vector<std::string> container{};  // "docker:0123...": runtime and whole id, see diagnosis/container.h
  std::vector<std::string> pod{};        // uid of the Kubernetes pod
  std::vector<UserMatch> users{};        // real user id
  std::set<std::string> syscalls{};      // names; the call that the stuck thread is in
  std::vector<std::string> device{};     // of the root: "dm-0", "sda", or the mapper's name
  std::vector<std::string> mount{};      // of the root's file: mount point or source

  bool operator==(const Match&) const = default;
};

struct Rule {
  std::string name;
  Match match;
  std::vector<Rung> ladder;  // never empty
  Limits limits;
  bool enforce = true;  // false: a dry run of this rule alone. Never more than Policy::enforce
  std::string file{};   // where it was read, for messages; empty: unknown

  bool operator==(const Rule&) const = default;
};

// Which of several rules that match a process count.
enum class RuleOrder {
  first,  // the first alone
  all,    // one after the other, the next when the ladder of the one before is at its end
};

// More than `decisions` new decisions to touch a process within `window`: the host or the monitor is in a
// state that nobody thought of, and enforcement suspends itself until the configuration is loaded again.
struct Brake {
  unsigned decisions = 20;
  Duration window = std::chrono::minutes(1);

  bool operator==(const Brake&) const = default;
};

struct DumpStore {
  std::string directory = "/var/lib/wedged/dumps";
  std::uint64_t quota_bytes = std::uint64_t{1} << 30;  // of all dumps; the oldest make room

  bool operator==(const DumpStore&) const = default;
};

struct Policy {
  bool enforce = false;
  std::vector<std::string>
      protect;    // globs; with a slash: of exe, else of comm. In addition to the built-in list
  Limits limits;  // of the whole host, over all rules
  std::vector<Rule> rules;
  RuleOrder order = RuleOrder::first;
  Limits unit_limits{3, std::chrono::minutes(10), Duration{}};  // of each unit, over all rules
  Brake brake{};
  bool allow_reboot = false;  // a `reboot` rung needs this as well
  DumpStore dumps{};
  std::string ledger_file = "/run/wedged/ledger.json";  // not on a disk that may hang

  bool operator==(const Policy&) const = default;
};

// Whether decisions of this rule are carried out.
[[nodiscard]] bool enforces(const Policy& policy, const Rule& rule);
// A dry run while others are carried out: it must not hold those up.
[[nodiscard]] bool is_on_trial(const Policy& policy, const Rule& rule);

// Never signalled, whatever a policy says; comm globs. Shown by `config show`.
[[nodiscard]] const std::vector<std::string>& built_in_protect_list();

}  // namespace wedged
