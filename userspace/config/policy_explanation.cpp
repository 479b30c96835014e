// SPDX-License-Identifier: Apache-2.0
#include "config/policy_explanation.h"

#include <algorithm>

#include "config/fields.h"
#include "config/words.h"

namespace wedged {
namespace {

std::vector<std::string> names_of(const std::vector<UserMatch>& users) {
  std::vector<std::string> names;
  for (const UserMatch& user : users) {
    const std::string number = std::to_string(user.uid);
    names.push_back(user.name == number ? number : user.name + " (" + number + ")");
  }
  return names;
}

std::string process_of(const Match& match) {
  return "a process" + phrase("named", match.comm) + phrase("running", match.exe) +
         phrase("of unit", match.unit) + phrase("in cgroup", match.cgroup) +
         phrase("in container", match.container) + phrase("of pod", match.pod) +
         phrase("of user", names_of(match.users));
}

std::string certainty_of(const Match& match) {
  switch (match.at_least) {
    case Certainty::certain: return "certainly stuck";
    case Certainty::likely: return "likely or certainly stuck";
    case Certainty::possible: return "possibly stuck or surer";
  }
  return "stuck";
}

std::string causes_of(const Match& match) {
  return match.causes.empty() ? " by any cause" : phrase("by", wedged::names_of(match.causes));
}

std::string place_of(const Match& match) {
  return phrase("on device", match.device) + phrase("on mount", match.mount);
}

std::string condition_of(const Match& match) {
  const std::string call = phrase("in the call", {match.syscalls.begin(), match.syscalls.end()});
  const std::string lasting = match.lasting > Duration{} ? " for " + in_words(match.lasting) : "";
  if (match.role == Role::root)
    return " that is " + certainty_of(match) + causes_of(match) + call + place_of(match) + lasting;
  return " that waits" + call + lasting + " for one that is " + certainty_of(match) + causes_of(match) +
         place_of(match);
}

std::string reach_of(const Rung& rung) {
  switch (rung.reach) {
    case Reach::process: return "";
    case Reach::process_group: return " with its process group";
    case Reach::cgroup: return " with its whole cgroup";
    case Reach::unit: return " with its whole unit";
  }
  return "";
}

std::string signal_of(const Rung& rung) {
  Rung alone = rung;
  alone.reach = Reach::process;  // it is in the name, too
  return alone.name() + reach_of(rung);
}

// After "a process that ...". Signals in a row share their verb.
std::string step_of(const Rung& rung, bool after_signal) {
  switch (rung.action) {
    case ActionKind::signal: return (after_signal ? "" : "gets ") + signal_of(rung);
    case ActionKind::log: return "is logged";
    case ActionKind::restart_unit: return "has its unit restarted";
    case ActionKind::dump: return rung.dump == DumpKind::core ? "has its core kept" : "has its stacks kept";
    case ActionKind::hook:
      return "is handed to " + rung.hook.command.front() + " (at most " + in_words(rung.hook.timeout) + ")";
    case ActionKind::reboot: return "makes the host reboot at once";
  }
  return "";
}

std::string ladder_of(const std::vector<Rung>& ladder) {
  std::string text;
  const Rung* before = nullptr;
  for (const Rung& rung : ladder) {
    if (before != nullptr)
      text += before->grace > Duration{} ? ", after " + in_words(before->grace) : ", then";
    text += " " + step_of(rung, before != nullptr && before->action == ActionKind::signal);
    before = &rung;
  }
  return text;
}

std::string limits_of(const Limits& limits) {
  return "at most " + counted(limits.actions, "action") + " in " + in_words(limits.window) +
         (limits.cool_down > Duration{} ? ", and " + in_words(limits.cool_down) + " of rest after each" : "");
}

bool touches(const Rule& rule) {
  return std::any_of(rule.ladder.begin(), rule.ladder.end(), [](const Rung& rung) { return rung.touches(); });
}

}  // namespace

std::string explain_rule(const Policy& policy, const Rule& rule) {
  std::string text =
      rule.name + ": " + process_of(rule.match) + condition_of(rule.match) + ladder_of(rule.ladder);
  if (!touches(rule)) return text + ".";  // limits are of what touches a process
  text += "; " + limits_of(rule.limits) + ".";
  if (enforces(policy, rule)) return text;
  return text + (policy.enforce ? " (dry run of this rule)" : " (dry run)");
}

std::vector<std::string> explain_bounds(const Policy& policy) {
  std::vector<std::string> sentences;
  if (policy.rules.empty()) return sentences;
  if (policy.order == RuleOrder::first) {
    sentences.emplace_back("Rules are tried in this order; the first that matches counts, and no other.");
  } else {
    sentences.emplace_back(
        "Every rule that matches counts, in this order; the next begins when the ladder before it is at its "
        "end.");
  }
  sentences.emplace_back("Each further step is for a process that is still stuck by then.");
  sentences.push_back("The whole host: " + limits_of(policy.limits) +
                      ". Each unit: " + limits_of(policy.unit_limits) + ".");
  sentences.push_back("More than " + counted(policy.brake.decisions, "decision") + " in " +
                      in_words(policy.brake.window) + " suspend enforcement.");
  return sentences;
}

}  // namespace wedged
