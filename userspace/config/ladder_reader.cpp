// SPDX-License-Identifier: Apache-2.0
#include "config/ladder_reader.h"

#include <csignal>
#include <optional>

namespace wedged {
namespace {

constexpr std::size_t most_rungs = 10;  // each is a series of its own in the metrics

// Who outlived a KILL outlives every other signal. One that reaches more may still free it: the holder of
// what it waits for may be among them.
bool is_vain(const Rung& rung, const std::optional<Reach>& killed) {
  return killed && rung.action == ActionKind::signal && rung.reach <= *killed;
}

void read_rungs(const Fields& rule, const std::vector<const YamlNode*>& nodes, const RebootPermission& reboot,
                std::vector<Rung>& ladder) {
  std::optional<Reach> killed;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const std::string path = rule.name_of("ladder") + "[" + std::to_string(i) + "]";
    const Rung rung = read_rung(*nodes[i], path, reboot, rule.problems());
    if (is_vain(rung, killed))
      rule.problems().add(nodes[i]->place,
                          path + " comes after KILL, and no signal to as few can do more than that");
    if (rung.signal_number == SIGKILL && (!killed || *killed < rung.reach)) killed = rung.reach;
    ladder.push_back(rung);
  }
}

}  // namespace

std::vector<Rung> read_ladder(const Fields& rule, const RebootPermission& reboot) {
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
  read_rungs(rule, nodes, reboot, ladder);
  return ladder;
}

}  // namespace wedged
