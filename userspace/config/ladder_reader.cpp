// SPDX-License-Identifier: Apache-2.0
#include "config/ladder_reader.h"

#include <csignal>
#include <set>

#include "policy/signals.h"

namespace wedged {
namespace {

constexpr DurationRange grace_range{Duration{}, std::chrono::hours(24)};
constexpr Duration default_grace = std::chrono::seconds(5);  // after a signal; a log line needs none
constexpr std::size_t most_rungs = 10;                       // each is a series of its own in the metrics

std::string without_sig(const std::string& word) {
  const bool sig = word.rfind("SIG", 0) == 0 || word.rfind("sig", 0) == 0;
  return sig ? word.substr(3) : word;
}

bool does_not_end_processes(const std::string& word) {
  static const std::set<std::string> names{"STOP", "TSTP", "TTIN", "TTOU", "CONT",   "CHLD", "URG", "WINCH",
                                           "PIPE", "IO",   "POLL", "ALRM", "VTALRM", "PROF", "PWR"};
  return names.contains(without_sig(word));
}

void read_signal(const Fields& fields, const YamlNode& node, Rung& rung) {
  rung.action = ActionKind::signal;
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

Rung read_rung(const YamlNode& node, const std::string& path, Problems& problems) {
  Rung rung;
  const Fields fields{node, path, {"signal", "log", "grace"}, problems};
  if (node.kind != YamlNode::Kind::map && node.kind != YamlNode::Kind::null) return rung;
  const YamlNode* signal = fields.find("signal");
  const YamlNode* log = fields.find("log");
  if ((signal != nullptr) == (log != nullptr)) {
    problems.add(node.place, path + " must have one of `signal: NAME` and `log: true`");
  } else if (signal) {
    rung.grace = default_grace;
    read_signal(fields, *signal, rung);
  } else {
    bool wanted = true;
    fields.boolean("log", wanted);
    if (!wanted) fields.add_problem(*log, "log", "can only be true; leave the step out instead");
  }
  fields.duration("grace", rung.grace, grace_range);
  return rung;
}

}  // namespace

std::vector<Rung> read_ladder(const Fields& rule) {
  std::vector<Rung> ladder;
  const auto nodes = rule.items("ladder");
  const YamlNode* whole = rule.find("ladder");
  if (nodes.empty() &&
      (!whole || whole->kind == YamlNode::Kind::null || whole->kind == YamlNode::Kind::list)) {
    rule.problems().add(whole ? whole->place : rule.place(),
                        rule.name_of("ladder") + " must have at least one step, such as `- signal: TERM`");
  }
  if (nodes.size() > most_rungs) {
    rule.add_problem(*whole, "ladder", "has more than " + std::to_string(most_rungs) + " steps");
  }
  bool killed = false;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const std::string path = rule.name_of("ladder") + "[" + std::to_string(i) + "]";
    const Rung rung = read_rung(*nodes[i], path, rule.problems());
    if (killed && rung.action == ActionKind::signal) {
      rule.problems().add(nodes[i]->place, path + " comes after KILL, and no signal can do more than that");
    }
    killed = killed || rung.signal_number == SIGKILL;
    ladder.push_back(rung);
  }
  return ladder;
}

}  // namespace wedged
