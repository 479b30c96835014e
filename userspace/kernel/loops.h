// SPDX-License-Identifier: Apache-2.0
// Loops: which loops that seem to spin are looked at closer and for how long, and what is known of them then.
// Not thread-safe; the scan loop owns it.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "kernel/loop_probe.h"
#include "kernel/probes.h"
#include "kernel/spare_pass.h"
#include "observation/task.h"

namespace wedged {

class Loops {
 public:
  // Begins and ends watching, and writes what is known into the loops of the tasks that spin; registers and a
  // copy of the stack into their details.
  void complete(Probes& probes, std::vector<Task>& tasks, Instant now);

 private:
  // To watch costs every call of the host something: long enough to be sure, and now and then again.
  static constexpr unsigned watched_for = 10;  // scans
  static constexpr unsigned rest_for = 50;     // scans

  struct Seen {
    LoopWatch watch;
    std::optional<AllRegisters> registers;
    WordSurroundings stack;
  };
  struct Watched {
    Instant since{};
    unsigned scans = 0;   // of this turn
    unsigned passes = 0;  // over the registrations, since there was something to look for
    bool resting = false;
    bool again = false;  // it is not the first turn
    std::set<int> threads;
    std::map<int, Seen> seen;  // by thread id; of the turn before until this one has something to tell
    // Of a descriptor; asked for once.
    std::map<int, std::pair<std::optional<SocketFacts>, std::optional<OtherEnd>>> ends;
  };
  using Spinning = std::map<ProcessId, std::vector<Task*>>;

  void end_others(LoopProbe& probe, const Spinning& spinning);
  void attend(LoopProbe& probe, const ProcessId& process, const std::vector<Task*>& tasks, Instant now);
  void begin(LoopProbe& probe, const ProcessId& process, Watched& watched, const std::vector<Task*>& tasks);
  [[nodiscard]] static std::set<std::pair<int, int>> failing_descriptors(const Spinning& spinning);
  void read(Probes& probes, const Spinning& spinning, Instant now);
  [[nodiscard]] bool wants_pass() const;
  void pass(LoopProbe& probe, const Spinning& spinning, Instant now);
  static void ask_for_ends(Probes& probes, Watched& watched, const std::vector<Task*>& tasks,
                           const std::vector<Registration>& registrations);
  static void tell(const Watched& watched, Task& task);

  std::map<ProcessId, Watched> watched_;
  SparePass pass_;
  std::vector<Registration> registrations_;  // as of the last pass
};

// Pure parts. What the thread's waits returned, most often returned first, a few of them.
[[nodiscard]] LoopWatch watch_of(const LoopNotes& notes, const std::vector<Registration>& registrations,
                                 const LoopThread& thread, Instant since);

}  // namespace wedged
