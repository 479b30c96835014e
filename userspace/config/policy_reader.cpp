// SPDX-License-Identifier: Apache-2.0
#include "config/policy_reader.h"

#include "config/ladder_reader.h"
#include "config/limits_reader.h"
#include "config/match_reader.h"

namespace wedged {
namespace {

constexpr std::size_t longest_rule_name = 64;
constexpr std::size_t most_rules = 100;

bool is_rule_name(const std::string& name) {
  return !name.empty() && name.size() <= longest_rule_name &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") == std::string::npos;
}

RebootPermission read_permission(const Fields& policy, bool& allowed) {
  policy.boolean("allow_reboot", allowed);
  const YamlNode* node = policy.find("allow_reboot");
  if (allowed || !node) return {allowed, {}};
  return {false, ConfigProblem{policy.problems().file(), node->place.line, node->place.column, {}}.where()};
}

}  // namespace

void PolicyReader::read_name(const Fields& rule, std::string& name) {
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
    return;
  }
  const auto [earlier, fresh] = taken_.emplace(name, rule.problems().file());
  if (fresh) return;
  const bool here = earlier->second == rule.problems().file();
  rule.add_problem(*node, "name",
                   quote(name) + " is the name of an earlier rule" + (here ? "" : " of " + earlier->second));
}

void PolicyReader::read_rule(const YamlNode& node, const std::string& path, Problems& problems) {
  Rule rule;
  rule.file = problems.file();
  const Fields fields{node, path, {"name", "enforce", "match", "ladder", "limits"}, problems};
  if (node.kind == YamlNode::Kind::null) problems.add(node.place, path + " is empty");
  if (node.kind == YamlNode::Kind::map) {
    read_name(fields, rule.name);
    fields.boolean("enforce", rule.enforce);
    rule.match = read_match(fields, users_);
    rule.ladder = read_ladder(fields, reboot_);
    read_limits(fields, "limits", rule.limits);
  }
  sources_.push_back({problems.file(), node.place.line, node.place.column,
                      rule.enforce && fields.find("enforce") != nullptr});
  policy_.rules.push_back(std::move(rule));
}

void PolicyReader::read_rules(const Fields& fields) {
  const auto rules = fields.items("rules");
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (policy_.rules.size() == most_rules) {
      fields.add_problem(*rules[i], "rules", "has more than " + std::to_string(most_rules) + " rules");
      return;
    }
    read_rule(*rules[i], "policy.rules[" + std::to_string(i) + "]", fields.problems());
  }
}

void PolicyReader::read(const YamlNode& node, Problems& problems) {
  const Fields fields{node,
                      "policy",
                      {"enforce", "order", "allow_reboot", "protect", "limits", "unit_limits", "brake",
                       "dumps", "ledger", "rules"},
                      problems};
  fields.boolean("enforce", policy_.enforce);
  if (const auto at = fields.choice("order", {"first", "all"}))
    policy_.order = *at == 0 ? RuleOrder::first : RuleOrder::all;
  reboot_ = read_permission(fields, policy_.allow_reboot);
  fields.globs("protect", policy_.protect, GlobSubject::protect);
  read_limits(fields, "limits", policy_.limits);
  read_limits(fields, "unit_limits", policy_.unit_limits);
  read_brake(fields, policy_.brake);
  read_dumps(fields, policy_.dumps);
  fields.absolute_path("ledger", policy_.ledger_file);
  read_rules(fields);
}

void PolicyReader::read_drop_in(const YamlNode& root, Problems& problems) {
  const Fields fields{root, "a drop-in", {"policy"}, problems};
  const YamlNode* node = fields.find("policy");
  if (!node) return;
  const Fields checked{*node, "the policy of a drop-in", {"rules", "protect"}, problems};
  if (node->kind != YamlNode::Kind::map) return;
  const Fields policy = Fields::with_any_key(*node, "policy", problems);
  policy.globs("protect", policy_.protect, GlobSubject::protect);
  read_rules(policy);
}

}  // namespace wedged
