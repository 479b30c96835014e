// SPDX-License-Identifier: Apache-2.0
#include "config/settings_reader.h"

#include "config/call_names.h"
#include "config/fields.h"
#include "config/listen_address.h"
#include "config/telemetry_path.h"

namespace wedged {
namespace {

constexpr DurationRange threshold_range{std::chrono::milliseconds(100), std::chrono::hours(24)};
constexpr DurationRange call_range{std::chrono::milliseconds(100), std::chrono::hours(7 * 24)};

void read_scan(const YamlNode& node, Settings& settings, Problems& problems) {
  const Fields fields{node, "scan", {"interval", "observe"}, problems};
  fields.duration("interval", settings.scan_interval, scan_interval_range);
  const auto names = names_of(all_observe_modes);
  if (const auto at = fields.choice("observe", names)) settings.observe = all_observe_modes.at(*at);
}

void read_thresholds(const YamlNode& node, Thresholds& thresholds, Problems& problems) {
  const Fields fields{node,
                      "thresholds",
                      {"uninterruptible_wait", "kernel_loop", "unkillable", "starved", "event_loop_spin",
                       "lost_leader", "stopped", "lock_wait"},
                      problems};
  fields.duration("uninterruptible_wait", thresholds.uninterruptible_wait, threshold_range);
  fields.duration("kernel_loop", thresholds.kernel_loop, threshold_range);
  fields.duration("unkillable", thresholds.unkillable, threshold_range);
  fields.duration("starved", thresholds.starved, threshold_range);
  fields.duration("event_loop_spin", thresholds.event_loop_spin, threshold_range);
  fields.duration("lost_leader", thresholds.lost_leader, threshold_range);
  fields.duration("stopped", thresholds.stopped, threshold_range);
  fields.duration("lock_wait", thresholds.lock_wait, threshold_range);
}

void read_call_limits(const YamlNode& node, Thresholds& thresholds, Problems& problems) {
  const Fields fields = Fields::with_any_key(node, "slow_syscall.limits", problems);
  for (const YamlNode* entry : fields.entries()) {
    const std::string& call = entry->key;
    if (const std::string fault = fault_of_call(call, problems); !fault.empty()) {
      problems.add(entry->key_place, "slow_syscall.limits: " + fault);
    } else {
      fields.duration_or_none(call, thresholds.slow_syscall_limits[call], call_range);
    }
  }
}

void read_slow_syscall(const YamlNode& node, Thresholds& thresholds, Problems& problems) {
  const Fields fields{node, "slow_syscall", {"default", "limits"}, problems};
  fields.duration_or_none("default", thresholds.slow_syscall_default, call_range);
  if (const YamlNode* limits = fields.find("limits")) read_call_limits(*limits, thresholds, problems);
}

void read_listen_address(const Fields& fields, std::optional<ListenAddress>& web) {
  const YamlNode* address = fields.find("listen_address");
  const auto word = address ? fields.word(*address, "listen_address") : std::nullopt;
  if (!word) return;
  if (*word == "none") {
    web = std::nullopt;
    return;
  }
  const auto parsed = parse_listen_address(*word);
  if (parsed) {
    web = *parsed;
  } else {
    fields.add_problem(*address, "listen_address", parsed.error().message + ", or none");
  }
}

void read_web(const YamlNode& node, Settings& settings, Problems& problems) {
  const Fields fields{node, "web", {"listen_address", "telemetry_path", "config_file"}, problems};
  read_listen_address(fields, settings.web);
  fields.absolute_path("config_file", settings.web_config_file);
  const YamlNode* path = fields.find("telemetry_path");
  const auto word = path ? fields.word(*path, "telemetry_path") : std::nullopt;
  if (!word) return;
  if (const std::string fault = fault_of_telemetry_path(*word); !fault.empty()) {
    fields.add_problem(*path, "telemetry_path", fault);
  } else {
    settings.telemetry_path = *word;
  }
}

}  // namespace

std::optional<ObserveMode> observe_mode_named(const std::string& name) {
  if (name == "calls") return ObserveMode::calls;
  if (name == "scan") return ObserveMode::scan;
  return std::nullopt;
}

std::string name_of(ObserveMode mode) {
  return mode == ObserveMode::calls ? "calls" : "scan";
}

Settings read_settings(const YamlNode& root, PolicyReader& policy, Problems& problems) {
  Settings settings;
  const Fields fields{root, "", {"scan", "thresholds", "slow_syscall", "web", "policy"}, problems};
  if (const YamlNode* node = fields.find("scan")) read_scan(*node, settings, problems);
  if (const YamlNode* node = fields.find("thresholds")) read_thresholds(*node, settings.thresholds, problems);
  if (const YamlNode* node = fields.find("slow_syscall"))
    read_slow_syscall(*node, settings.thresholds, problems);
  if (const YamlNode* node = fields.find("web")) read_web(*node, settings, problems);
  if (const YamlNode* node = fields.find("policy")) policy.read(*node, problems);
  return settings;
}

}  // namespace wedged
