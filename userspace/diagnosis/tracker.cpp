// SPDX-License-Identifier: Apache-2.0
#include "diagnosis/tracker.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <tuple>

#include "diagnosis/kept_keys.h"

namespace wedged {
namespace {

bool by_key(const Finding& a, const Finding& b) {
  return a.key < b.key;
}

// Whom to tell of first if not all can be told.
bool comes_before(const Finding& a, const Finding& b) {
  const auto rank = [](const Finding& finding) {
    return std::tuple(finding.certainty != Certainty::certain, finding.since, finding.key);
  };
  return rank(a) < rank(b);
}

// The places that are taken.
class Places {
 public:
  void take(const Finding& finding) {
    ++all_;
    ++of_process_[finding.task.process];
    ++of_user_[finding.task.uid];
    if (finding.certainty != Certainty::certain) ++uncertain_;
  }

  [[nodiscard]] bool has_one_for(const Finding& finding) {
    return all_ < most_told && of_process_[finding.task.process] < most_told_of_process &&
           of_user_[finding.task.uid] < most_told_of_user &&
           (finding.certainty == Certainty::certain || uncertain_ < most_told_uncertain);
  }

 private:
  std::size_t all_ = 0;
  std::size_t uncertain_ = 0;
  std::map<ProcessId, std::size_t> of_process_;
  std::map<std::optional<std::uint32_t>, std::size_t> of_user_;
};

// Moves the new ones that find a place behind those that were told before; leaves the others.
void admit(std::vector<Finding>& newcomers, std::vector<Finding>& told) {
  Places places;
  for (const auto& finding : told) places.take(finding);
  std::sort(newcomers.begin(), newcomers.end(), comes_before);
  for (auto& finding : newcomers) {
    if (!places.has_one_for(finding)) continue;
    places.take(finding);
    told.push_back(std::move(finding));
  }
}

}  // namespace

FindingChanges Tracker::update(std::vector<Finding> findings, Instant now, Duration discounted) {
  FindingChanges changes;
  keep_keys(open_, findings);
  std::set_difference(open_.begin(), open_.end(), findings.begin(), findings.end(),
                      std::back_inserter(changes.resolved), by_key);
  // It ended somewhere between the two scans: at the latest now.
  for (auto& finding : changes.resolved) finding.lasted += now - last_update_ - discounted;
  const std::size_t all = findings.size();
  const auto was_told = [this](const Finding& finding) {
    return std::binary_search(open_.begin(), open_.end(), finding, by_key);
  };
  const auto first_new = std::stable_partition(findings.begin(), findings.end(), was_told);
  std::vector<Finding> newcomers(std::make_move_iterator(first_new), std::make_move_iterator(findings.end()));
  findings.erase(first_new, findings.end());
  const auto told_before = static_cast<std::ptrdiff_t>(findings.size());
  admit(newcomers, findings);
  changes.raised.assign(findings.begin() + told_before, findings.end());
  std::sort(changes.raised.begin(), changes.raised.end(), by_key);
  std::sort(findings.begin(), findings.end(), by_key);
  changes.untold = all - findings.size();
  open_ = std::move(findings);
  last_update_ = now;
  changes.open = open_;
  return changes;
}

}  // namespace wedged
