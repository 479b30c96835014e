// SPDX-License-Identifier: Apache-2.0
// Chronicle: what the monitor remembers of the last hours for those who look later. Findings that ended, at
// most 500 and 24 hours of them; of these and of the open ones what the policy decided and what came of it,
// the last 16 decisions of each; and the series of SeriesMemory. Pure bookkeeping; not thread-safe, the scan
// loop owns it; what it hands out is immutable and may be read anywhere. Nothing outlives the daemon.
#pragma once

#include <deque>
#include <map>
#include <memory>

#include "report/remembered.h"
#include "report/series_memory.h"

namespace wedged {

class Chronicle {
 public:
  static constexpr std::size_t most_ended = 500;
  static constexpr Duration longest = std::chrono::hours(24);
  static constexpr std::size_t most_notes = 16;

  // After every good scan.
  void found(const FindingChanges& findings, Instant now);
  // `open`: the findings that were decided about; a decision about a victim is noted with its root.
  void decided(const Decision& decision, const std::vector<Finding>& open);
  // May come long after the decision, and after the end of the finding.
  void acted(const Outcome& outcome);
  void scanned(const ScanFigures& scan, const SyscallTable& table, const LossesByReason& losses) {
    series_.scanned(scan, table, losses);
  }

  // The same value as before as long as nothing changes.
  [[nodiscard]] std::shared_ptr<const Story> story();
  [[nodiscard]] const SeriesMemory& series() const { return series_; }

 private:
  using Record = std::shared_ptr<const FindingRecord>;

  void end(const Finding& finding, Instant now);
  void forget(Instant now);
  [[nodiscard]] bool note_result(Record& record, const Outcome& outcome);

  std::map<FindingKey, Record> open_;
  std::deque<Record> ended_;
  std::uint64_t forgotten_ = 0;
  bool changed_ = false;
  std::shared_ptr<const Story> story_ = std::make_shared<Story>();
  SeriesMemory series_;
};

}  // namespace wedged
