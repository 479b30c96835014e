// SPDX-License-Identifier: Apache-2.0
// Settings as YAML, for people to read and for parse_config to read again: what the readers accept, this
// writes.
#include <sstream>
#include <string_view>

#include "config/config_file.h"
#include "config/duration.h"
#include "config/policy_yaml.h"
#include "config/settings_reader.h"

namespace wedged {
namespace {

std::string text_or_none(const std::optional<Duration>& duration) {
  return duration ? duration_as_written(*duration) : "none";
}

void write_thresholds(std::ostream& out, const Thresholds& thresholds) {
  const auto write = [&](std::string_view name, Duration threshold) {
    out << "  " << name << ": " << duration_as_written(threshold) << "\n";
  };
  out << "thresholds:\n";
  write("uninterruptible_wait", thresholds.uninterruptible_wait);
  write("kernel_loop", thresholds.kernel_loop);
  write("unkillable", thresholds.unkillable);
  write("starved", thresholds.starved);
  write("event_loop_spin", thresholds.event_loop_spin);
  write("lost_leader", thresholds.lost_leader);
  write("stopped", thresholds.stopped);
  write("lock_wait", thresholds.lock_wait);
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
      << "\n  observe: " << name_of(settings.observe) << "\n";
  write_thresholds(out, thresholds);
  out << "slow_syscall:\n  default: " << text_or_none(thresholds.slow_syscall_default) << "\n";
  write_call_limits(out, thresholds);
  out << "web:\n  listen_address: " << (settings.web ? in_quotes(settings.web->text()) : "none")
      << "\n  telemetry_path: " << settings.telemetry_path << "\n";
  if (!settings.web_config_file.empty())
    out << "  config_file: " << in_quotes(settings.web_config_file) << "\n";
  write_policy(out, settings.policy);
  return out.str();
}

}  // namespace wedged
