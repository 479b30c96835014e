// SPDX-License-Identifier: Apache-2.0
#include "config/policy_yaml.h"

#include <cstdio>
#include <string_view>

#include "config/duration.h"
#include "config/size.h"

namespace wedged {
namespace {

std::string_view truth(bool value) {
  return value ? "true" : "false";
}

std::string list_of(const std::vector<std::string>& words) {
  std::string list;
  for (const std::string& word : words) list += (list.empty() ? "" : ", ") + in_quotes(word);
  return "[" + list + "]";
}

// As a comment: nobody can change it.
void write_built_in_protect_list(std::ostream& out) {
  constexpr std::size_t width = 100;
  std::string line = "  # always protected:";
  for (const std::string& name : built_in_protect_list()) {
    if (line.size() + name.size() > width) {
      out << line << "\n";
      line = "  #  ";
    }
    line += " " + name;
  }
  out << line << "\n";
}

void write_limits(std::ostream& out, const std::string& indent, const std::string& key,
                  const Limits& limits) {
  out << indent << key << ": { actions: " << limits.actions
      << ", window: " << duration_as_written(limits.window)
      << ", cool_down: " << duration_as_written(limits.cool_down) << " }\n";
}

void write_globs(std::ostream& out, const std::string& key, const std::vector<std::string>& globs) {
  if (!globs.empty()) out << "        " << key << ": " << list_of(globs) << "\n";
}

void write_match(std::ostream& out, const Match& match) {
  std::string causes;
  for (const Cause cause : match.causes) causes += (causes.empty() ? "" : ", ") + std::string{name_of(cause)};
  std::vector<std::string> users;
  for (const UserMatch& user : match.users) users.push_back(user.name);
  out << "      match:\n";
  if (!causes.empty()) out << "        cause: [" << causes << "]\n";
  out << "        certainty: " << name_of(match.at_least) << "\n";
  out << "        lasting: " << duration_as_written(match.lasting) << "\n";
  out << "        role: " << (match.role == Role::root ? "root" : "victim") << "\n";
  write_globs(out, "unit", match.unit);
  write_globs(out, "cgroup", match.cgroup);
  write_globs(out, "container", match.container);
  write_globs(out, "pod", match.pod);
  write_globs(out, "exe", match.exe);
  write_globs(out, "comm", match.comm);
  write_globs(out, "user", users);
  write_globs(out, "syscall", {match.syscalls.begin(), match.syscalls.end()});
  write_globs(out, "device", match.device);
  write_globs(out, "mount", match.mount);
}

std::string_view name_of(Reach reach) {
  switch (reach) {
    case Reach::process: return "process";
    case Reach::process_group: return "group";
    case Reach::cgroup: return "cgroup";
    case Reach::unit: return "unit";
  }
  return "process";
}

void write_signal(std::ostream& out, const Rung& rung) {
  constexpr std::string_view prefix = "SIG";
  Rung alone = rung;
  alone.reach = Reach::process;  // it is in the name, too
  out << "signal: " << alone.name().substr(prefix.size()) << "\n          to: " << name_of(rung.reach);
}

void write_action(std::ostream& out, const Rung& rung) {
  switch (rung.action) {
    case ActionKind::signal: return write_signal(out, rung);
    case ActionKind::log: out << "log: true"; return;
    case ActionKind::restart_unit: out << "restart_unit: true"; return;
    case ActionKind::dump: out << "dump: " << (rung.dump == DumpKind::core ? "core" : "stacks"); return;
    case ActionKind::reboot: out << "reboot: sysrq"; return;
    case ActionKind::hook:
      out << "hook: { command: " << list_of(rung.hook.command)
          << ", timeout: " << duration_as_written(rung.hook.timeout)
          << ", memory: " << size_as_written(rung.hook.memory_bytes) << " }";
  }
}

void write_rule(std::ostream& out, const Rule& rule) {
  out << "    - name: " << in_quotes(rule.name) << "\n      enforce: " << truth(rule.enforce) << "\n";
  write_match(out, rule.match);
  out << "      ladder:\n";
  for (const Rung& rung : rule.ladder) {
    out << "        - ";
    write_action(out, rung);
    out << "\n          grace: " << duration_as_written(rung.grace) << "\n";
  }
  write_limits(out, "      ", "limits", rule.limits);
}

}  // namespace

std::string in_quotes(const std::string& text) {
  std::string word = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      word += '\\';
      word += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      char escape[5];
      std::snprintf(escape, sizeof escape, "\\x%02x", byte);
      word += escape;
    } else {
      word += c;
    }
  }
  return word + "\"";
}

void write_policy(std::ostream& out, const Policy& policy) {
  out << "policy:\n  enforce: " << truth(policy.enforce)
      << "\n  order: " << (policy.order == RuleOrder::first ? "first" : "all")
      << "\n  allow_reboot: " << truth(policy.allow_reboot) << "\n";
  write_built_in_protect_list(out);
  out << "  protect: " << list_of(policy.protect) << "\n";
  write_limits(out, "  ", "limits", policy.limits);
  write_limits(out, "  ", "unit_limits", policy.unit_limits);
  out << "  brake: { decisions: " << policy.brake.decisions
      << ", window: " << duration_as_written(policy.brake.window)
      << " }\n  dumps: { directory: " << in_quotes(policy.dumps.directory)
      << ", quota: " << size_as_written(policy.dumps.quota_bytes)
      << " }\n  ledger: " << in_quotes(policy.ledger_file) << "\n";
  out << "  rules:" << (policy.rules.empty() ? " []" : "") << "\n";
  for (const Rule& rule : policy.rules) write_rule(out, rule);
}

}  // namespace wedged
