// SPDX-License-Identifier: Apache-2.0
// Enforcer: from findings to outcomes. Owns the ledger and sees to it that what is about to be done is
// written down before. Judges and carries out nothing itself: decide() and the executor do. Not thread-safe;
// the scan loop owns it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "action/executor.h"
#include "daemon/ledger_keeper.h"
#include "policy/decide.h"

namespace wedged {

// It is carried out next, and nobody may be left to report it.
[[nodiscard]] bool has_last_words(const Decision& decision);

// What one scan led to.
struct Acts {
  std::vector<Outcome> ended;                        // of what was begun in earlier scans
  std::vector<Decision> decisions;                   // refusals that were told before are left out
  std::vector<Outcome> outcomes;                     // of these
  std::optional<LedgerState::Suspension> suspended;  // the brake went on
  std::size_t wanted = 0;                            // that many were to be touched within its window
  std::optional<Error> not_kept;                     // the ledger could not be written; told once
};

class Enforcer {
 public:
  Enforcer(std::unique_ptr<Executor> executor, LedgerKeeper keeper, Surroundings surroundings);

  // To be called before a policy that enforces is first used: whether it can be carried out; then takes up
  // the ledger where it was left, if it has not. True: it did.
  [[nodiscard]] Result<bool> prepare(const Policy& policy, const ClockPair& now);
  [[nodiscard]] std::string warning() const { return keeper_.warning(); }

  // `last_words` is told of each decision that has them, before it is carried out.
  [[nodiscard]] Acts act(const Policy& policy, const std::vector<Finding>& open, const ClockPair& now,
                         const std::function<void(const Decision&)>& last_words);
  // What has ended meanwhile, without a scan.
  [[nodiscard]] std::vector<Outcome> collect(const ClockPair& now);

  // The configuration was loaded again. The suspension that this ends, if there was one.
  std::optional<LedgerState::Suspension> resume(const ClockPair& now);
  // The monitor stops. What becomes of that which still went on.
  [[nodiscard]] std::vector<Outcome> stop(const ClockPair& now);

  [[nodiscard]] const std::optional<LedgerState::Suspension>& suspension() const {
    return ledger_.state().suspension;
  }
  [[nodiscard]] std::uint64_t write_errors() const { return write_errors_; }
  // Rungs that go on beside the loop.
  [[nodiscard]] std::uint64_t jobs_running() const;

 private:
  [[nodiscard]] std::vector<Decision> decide_and_remember(const Policy& policy,
                                                          const std::vector<Finding>& open,
                                                          const ClockPair& now);
  [[nodiscard]] bool keep(const Ledger& ledger, const ClockPair& now);

  std::unique_ptr<Executor> executor_;
  LedgerKeeper keeper_;
  Surroundings surroundings_;
  Ledger ledger_;
  std::optional<Error> not_kept_;  // since the last scan
  std::uint64_t write_errors_ = 0;
};

}  // namespace wedged
