// SPDX-License-Identifier: Apache-2.0
// Lookout: one scan together with what is known of its suspects' own memory. Joins the observer (the kernel's
// side), its log and counters (its voice), the inspector (the user's side) and scrutiny, which says whom to
// look at more closely. Never waits for the inspector: what it has not answered yet is in the next snapshot.
// Not thread-safe; the scan loop owns it.
#pragma once

#include <optional>

#include "inspector/inspector.h"
#include "kernel/kernel_log.h"
#include "kernel/observer.h"
#include "observation/scrutiny.h"

namespace wedged {

class Lookout {
 public:
  explicit Lookout(Observer observer, Inspecting inspecting = Inspecting::suspects,
                   std::size_t threads_per_scan = Scrutiny::usual_pace);

  // For commands that look once: there is no next scan that could ask about the rest.
  static constexpr std::size_t all_at_once = 1 << 16;

  [[nodiscard]] Result<Snapshot> scan(const ClockPair& now);
  // Takes up the inspector's answers; to be called whenever descriptor() is readable.
  void listen(Instant now);
  [[nodiscard]] int descriptor() const { return inspector_.descriptor(); }

  // For commands that look once: waits until the inspector has answered everything it was asked.
  void settle(Duration at_most);
  // The last two of as many samples as it takes until every thread of this process was inspected and whom it
  // waits for is known; `apart` from each other.
  [[nodiscard]] Result<std::vector<Snapshot>> look_at(const ProcessId& process, const Clock& clock,
                                                      Duration apart);

  // The last two of as many samples, `apart` from each other, as it takes to see whether a thread of this
  // process spins and, if one does, what for. With calls tracked only.
  [[nodiscard]] Result<std::vector<Snapshot>> look_at_calls(const ProcessId& process, const Clock& clock,
                                                            Duration apart);

  [[nodiscard]] Observer& observer() { return observer_; }
  [[nodiscard]] const Observer& observer() const { return observer_; }
  // Why the kernel's log is not heard, if so.
  [[nodiscard]] std::optional<Error> deaf() const;
  [[nodiscard]] const InspectorStats& inspector_stats() const { return inspector_.stats(); }

 private:
  void carry_out(const Wishes& wishes);
  void reconsider();
  void hear(Snapshot& snapshot);
  [[nodiscard]] Result<Snapshot> look_once(const ClockPair& now, Wishes& wishes);

  Observer observer_;
  Inspector inspector_;
  Scrutiny scrutiny_;
  Result<KernelLog> log_;
  std::optional<Snapshot> open_questions_;  // the last snapshot, as long as answers about it are awaited
};

}  // namespace wedged
