// SPDX-License-Identifier: Apache-2.0
#include "config/policy_reader.h"

#include <algorithm>
#include <set>

#include "config/fields.h"
#include "config/ladder_reader.h"

namespace wedged {
namespace {

constexpr auto day = std::chrono::hours(24);
constexpr DurationRange lasting_range{Duration{}, 7 * day};
constexpr DurationRange window_range{std::chrono::seconds(1), 7 * day};
constexpr DurationRange cool_down_range{Duration{}, 7 * day};
constexpr unsigned most_actions = 1000;
constexpr std::size_t longest_rule_name = 64;
constexpr std::size_t most_rules = 100;

template <typename Names>
std::vector<std::string> names_of(const Names& values) {
  std::vector<std::string> names;
  for (const auto value : values) names.emplace_back(name_of(value));
  return names;
}

std::string must_be_one_of(const std::string& word, const std::vector<std::string>& known) {
  return "must be " + alternatives(known) + ", not " + quote(word) + did_you_mean(word, known);
}

void read_limits(const Fields& parent, Limits& limits) {
  const YamlNode* node = parent.find("limits");
  if (!node) return;
  const Fields fields{*node, parent.name_of("limits"), {"actions", "window", "cool_down"}, parent.problems()};
  fields.count("actions", limits.actions, most_actions);
  fields.duration("window", limits.window, window_range);
  fields.duration("cool_down", limits.cool_down, cool_down_range);
}

void read_causes(const Fields& fields, std::set<Cause>& causes) {
  for (const YamlNode* node : fields.one_or_more("cause")) {
    const auto word = fields.word(*node, "cause");
    if (!word) continue;
    if (const auto cause = cause_named(*word)) {
      causes.insert(*cause);
    } else {
      fields.add_problem(*node, "cause", must_be_one_of(*word, names_of(all_causes)));
    }
  }
}

void read_certainty(const Fields& fields, Certainty& at_least) {
  const YamlNode* node = fields.find("certainty");
  if (!node) return;
  const auto word = fields.word(*node, "certainty");
  if (!word) return;
  if (const auto certainty = certainty_named(*word)) {
    at_least = *certainty;
  } else {
    fields.add_problem(*node, "certainty", must_be_one_of(*word, names_of(all_certainties)));
  }
}

// A rule without `match`, or with all of it commented out, would act on whatever is stuck: who wants that
// shall say so.
void read_match(const Fields& rule, Match& match) {
  const YamlNode* node = rule.find("match");
  if (!node || node->kind == YamlNode::Kind::null) {
    rule.problems().add(node ? node->place : rule.place(),
                        rule.name_of("match") + " is missing; `match: {}` matches every finding");
    return;
  }
  const Fields fields{*node,
                      rule.name_of("match"),
                      {"cause", "certainty", "lasting", "comm", "exe", "unit"},
                      rule.problems()};
  read_causes(fields, match.causes);
  read_certainty(fields, match.at_least);
  fields.duration("lasting", match.lasting, lasting_range);
  fields.globs("comm", match.comm, GlobSubject::comm);
  fields.globs("exe", match.exe, GlobSubject::exe);
  fields.globs("unit", match.unit, GlobSubject::unit);
}

bool is_rule_name(const std::string& name) {
  return !name.empty() && name.size() <= longest_rule_name &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") == std::string::npos;
}

void read_name(const Fields& rule, std::string& name, std::set<std::string>& taken) {
  const YamlNode* node = rule.find("name");
  if (!node) {
    rule.problems().add(rule.place(),
                        rule.name_of("name") + " is missing; it is the rule's label in metrics");
    return;
  }
  const auto word = rule.word(*node, "name");
  if (!word) return;
  name = *word;
  if (!is_rule_name(name)) {
    rule.add_problem(*node, "name", "must be 1 to 64 of a-z, 0-9, '_' and '-', not " + quote(name));
  } else if (!taken.insert(name).second) {
    rule.add_problem(*node, "name", quote(name) + " is the name of an earlier rule");
  }
}

Rule read_rule(const YamlNode& node, const std::string& path, std::set<std::string>& names,
               Problems& problems) {
  Rule rule;
  const Fields fields{node, path, {"name", "match", "ladder", "limits"}, problems};
  if (node.kind == YamlNode::Kind::null) problems.add(node.place, path + " is empty");
  if (node.kind != YamlNode::Kind::map) return rule;
  read_name(fields, rule.name, names);
  read_match(fields, rule.match);
  rule.ladder = read_ladder(fields);
  read_limits(fields, rule.limits);
  return rule;
}

}  // namespace

Policy read_policy(const YamlNode& node, Problems& problems) {
  Policy policy;
  const Fields fields{node, "policy", {"enforce", "protect", "limits", "rules"}, problems};
  fields.boolean("enforce", policy.enforce);
  fields.globs("protect", policy.protect, GlobSubject::protect);
  read_limits(fields, policy.limits);
  const auto rules = fields.items("rules");
  if (rules.size() > most_rules) {
    fields.add_problem(*rules[most_rules], "rules", "has more than " + std::to_string(most_rules) + " rules");
  }
  std::set<std::string> names;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const std::string path = "policy.rules[" + std::to_string(i) + "]";
    policy.rules.push_back(read_rule(*rules[i], path, names, problems));
  }
  return policy;
}

}  // namespace wedged
