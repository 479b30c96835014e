// SPDX-License-Identifier: Apache-2.0
// Settings as YAML, for people to read and for parse_config to read again: what the readers accept, this
// writes.
#include <cstdio>
#include <sstream>
#include <string_view>

#include "config/config_file.h"
#include "config/duration.h"
#include "config/settings_reader.h"

namespace wedged {
namespace {

// In double quotes, where YAML takes every character as it is but these.
std::string quoted(const std::string& text) {
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

std::string list_of(const std::vector<std::string>& words) {
  std::string list;
  for (const std::string& word : words) list += (list.empty() ? "" : ", ") + quoted(word);
  return "[" + list + "]";
}

std::string text_or_none(const std::optional<Duration>& duration) {
  return duration ? duration_as_written(*duration) : "none";
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

void write_limits(std::ostream& out, const std::string& indent, const Limits& limits) {
  out << indent << "limits: { actions: " << limits.actions
      << ", window: " << duration_as_written(limits.window)
      << ", cool_down: " << duration_as_written(limits.cool_down) << " }\n";
}

void write_match(std::ostream& out, const Match& match) {
  std::string causes;
  for (const Cause cause : match.causes) causes += (causes.empty() ? "" : ", ") + std::string{name_of(cause)};
  out << "      match:\n";
  if (!causes.empty()) out << "        cause: [" << causes << "]\n";
  out << "        certainty: " << name_of(match.at_least) << "\n";
  out << "        lasting: " << duration_as_written(match.lasting) << "\n";
  if (!match.comm.empty()) out << "        comm: " << list_of(match.comm) << "\n";
  if (!match.exe.empty()) out << "        exe: " << list_of(match.exe) << "\n";
  if (!match.unit.empty()) out << "        unit: " << list_of(match.unit) << "\n";
}

void write_rung(std::ostream& out, const Rung& rung) {
  constexpr std::string_view prefix = "SIG";
  if (rung.action == ActionKind::log) {
    out << "        - log: true\n";
  } else {
    out << "        - signal: " << rung.name().substr(prefix.size()) << "\n";
  }
  out << "          grace: " << duration_as_written(rung.grace) << "\n";
}

void write_rule(std::ostream& out, const Rule& rule) {
  out << "    - name: " << quoted(rule.name) << "\n";
  write_match(out, rule.match);
  out << "      ladder:\n";
  for (const Rung& rung : rule.ladder) write_rung(out, rung);
  write_limits(out, "      ", rule.limits);
}

void write_policy(std::ostream& out, const Policy& policy) {
  out << "policy:\n  enforce: " << (policy.enforce ? "true" : "false") << "\n";
  write_built_in_protect_list(out);
  out << "  protect: " << list_of(policy.protect) << "\n";
  write_limits(out, "  ", policy.limits);
  out << "  rules:" << (policy.rules.empty() ? " []" : "") << "\n";
  for (const Rule& rule : policy.rules) write_rule(out, rule);
}

void write_call_limits(std::ostream& out, const Thresholds& thresholds) {
  out << "  limits:" << (thresholds.slow_syscall_limits.empty() ? " {}" : "") << "\n";
  for (const auto& [call, limit] : thresholds.slow_syscall_limits) {
    out << "    " << call << ": " << text_or_none(limit) << "\n";
  }
}

}  // namespace

std::string to_yaml(const Settings& settings) {
  const Thresholds& thresholds = settings.thresholds;
  std::ostringstream out;
  out << "scan:\n  interval: " << duration_as_written(settings.scan_interval)
      << "\n  observe: " << name_of(settings.observe)
      << "\nthresholds:\n  uninterruptible_wait: " << duration_as_written(thresholds.uninterruptible_wait)
      << "\n  unkillable: " << duration_as_written(thresholds.unkillable)
      << "\n  lock_wait: " << duration_as_written(thresholds.lock_wait)
      << "\nslow_syscall:\n  default: " << text_or_none(thresholds.slow_syscall_default) << "\n";
  write_call_limits(out, thresholds);
  out << "web:\n  listen_address: " << (settings.web ? quoted(settings.web->text()) : "none") << "\n";
  write_policy(out, settings.policy);
  return out.str();
}

}  // namespace wedged
