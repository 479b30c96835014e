// SPDX-License-Identifier: Apache-2.0
#include "config/match_reader.h"

#include "config/call_names.h"

namespace wedged {
namespace {

constexpr DurationRange lasting_range{Duration{}, std::chrono::hours(7 * 24)};
constexpr std::size_t most_users = 64;  // each is asked for, perhaps over the network

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

void read_users(const Fields& fields, const UserLookup& lookup, std::vector<UserMatch>& users) {
  const auto nodes = fields.one_or_more("user");
  if (nodes.size() > most_users) {
    fields.add_problem(*nodes[most_users], "user", "has more than " + std::to_string(most_users) + " users");
    return;
  }
  for (const YamlNode* node : nodes) {
    const auto word = fields.word(*node, "user");
    if (!word) continue;
    const auto uid = user_id(*word, lookup);
    if (uid) {
      users.push_back({*word, *uid});
    } else {
      fields.add_problem(*node, "user", uid.error().message);
    }
  }
}

void read_syscalls(const Fields& fields, std::set<std::string>& syscalls) {
  for (const YamlNode* node : fields.one_or_more("syscall")) {
    const auto word = fields.word(*node, "syscall");
    if (!word) continue;
    if (const std::string fault = fault_of_call(*word, fields.problems()); !fault.empty()) {
      fields.problems().add(node->place, fields.name_of("syscall") + ": " + fault);
    } else {
      syscalls.insert(*word);
    }
  }
}

}  // namespace

// A rule without `match`, or with all of it commented out, would act on whatever is stuck: who wants that
// shall say so.
Match read_match(const Fields& rule, const UserLookup& lookup) {
  Match match;
  const YamlNode* node = rule.find("match");
  if (!node || node->kind == YamlNode::Kind::null) {
    rule.problems().add(node ? node->place : rule.place(),
                        rule.name_of("match") + " is missing; `match: {}` matches every finding");
    return match;
  }
  const Fields fields{*node,
                      rule.name_of("match"),
                      {"cause", "certainty", "lasting", "role", "unit", "cgroup", "container", "pod", "exe",
                       "comm", "user", "syscall", "device", "mount"},
                      rule.problems()};
  read_causes(fields, match.causes);
  if (const auto at = fields.choice("certainty", names_of(all_certainties)))
    match.at_least = all_certainties.at(*at);
  fields.duration("lasting", match.lasting, lasting_range);
  if (const auto at = fields.choice("role", {"root", "victim"}))
    match.role = *at == 0 ? Role::root : Role::victim;
  fields.globs("comm", match.comm, GlobSubject::comm);
  fields.globs("exe", match.exe, GlobSubject::exe);
  fields.globs("unit", match.unit, GlobSubject::unit);
  fields.globs("cgroup", match.cgroup, GlobSubject::cgroup);
  fields.globs("container", match.container, GlobSubject::container);
  fields.globs("pod", match.pod, GlobSubject::pod);
  fields.globs("device", match.device, GlobSubject::device);
  fields.globs("mount", match.mount, GlobSubject::mount);
  read_users(fields, lookup, match.users);
  read_syscalls(fields, match.syscalls);
  return match;
}

}  // namespace wedged
