// SPDX-License-Identifier: Apache-2.0
#include "policy/decide.h"

#include <map>
#include <optional>
#include <set>

#include "policy/brake.h"
#include "policy/budget.h"
#include "policy/candidates.h"
#include "policy/duration_text.h"
#include "policy/guard.h"
#include "policy/victims.h"

namespace wedged {
namespace {

using Objected = std::optional<Objection>;

// Whether the rung can be taken at all against this process.
Objected misfit(const Policy& policy, const Finding& finding, const Rung& rung) {
  if (rung.action == ActionKind::reboot && !policy.allow_reboot)
    return Objection{Refusal::nothing_to_do, "policy.allow_reboot is not set"};
  const bool whole_unit = rung.action == ActionKind::restart_unit || rung.reach == Reach::unit;
  const bool crowd = whole_unit || rung.reach == Reach::cgroup;
  if (!crowd) return std::nullopt;
  if (!finding.task.details || finding.task.details->cgroup.empty())
    return Objection{Refusal::unknown_facts, "the process's cgroup is not known, so nothing is done to it"};
  if (finding.task.details->cgroup == "/")
    return Objection{Refusal::nothing_to_do,
                     "the process is in the root of all cgroups, which is the whole host"};
  if (whole_unit && finding.unit.empty())
    return Objection{Refusal::nothing_to_do, "the process is of no unit"};
  if (rung.action == ActionKind::restart_unit && !finding.unit.ends_with(".service"))
    return Objection{Refusal::nothing_to_do,
                     finding.unit + " is no service, and only those can be restarted"};
  return std::nullopt;
}

// Who is killed for others' sake must have been meant.
Objected foreign_root(const Candidate& candidate) {
  const bool kills = candidate.rung().touches() && candidate.rung().aims_at_process();
  if (candidate.is_victim() || !kills || names_unit(candidate.rule->match)) return std::nullopt;
  const std::string foreigner = foreign_victims(*candidate.finding);
  if (foreigner.empty()) return std::nullopt;
  return Objection{Refusal::foreign_root, foreigner + ", so rule " + candidate.rule->name +
                                              " must name the unit that it is to act on"};
}

// What will not change as long as the finding stands.
Objected lasting_objection(const Candidate& candidate, const Policy& policy,
                           const Surroundings& surroundings) {
  const Rung& rung = candidate.rung();
  Objected objection;
  if (rung.aims_at_process()) objection = guard(policy, *candidate.finding, surroundings);
  if (!objection && candidate.fit == Fit::unknown) {
    objection =
        Objection{Refusal::unknown_facts,
                  "rule " + candidate.rule->name + " asks for something about the process that is not known"};
  }
  if (!objection) objection = misfit(policy, *candidate.finding, rung);
  if (!objection) objection = foreign_root(candidate);
  return objection;
}

// That the host has just booted may have been this rule's doing, and the ledger may not have outlived it.
Objected too_soon_after_boot(const Candidate& candidate, Instant now) {
  const Duration up = now.time_since_epoch(), window = candidate.rule->limits.window;
  if (candidate.rung().action != ActionKind::reboot || up >= window) return std::nullopt;
  return Objection{Refusal::cool_down,
                   "the host booted " + text_of(std::chrono::floor<std::chrono::seconds>(up)) +
                       " ago, perhaps by this rule: it reboots once within its window of " + text_of(window)};
}

std::string reason_to_act(const Candidate& candidate, const Policy& policy) {
  const Finding& finding = *candidate.finding;
  const auto lasted = std::chrono::duration_cast<std::chrono::seconds>(finding.lasted).count();
  std::string reason = std::string{name_of(finding.key.cause)} + " (" +
                       std::string{name_of(finding.certainty)} + ") for " + std::to_string(lasted) +
                       " s: step " + std::to_string(candidate.rung_number + 1) + " of " +
                       std::to_string(candidate.rule->ladder.size()) + " of rule " + candidate.rule->name;
  if (enforces(policy, *candidate.rule)) return reason;
  return reason + "; nothing is done, because the " + (policy.enforce ? "rule" : "policy") +
         " does not enforce";
}

Decision decision_on(const Candidate& candidate, const Objected& objection, const Policy& policy,
                     Instant now) {
  Decision decision;
  decision.finding = *candidate.finding;
  decision.role = candidate.is_victim() ? Role::victim : Role::root;
  decision.rule = candidate.rule->name;
  decision.rule_file = candidate.rule->file;
  decision.rung = candidate.rung();
  decision.rung_number = candidate.rung_number;
  decision.ladder_length = candidate.rule->ladder.size();
  decision.at = now;
  if (objection) {
    decision.verdict = Verdict::refuse;
    decision.refusal = objection->refusal;
    decision.reason = objection->reason;
  } else {
    decision.verdict = enforces(policy, *candidate.rule) ? Verdict::act : Verdict::dry_run;
    decision.reason = reason_to_act(candidate, policy);
  }
  return decision;
}

// The candidates of one scan on their way to decisions: whoever objects first.
class Sitting {
 public:
  Sitting(const Policy& policy, const Ledger& ledger, const Surroundings& surroundings, Instant now)
      : policy_(policy),
        ledger_(ledger),
        surroundings_(surroundings),
        now_(now),
        budget_{policy, ledger, now},
        room_(surroundings.room) {}

