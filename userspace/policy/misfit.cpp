// SPDX-License-Identifier: Apache-2.0
// Each condition is tried alone, so that match.cpp stays the only place that knows what fits.
#include "policy/misfit.h"

#include <algorithm>

#include "policy/match.h"
#include "policy/victims.h"

namespace wedged {
namespace {

Match everything() {
  Match match;
  match.at_least = Certainty::possible;
  return match;
}

class Reasons {
 public:
  explicit Reasons(const Finding& finding) : finding_(finding) {}

  // `set` lays one condition of the rule over a match of everything.
  template <typename Set>
  void try_alone(const std::string& what, Set&& set) {
    Match match = everything();
    set(match);
    if (fit_of(match, finding_) == Fit::no) reasons_.push_back(what);
  }

  [[nodiscard]] std::vector<std::string> take() { return std::move(reasons_); }

 private:
  const Finding& finding_;
  std::vector<std::string> reasons_;
};

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string seconds_text(Duration duration) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
  return ms % 1000 == 0 ? std::to_string(ms / 1000) + " s" : std::to_string(ms) + " ms";
}

std::string or_none(const std::string& text) {
  return text.empty() ? "none" : text;
}

// "its unit is db.service, and the rule asks for web@*".
std::string asks(const std::string& what, const std::string& has, const std::string& wanted) {
  return "its " + what + " is " + has + ", and the rule asks for " + wanted;
}

void try_text(Reasons& reasons, const Match& match, const Finding& finding) {
  const auto one = [&](auto member, const std::string& what, const std::string& has) {
    if ((match.*member).empty()) return;
    reasons.try_alone(asks(what, or_none(has), joined(match.*member)),
                      [&](Match& alone) { alone.*member = match.*member; });
  };
  const std::string cgroup = finding.task.details ? finding.task.details->cgroup : "";
  one(&Match::comm, "name", process_name_of(finding.task));
  one(&Match::exe, "executable", exe_of(finding.task));
  one(&Match::unit, "unit", finding.unit);
  one(&Match::cgroup, "cgroup", cgroup);
  for (const auto& [member, what] : {std::pair{&Match::container, "container"},
                                     {&Match::pod, "pod"},
                                     {&Match::device, "device"},
                                     {&Match::mount, "mount"}}) {
    if ((match.*member).empty()) continue;
    const auto wanted = member;
    reasons.try_alone("its " + std::string(what) + " is not " + joined(match.*wanted),
                      [&](Match& alone) { alone.*wanted = match.*wanted; });
  }
}

void try_sets(Reasons& reasons, const Match& match, const Finding& finding) {
  std::vector<std::string> causes;
  for (const Cause cause : match.causes) causes.emplace_back(name_of(cause));
  reasons.try_alone(asks("cause", std::string(name_of(finding.key.cause)), joined(causes)),
                    [&](Match& alone) { alone.causes = match.causes; });
  std::vector<std::string> users;
  for (const auto& user : match.users) users.push_back(user.name);
  reasons.try_alone("its user is not " + joined(users), [&](Match& alone) { alone.users = match.users; });
  reasons.try_alone("its system call is not " + joined({match.syscalls.begin(), match.syscalls.end()}),
                    [&](Match& alone) { alone.syscalls = match.syscalls; });
}

Misfit misfit_of(const Rule& rule, const Finding& finding) {
  const Match& match = rule.match;
  if (match.role == Role::victim) return {rule.name, {"it is for victims, and none of them fits"}};
  Reasons reasons(finding);
  try_sets(reasons, match, finding);
  reasons.try_alone(asks("certainty", std::string(name_of(finding.certainty)),
                         std::string(name_of(match.at_least)) + " at least"),
                    [&](Match& alone) { alone.at_least = match.at_least; });
  reasons.try_alone("it has lasted " + seconds_text(finding.lasted) + ", and the rule asks for " +
                        seconds_text(match.lasting),
                    [&](Match& alone) { alone.lasting = match.lasting; });
  try_text(reasons, match, finding);
  return {rule.name, reasons.take()};
}

}  // namespace

bool any_fit(const Rule& rule, const Finding& finding, Instant now) {
  if (rule.match.role == Role::root) return fit_of(rule.match, finding) != Fit::no;
  const auto victims = victims_of(finding, now);
  return std::any_of(victims.begin(), victims.end(),
                     [&](const Finding& victim) { return fit_of(rule.match, victim, finding) != Fit::no; });
}

std::optional<Misfit> nearest_misfit(const Policy& policy, const Finding& finding) {
  std::optional<Misfit> nearest;
  for (const Rule& rule : policy.rules) {
    Misfit misfit = misfit_of(rule, finding);
    if (!nearest || misfit.reasons.size() < nearest->reasons.size()) nearest = std::move(misfit);
  }
  return nearest;
}

}  // namespace wedged
