// SPDX-License-Identifier: Apache-2.0
// Brings the files together, and lays the flags over what they say. What the text means is the readers'
// business.
#include "config/config_file.h"

#include <filesystem>
#include <iterator>

#include "config/drop_ins.h"
#include "config/policy_reader.h"
#include "config/settings_reader.h"
#include "config/yaml_reader.h"

namespace wedged {
namespace {

using Texts = std::variant<std::vector<ConfigText>, ConfigProblems>;

// A link to nowhere is there.
bool exists(const std::string& path) {
  std::error_code error;
  return std::filesystem::symlink_status(path, error).type() != std::filesystem::file_type::not_found;
}

Texts texts_of(const Flags& flags) {
  const std::string path = flags.config_file.value_or(default_config_file);
  std::vector<ConfigText> texts{{path, {}}};
  const auto text = read_config_file(path);
  if (text) {
    texts.front().text = *text;
  } else if (flags.config_file || exists(path)) {
    return ConfigProblems{{path, 0, 0, text.error().message}};
  }
  ConfigProblems problems;
  auto drop_ins = read_drop_ins(drop_in_folder(path), problems);
  if (!problems.empty()) return problems;
  std::move(drop_ins.begin(), drop_ins.end(), std::back_inserter(texts));
  return texts;
}

// So that it can stand in a configuration, as `config show` writes it. Empty stays empty.
std::string absolute(const std::string& path) {
  std::error_code error;
  const auto whole = path.empty() ? std::filesystem::path{} : std::filesystem::absolute(path, error);
  return error ? path : whole.string();
}

void lay_over(const Flags& flags, Settings& settings) {
  settings.scan_interval = flags.interval.value_or(settings.scan_interval);
  settings.observe = flags.observe.value_or(settings.observe);
  if (flags.listen_address) settings.web = flags.listen_address;
  if (flags.no_web) settings.web = std::nullopt;
  settings.telemetry_path = flags.telemetry_path.value_or(settings.telemetry_path);
  if (flags.web_config_file) settings.web_config_file = absolute(*flags.web_config_file);
  settings.scope = {flags.pids, flags.cgroup};
}

}  // namespace

std::variant<LoadedConfig, ConfigProblems> parse_config(const std::vector<ConfigText>& texts,
                                                        const UserLookup& users) {
  LoadedConfig config;
  ConfigProblems all;
  PolicyReader policy{users};
  for (const ConfigText& text : texts) {
    const bool is_main = config.files.empty();
    Problems problems{text.file};
    config.files.push_back(text.file);
    const auto root = read_yaml(text.text, problems);
    if (root && is_main) config.settings = read_settings(*root, policy, problems);
    if (root && !is_main) policy.read_drop_in(*root, problems);
    const ConfigProblems sorted = problems.sorted();
    all.insert(all.end(), sorted.begin(), sorted.end());
  }
  if (!all.empty()) return all;
  config.settings.policy = policy.policy();
  config.sources = policy.sources();
  return config;
}

std::variant<LoadedConfig, ConfigProblems> load_config(const Flags& flags) {
  auto texts = texts_of(flags);
  if (auto* problems = std::get_if<ConfigProblems>(&texts)) return std::move(*problems);
  auto loaded = parse_config(std::get<std::vector<ConfigText>>(texts), system_user);
  if (auto* config = std::get_if<LoadedConfig>(&loaded)) lay_over(flags, config->settings);
  return loaded;
}

void insist_on_config_file(Flags& flags, const std::string& file) {
  if (!flags.config_file && exists(file)) flags.config_file = file;
}

std::variant<Settings, ConfigProblems> load_settings(const Flags& flags) {
  auto loaded = load_config(flags);
  if (auto* config = std::get_if<LoadedConfig>(&loaded)) return std::move(config->settings);
  return std::get<ConfigProblems>(std::move(loaded));
}

}  // namespace wedged
