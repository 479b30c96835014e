// SPDX-License-Identifier: Apache-2.0
#include "config/limits_reader.h"

namespace wedged {
namespace {

constexpr auto day = std::chrono::hours(24);
constexpr DurationRange window_range{std::chrono::seconds(1), 7 * day};
constexpr DurationRange cool_down_range{Duration{}, 7 * day};
constexpr SizeRange quota_range{std::uint64_t{1} << 20, std::uint64_t{1} << 50};
constexpr unsigned most_actions = 1000;
constexpr unsigned most_decisions = 10'000;

}  // namespace

void read_limits(const Fields& parent, const std::string& key, Limits& limits) {
  const YamlNode* node = parent.find(key);
  if (!node) return;
  const Fields fields{*node, parent.name_of(key), {"actions", "window", "cool_down"}, parent.problems()};
  fields.count("actions", limits.actions, most_actions);
  fields.duration("window", limits.window, window_range);
  fields.duration("cool_down", limits.cool_down, cool_down_range);
}

void read_brake(const Fields& policy, Brake& brake) {
  const YamlNode* node = policy.find("brake");
  if (!node) return;
  const Fields fields{*node, policy.name_of("brake"), {"decisions", "window"}, policy.problems()};
  fields.count("decisions", brake.decisions, most_decisions);
  fields.duration("window", brake.window, window_range);
}

void read_dumps(const Fields& policy, DumpStore& dumps) {
  const YamlNode* node = policy.find("dumps");
  if (!node) return;
  const Fields fields{*node, policy.name_of("dumps"), {"directory", "quota"}, policy.problems()};
  fields.absolute_path("directory", dumps.directory);
  fields.size("quota", dumps.quota_bytes, quota_range);
}

}  // namespace wedged
