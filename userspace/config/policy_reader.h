// SPDX-License-Identifier: Apache-2.0
// PolicyReader: from the `policy` of the main file and those of its drop-ins to one Policy. Whatever it lets
// pass, decide() can work with.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/config_file.h"
#include "config/fields.h"
#include "config/rung_reader.h"
#include "config/users.h"
#include "config/yaml_node.h"
#include "policy/policy.h"

namespace wedged {

class PolicyReader {
 public:
  explicit PolicyReader(UserLookup users) : users_(std::move(users)) {}

  // The main file's `policy`: before every drop-in.
  void read(const YamlNode& node, Problems& problems);
  // A drop-in as a whole: it may hold `policy`, and that only rules and protected names.
  void read_drop_in(const YamlNode& root, Problems& problems);

  [[nodiscard]] const Policy& policy() const { return policy_; }
  [[nodiscard]] const std::vector<RuleSource>& sources() const { return sources_; }  // as Policy::rules

 private:
  void read_rules(const Fields& fields);
  void read_rule(const YamlNode& node, const std::string& path, Problems& problems);
  void read_name(const Fields& rule, std::string& name);

  UserLookup users_;
  Policy policy_;
  std::vector<RuleSource> sources_;
  RebootPermission reboot_;
  std::map<std::string, std::string> taken_;  // names of rules, and the file of each
};

}  // namespace wedged
