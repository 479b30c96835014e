// SPDX-License-Identifier: Apache-2.0
#include "config/rung_reader.h"

#include <algorithm>
#include <array>
#include <set>

#include "config/hook_reader.h"
#include "policy/signals.h"

namespace wedged {
namespace {

constexpr DurationRange grace_range{Duration{}, std::chrono::hours(24)};

// What a step may do: the key that says so, how it is written, and how long it usually takes.
struct Kind {
  ActionKind action;
  const char* key;
  const char* form;
  Duration grace;
};
constexpr std::array kinds{
    Kind{ActionKind::signal, "signal", "`signal: TERM`", std::chrono::seconds(5)},
    Kind{ActionKind::restart_unit, "restart_unit", "`restart_unit: true`", std::chrono::seconds(30)},
    Kind{ActionKind::hook, "hook", "`hook: { command: [...] }`", std::chrono::seconds(5)},
    Kind{ActionKind::dump, "dump", "`dump: stacks`", Duration{}},
    Kind{ActionKind::log, "log", "`log: true`", Duration{}},
    Kind{ActionKind::reboot, "reboot", "`reboot: sysrq`", Duration{}}};

std::string forms() {
  std::vector<std::string> forms;
  for (const Kind& kind : kinds) forms.emplace_back(kind.form);
  return alternatives(forms);
}

std::string without_sig(const std::string& word) {
  const bool sig = word.rfind("SIG", 0) == 0 || word.rfind("sig", 0) == 0;
  return sig ? word.substr(3) : word;
}

bool does_not_end_processes(const std::string& word) {
  static const std::set<std::string> names{"STOP", "TSTP", "TTIN", "TTOU", "CONT",   "CHLD", "URG", "WINCH",
                                           "PIPE", "IO",   "POLL", "ALRM", "VTALRM", "PROF", "PWR"};
  return names.contains(without_sig(word));
}

void read_signal(const Fields& fields, Rung& rung) {
  const YamlNode& node = *fields.find("signal");
  const auto word = fields.word(node, "signal");
  if (!word) return;
  if (const auto number = ladder_signal_named(*word)) {
    rung.signal_number = *number;
  } else if (does_not_end_processes(*word)) {
    fields.add_problem(node, "signal",
                       "must be a signal that ends a process (" + alternatives(ladder_signal_names()) +
                           "), which " + quote(*word) + " is not for");
  } else {
    fields.add_problem(node, "signal",
                       "must be " + alternatives(ladder_signal_names()) + ", not " + quote(*word) +
                           did_you_mean(without_sig(*word), ladder_signal_names()));
  }
}

void read_reach(const Fields& fields, Rung& rung) {
  const YamlNode* node = fields.find("to");
  if (!node) return;
  if (rung.action != ActionKind::signal) {
    fields.add_problem(*node, "to", "says whom a signal reaches, and this step sends none");
    return;
  }
  constexpr std::array reaches{Reach::process, Reach::process_group, Reach::cgroup, Reach::unit};
  if (const auto at = fields.choice("to", {"process", "group", "cgroup", "unit"}))
    rung.reach = reaches.at(*at);
}

void read_dump(const Fields& fields, Rung& rung) {
  if (const auto at = fields.choice("dump", {"stacks", "core"}))
    rung.dump = *at == 0 ? DumpKind::stacks : DumpKind::core;
}

void read_reboot(const Fields& fields, const RebootPermission& permission) {
  const YamlNode& node = *fields.find("reboot");
  const auto word = fields.word(node, "reboot");
  if (!word) return;
  if (*word != "sysrq") {
    fields.add_problem(node, "reboot", "can only be sysrq, not " + quote(*word));
  } else if (!permission.given) {
    const std::string said =
        permission.denied_at.empty() ? ", where it is missing" : "; " + permission.denied_at + " says false";
    fields.add_problem(node, "reboot",
                       "needs `allow_reboot: true` in `policy` of the main file as well" + said);
  }
}

void read_action(const Fields& fields, const RebootPermission& reboot, Rung& rung) {
  switch (rung.action) {
    case ActionKind::signal: return read_signal(fields, rung);
    case ActionKind::log: return fields.only_true("log");
    case ActionKind::restart_unit: return fields.only_true("restart_unit");
    case ActionKind::hook: rung.hook = read_hook(fields); return;
    case ActionKind::dump: return read_dump(fields, rung);
    case ActionKind::reboot: return read_reboot(fields, reboot);
  }
}

}  // namespace

Rung read_rung(const YamlNode& node, const std::string& path, const RebootPermission& reboot,
               Problems& problems) {
  Rung rung;
  std::vector<std::string> known;
  for (const Kind& kind : kinds) known.emplace_back(kind.key);
  known.insert(known.end(), {"to", "grace"});
  const Fields fields{node, path, known, problems};
  if (node.kind != YamlNode::Kind::map && node.kind != YamlNode::Kind::null) return rung;
  const auto is_given = [&](const Kind& kind) { return fields.find(kind.key) != nullptr; };
  if (std::count_if(kinds.begin(), kinds.end(), is_given) == 1) {
    const Kind& kind = *std::find_if(kinds.begin(), kinds.end(), is_given);
    rung.action = kind.action;
    rung.grace = kind.grace;
    read_action(fields, reboot, rung);
    read_reach(fields, rung);
  } else {
    problems.add(node.place, path + " must have exactly one of " + forms());
  }
  fields.duration("grace", rung.grace, grace_range);
  return rung;
}

}  // namespace wedged
