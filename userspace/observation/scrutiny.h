// SPDX-License-Identifier: Apache-2.0
// Scrutiny: what of a snapshot deserves a closer look before it can be judged: whose memory to inspect,
// which processes to see as a whole, which waits are idle ones and need not be seen again. Pure: it asks and
// remembers, others do and answer. What was read of a lock is forgotten as soon as its owner may have let go
// of it since: a waiter that sleeps on does not notice that the lock has changed hands. A thread without its
// stack counts as not read: it is asked about again, and so is a process that failed, less and less often.
// Bounded in everything it asks for and keeps. Not thread-safe; the scan loop owns it.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "observation/failures.h"
#include "observation/lock.h"
#include "observation/snapshot.h"
#include "observation/watch_list.h"

namespace wedged {

struct Wishes {
  std::vector<InspectRequest> inspect;
  std::vector<ProcessId> watch;  // all that are to be seen as a whole from the next scan on
  std::vector<Wait> set_aside;   // idle waits
  std::vector<int> look_up;  // owners of shared locks, who runs in a starved thread's place: ids of the first
                             // PID namespace
  bool forget_set_aside = false;  // now and then everything is looked at again
};

// Whom to inspect: suspects and who waits for a lock, or everybody in the snapshot.
enum class Inspecting { suspects, everybody };

class Scrutiny {
 public:
  static constexpr std::size_t usual_pace = 256;

  // Asks about no more than so many threads at a scan; the rest waits for the next.
  explicit Scrutiny(Inspecting inspecting = Inspecting::suspects, std::size_t threads_per_scan = usual_pace)
      : inspecting_(inspecting), threads_per_scan_(threads_per_scan) {}

  // Adds what is known of user sides and processes to the snapshot.
  void complete(Snapshot& snapshot);
  // What to do next, by a snapshot that has been completed.
  [[nodiscard]] Wishes attend(const Snapshot& snapshot);
  // The same once more after answers have been noted, between two scans.
  [[nodiscard]] Wishes attend_again(const Snapshot& snapshot);

  void note(InspectReply reply);
  // The answer to `look_up`.
  void note(const std::vector<int>& asked, const std::map<int, ProcessId>& found);

 private:
  struct KnownSide {
    std::uint64_t standing = 0;  // of its wait, or spin
    UserSide side;
    Instant asked{};  // it was read then or later
    bool whole = true;
  };
  // A process whose threads may all be waiting: `aside` by thread id.
  struct Idle {
    std::map<int, Wait> aside;
    unsigned threads = 0;
  };

  void attend_task(const Task& task, Wishes& wishes);
  void attend_wait(const Task& task, Wishes& wishes);
  static void attend_parent(const Task& task, Wishes& wishes);
  static void attend_standstill(const Task& task, Wishes& wishes);
  void set_aside(const Task& task, Wishes& wishes);
  void watch_whole(const Task& task);
  void ask(const Task& task, Wishes& wishes);
  void ask_the_doubtful(const Snapshot& snapshot, Wishes& wishes);
  void ask_for_pointed(const Task& task, Wishes& wishes);
  [[nodiscard]] bool is_read(const Task& task) const;
  [[nodiscard]] bool is_whole(const TaskId& id) const;
  void put_unfinished_first(InspectRequest& request) const;
  void note_thread(InspectedThread thread);
  void note_failure(const ProcessId& process, const std::string& reason);
  void review_candidates(const Snapshot& snapshot);
  void note_present(const Snapshot& snapshot);
  // Whether what was read of a lock tells still who has it.
  enum class Freshness { holds, doubtful, outdated };
  [[nodiscard]] Freshness freshness_of(const KnownSide& known, const Task& task, const Snapshot& snapshot);
  [[nodiscard]] bool is_gone(const Lock& lock, const Task& waiter, const Snapshot& snapshot) const;
  [[nodiscard]] bool can_be_asleep_for_ever(const ProcessId& process) const;
  [[nodiscard]] CLibrary library_of(const ProcessId& process) const;

  Inspecting inspecting_;
  std::size_t threads_per_scan_;
  std::map<TaskId, KnownSide> known_;
  struct Asked {
    std::uint64_t standing = 0;  // of the wait or spin that was asked about last; answered or not
    bool unfinished = false;     // answered in part: to be asked again in the next scan
  };
  std::map<TaskId, Asked> asked_;
  Instant now_{};                                // of the last snapshot
  std::map<NamespacedId, const Task*> present_;  // in it, while it is being completed
  // Of a lock that is waited for and its owner's id: the first snapshot in which nobody had that.
  std::map<std::pair<Wait, int>, Instant> ownerless_since_;
  std::vector<std::pair<Instant, TaskId>> doubtful_;  // read then, to be read again
  std::set<Wait> pointed_asked_;
  std::map<ProcessId, ProcessSide> sides_;
  Failures failures_;
  std::map<ProcessId, Idle> idle_;
  std::set<ProcessId> candidates_;  // all of their threads seem to wait: to be seen as a whole
  WatchList watch_;                 // being collected by attend()
  std::uint64_t left_out_ = 0;      // processes that were not watched, at each scan
  std::set<ProcessId> owners_;      // of shared locks and of CPUs: whom look_up found
  std::set<NamespacedId> absent_;
  std::size_t asked_in_scan_ = 0;
  unsigned scans_ = 0;
};

}  // namespace wedged
