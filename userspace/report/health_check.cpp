// SPDX-License-Identifier: Apache-2.0
#include "report/health_check.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "diagnosis/describe.h"
#include "policy/match.h"

namespace wedged {
namespace {

CheckedThread checked_thread(const Task& task, const std::string& comm, Duration waiting) {
  const std::string cgroup = task.details ? task.details->cgroup : std::string();
  return {task.process.tgid, task.id.tid, comm, unit_of(cgroup), cgroup, waiting};
}

std::vector<CheckedThread> checked_threads(const std::vector<StuckThread>& threads) {
  std::vector<CheckedThread> all;
  for (const auto& thread : threads)
    all.push_back(checked_thread(thread.task, thread.task.comm, thread.waiting));
  return all;
}

bool has_suffix_of_unit(std::string_view text) {
  constexpr std::array<std::string_view, 6> suffixes{".service", ".scope", ".slice",
                                                     ".socket",  ".mount", ".swap"};
  return std::any_of(suffixes.begin(), suffixes.end(), [&](auto suffix) { return text.ends_with(suffix); });
}

// A name with an escape, "app\x2dweb.service", is no glob.
bool unit_fits(const std::string& pattern, const std::string& unit) {
  if (unit.empty()) return false;
  const std::string with_suffix = has_suffix_of_unit(pattern) ? pattern : pattern + ".service";
  return pattern == unit || with_suffix == unit || glob_matches(pattern, unit) ||
         glob_matches(with_suffix, unit);
}

// The cgroup itself and each one it is in, the outermost first.
std::vector<std::string> and_those_around(const std::string& cgroup) {
  std::vector<std::string> all;
  for (auto at = cgroup.find('/', 1); at != std::string::npos; at = cgroup.find('/', at + 1))
    all.push_back(cgroup.substr(0, at));
  all.push_back(cgroup);
  return all;
}

// Also the slices and the user manager that it is in.
bool any_unit_fits(const std::string& pattern, const CheckedThread& thread) {
  if (unit_fits(pattern, thread.unit)) return true;
  const auto around = and_those_around(thread.cgroup);
  return std::any_of(around.begin(), around.end(), [&](const std::string& path) {
    const std::string name = path.substr(path.rfind('/') + 1);
    return has_suffix_of_unit(name) && unit_fits(pattern, name);
  });
}

bool is_within(const std::string& cgroup, const std::string& outer) {
  if (cgroup.empty()) return false;
  return outer == "/" || cgroup == outer || cgroup.starts_with(outer + "/");
}

// Also the containers around it.
template <typename Predicate>
bool any_container(const CheckedThread& thread, Predicate&& fits) {
  const auto around = and_those_around(thread.cgroup);
  return std::any_of(around.begin(), around.end(), [&](const std::string& path) {
    const auto container = container_of(path);
    return container && fits(*container);
  });
}

template <typename Values, typename Predicate>
bool any_of(const Values& values, Predicate&& holds) {
  return std::any_of(values.begin(), values.end(), std::forward<Predicate>(holds));
}

std::vector<CheckedThread> selected(const CheckSelection& selection,
                                    const std::vector<CheckedThread>& threads) {
  std::vector<CheckedThread> found;
  std::copy_if(threads.begin(), threads.end(), std::back_inserter(found),
               [&](const CheckedThread& thread) { return selects(selection, thread); });
  return found;
}

CheckStatus status_of(Certainty certainty, const CheckLevels& levels) {
  if (certainty >= levels.critical) return CheckStatus::critical;
  return certainty >= levels.warning ? CheckStatus::warning : CheckStatus::ok;
}

// Of a thread that is dead nothing is read any more: it was where its process is.
CheckedFinding placed(CheckedFinding finding) {
  for (auto* threads : {&finding.threads, &finding.victims}) {
    for (CheckedThread& thread : *threads) {
      if (thread.pid != finding.process.pid || !thread.cgroup.empty()) continue;
      thread.cgroup = finding.process.cgroup;
      thread.unit = finding.process.unit;
    }
  }
  return finding;
}

// It has somebody of whom it is not known where he belongs, and so whether he was asked about.
bool is_somewhere_unknown(const CheckSelection& selection, const CheckedFinding& finding) {
  const auto is_unknown = [](const CheckedThread& thread) { return thread.cgroup.empty(); };
  return selection.has_places() && (is_unknown(finding.process) || any_of(finding.threads, is_unknown) ||
                                    any_of(finding.victims, is_unknown));
}

// A finding together with those of its threads that were asked about.
struct Concern {
  CheckHit hit;
  std::vector<int> threads;
  bool any = false;
};

Concern concern_of(const CheckSelection& selection, const CheckedFinding& finding) {
  Concern concern;
  const auto threads = selected(selection, finding.threads);
  const auto victims = selected(selection, finding.victims);
  const bool root = selects(selection, finding.process) || !threads.empty();
  concern.any = root || !victims.empty();
  for (const auto* part : {&threads, &victims}) {
    for (const auto& thread : *part) concern.threads.push_back(thread.tid);
  }
  concern.hit = {finding, std::nullopt, finding.certainty, finding.lasted, CheckStatus::ok};
  if (root || victims.empty()) return concern;
  concern.hit.victim = *std::max_element(victims.begin(), victims.end(),
                                         [](const auto& a, const auto& b) { return a.waiting < b.waiting; });
  concern.hit.certainty = std::max(finding.certainty, Certainty::likely);
  concern.hit.lasted = concern.hit.victim->waiting;
  return concern;
}

void sort_worst_first(std::vector<CheckHit>& hits) {
  const auto badness = [](const CheckHit& hit) { return std::tuple(hit.status, hit.certainty, hit.lasted); };
  std::stable_sort(hits.begin(), hits.end(), [&](const CheckHit& left, const CheckHit& right) {
    return badness(left) > badness(right);
  });
}

}  // namespace

bool CheckSelection::whole_host() const {
  return units.empty() && pids.empty() && cgroups.empty() && containers.empty() && pods.empty();
}

bool CheckSelection::has_places() const {
  return !units.empty() || !cgroups.empty() || !containers.empty() || !pods.empty();
}

CheckedFinding checked(const Finding& finding) {
  CheckedFinding value;
  value.cause = name_of(finding.key.cause);
  value.certainty = finding.certainty;
  value.lasted = finding.lasted;
  value.summary = finding.summary;
  const Task& task = finding.task;
  value.process = checked_thread(task, task.process_comm.empty() ? task.comm : task.process_comm, Duration{});
  value.process.tid = 0;
  value.process.unit = finding.unit;
  value.threads = checked_threads(finding.threads);
  value.victims = checked_threads(finding.victims);
  return value;
}

std::vector<CheckedFinding> checked(const std::vector<Finding>& findings) {
  std::vector<CheckedFinding> all;
  for (const Finding& finding : findings) all.push_back(checked(finding));
  return all;
}

bool selects(const CheckSelection& selection, const CheckedThread& thread) {
  if (selection.whole_host()) return true;
  return any_of(selection.pids, [&](int pid) { return pid == thread.pid; }) ||
         any_of(selection.units, [&](const auto& unit) { return any_unit_fits(unit, thread); }) ||
         any_of(selection.cgroups, [&](const auto& cgroup) { return is_within(thread.cgroup, cgroup); }) ||
         any_of(selection.containers,
                [&](const auto& pattern) {
                  return any_container(thread, [&](const auto& one) { return pattern.fits(one); });
                }) ||
         any_of(selection.pods, [&](const auto& pod) {
           return any_container(thread, [&](const auto& one) { return one.pod == pod; });
         });
}

CheckVerdict judge(const CheckSelection& selection, const CheckLevels& levels,
                   const std::vector<CheckedFinding>& findings) {
  CheckVerdict verdict;
  std::set<int> threads;
  bool overlooked = false;
  bool misplaced = false;
  for (const CheckedFinding& as_told : findings) {
    const CheckedFinding finding = placed(as_told);
    Concern concern = concern_of(selection, finding);
    overlooked = overlooked || (finding.cut && !concern.any);
    misplaced = misplaced || (!concern.any && is_somewhere_unknown(selection, finding));
    if (!concern.any) continue;
    concern.hit.status = status_of(concern.hit.certainty, levels);
    if (concern.hit.status == CheckStatus::ok || concern.hit.lasted < levels.lasting) {
      ++verdict.left_out;
      continue;
    }
    threads.insert(concern.threads.begin(), concern.threads.end());
    verdict.oldest = std::max(verdict.oldest, concern.hit.lasted);
    verdict.status = std::max(verdict.status, concern.hit.status);
    verdict.hits.push_back(std::move(concern.hit));
  }
  verdict.threads = threads.size();
  sort_worst_first(verdict.hits);
  if (verdict.hits.empty() && overlooked)
    return cannot_tell("a finding has more victims than are listed, and it may be among them");
  if (verdict.hits.empty() && misplaced)
    return cannot_tell("of a stuck thread it is not known to which unit and container it belongs");
  return verdict;
}

CheckVerdict cannot_tell(const std::string& trouble) {
  CheckVerdict verdict;
  verdict.status = CheckStatus::unknown;
  verdict.trouble = trouble;
  return verdict;
}

}  // namespace wedged