  std::vector<Decision> decide(const std::vector<Candidate>& all) {
    for (const Candidate& candidate : all)
      lasting_.emplace(&candidate, lasting_objection(candidate, policy_, surroundings_));
    find_roots_in_hand(all);
    std::vector<const Candidate*> heard;
    for (const Candidate& candidate : all) {
      if (!candidate.is_victim() || !roots_in_hand_.contains(candidate.root->task.process))
        heard.push_back(&candidate);
    }
    const auto eager = wanted(heard);
    stop_ = brake(policy_, eager, ledger_, Trials::count_not, now_);
    stop_of_trials_ = brake(policy_, eager, ledger_, Trials::count, now_);
    std::vector<Decision> decisions;
    for (const Candidate* candidate : heard)
      decisions.push_back(decision_on(*candidate, objection_to(*candidate), policy_, now_));
    return decisions;
  }

 private:
  // Something is or will be done about them.
  void find_roots_in_hand(const std::vector<Candidate>& all) {
    for (const Candidate& candidate : all) {
      const ProcessId& root = candidate.root->task.process;
      if (candidate.is_victim() && ledger_.in_grace(root, now_)) roots_in_hand_.insert(root);
      if (!candidate.is_victim() && !lasting_.at(&candidate)) roots_in_hand_.insert(root);
    }
  }

  [[nodiscard]] std::vector<const Candidate*> wanted(std::vector<const Candidate*> heard) const {
    std::erase_if(heard, [&](const Candidate* candidate) {
      return !candidate->rung().touches() || lasting_.at(candidate);
    });
    return heard;
  }

  Objected objection_to(const Candidate& candidate) {
    if (const auto& objection = lasting_.at(&candidate)) return objection;
    const bool touches = candidate.rung().touches();
    Objected objection = touches ? passing_objection(candidate) : std::nullopt;
    if (!objection) objection = take_room(candidate.rung());
    if (!objection && touches) budget_.spend(*candidate.rule, candidate.finding->unit);
    return objection;
  }

  [[nodiscard]] Objected passing_objection(const Candidate& candidate) const {
    const Rule& rule = *candidate.rule;
    if (const auto& stop = is_on_trial(policy_, rule) ? stop_of_trials_ : stop_) return stop;
    if (!surroundings_.remembers && enforces(policy_, rule))
      return Objection{Refusal::no_ledger,
                       "the ledger cannot be written, and limits that could be forgotten are none"};
    if (auto objection = too_soon_after_boot(candidate, now_)) return objection;
    return budget_.objection(rule, candidate.finding->unit, candidate.begun);
  }

  Objected take_room(const Rung& rung) {
    if (!rung.goes_on()) return std::nullopt;
    std::size_t& places = rung.action == ActionKind::dump ? room_.dumps : room_.jobs;
    if (places == 0)
      return Objection{Refusal::busy, "as many steps go on beside the scans as may; it waits for one to end"};
    --places;
    return std::nullopt;
  }

  const Policy& policy_;
  const Ledger& ledger_;
  const Surroundings& surroundings_;
  Instant now_;
  Budget budget_;
  Room room_;
  Objected stop_, stop_of_trials_;
  std::map<const Candidate*, Objected> lasting_;
  std::set<ProcessId> roots_in_hand_;
};

}  // namespace

std::vector<Decision> decide(const Policy& policy, const std::vector<Finding>& open, const Ledger& ledger,
                             const Surroundings& surroundings, Instant now) {
  const Subjects subjects{policy, open, now};
  return Sitting{policy, ledger, surroundings, now}.decide(candidates_of(policy, subjects, ledger, now));
}

}  // namespace wedged
