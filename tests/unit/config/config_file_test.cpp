// SPDX-License-Identifier: Apache-2.0
// Files of every kind, and flags laid over what they say.
#include "config/config_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

namespace wedged {
namespace {

using namespace std::chrono_literals;

// A folder that goes with the test.
class ConfigFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "wedged-test-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& text) {
    std::string path = folder_ / "wedged.yaml";
    std::ofstream{path} << text;
    return path;
  }

  // Of "wedged.yaml".
  std::string write_drop_in(const std::string& name, const std::string& text) {
    std::filesystem::create_directories(folder_ / "wedged.d");
    std::string path = folder_ / "wedged.d" / name;
    std::ofstream{path} << text;
    return path;
  }

  static Settings loaded(const Flags& flags) {
    const auto settings = load_settings(flags);
    if (const auto* problems = std::get_if<ConfigProblems>(&settings)) {
      ADD_FAILURE() << problems->front().text();
      return {};
    }
    return std::get<Settings>(settings);
  }
  static std::string problem_of(const std::string& path) {
    Flags flags;
    flags.config_file = path;
    const auto settings = load_settings(flags);
    const auto* problems = std::get_if<ConfigProblems>(&settings);
    return problems && problems->size() == 1 ? problems->front().text() : "not one problem";
  }

  std::filesystem::path folder_;
};

TEST_F(ConfigFile, flags_win_over_the_file) {
  Flags flags;
  flags.config_file =
      write("scan: { interval: 2s, observe: calls }\nweb: { listen_address: '127.0.0.1:1' }\n");
  EXPECT_EQ(loaded(flags).scan_interval, 2s);
  flags.interval = 3s;
  flags.observe = ObserveMode::scan;
  flags.listen_address = ListenAddress{"::1", 2};
  flags.pids = {7, 8};
  flags.cgroup = "../system.slice/";
  const Settings settings = loaded(flags);
  EXPECT_EQ(settings.scan_interval, 3s);
  EXPECT_EQ(settings.observe, ObserveMode::scan);
  EXPECT_EQ(settings.web, (ListenAddress{"::1", 2}));
  EXPECT_EQ(settings.scope, (Scope{{7, 8}, "../system.slice/"})) << "the cgroup is kept as given";
}

TEST_F(ConfigFile, no_web_wins_over_the_file) {
  Flags flags;
  flags.config_file = write("web: { listen_address: '127.0.0.1:1' }\n");
  flags.no_web = true;
  EXPECT_EQ(loaded(flags).web, std::nullopt);
}

TEST_F(ConfigFile, dev_null_is_an_empty_file) {
  Flags flags;
  flags.config_file = "/dev/null";
  EXPECT_EQ(loaded(flags), Settings{});
}

TEST_F(ConfigFile, what_is_no_file_is_refused_by_name) {
  const std::string path = folder_ / "thing";
  EXPECT_EQ(problem_of(path), path + ": cannot be opened: No such file or directory");
  EXPECT_EQ(problem_of(folder_), folder_.string() + ": is a directory, not a file");
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  EXPECT_EQ(problem_of(path), path + ": is not a regular file");
  EXPECT_EQ(problem_of("/dev/zero"), "/dev/zero: the file is larger than 1 MiB, which no configuration is");
  EXPECT_EQ(problem_of(""), ": cannot be opened: No such file or directory");
}

std::string policy_with(const std::string& rule) {
  return "policy:\n  rules:\n    - { name: " + rule + ", match: {}, ladder: [{log: true}] }\n";
}

TEST_F(ConfigFile, drop_ins_come_after_the_file_in_lexical_order) {
  Flags flags;
  flags.config_file = write(policy_with("main") + "  protect: [a]\n");
  const std::string ten = write_drop_in("10.yaml", policy_with("ten") + "  protect: [b, /c]\n");
  write_drop_in("9.yaml", policy_with("nine"));
  write_drop_in("B.yaml", policy_with("upper"));
  write_drop_in("a.yaml", policy_with("lower"));
  write_drop_in("empty.yaml", "");
  write_drop_in(".hidden.yaml", "nonsense");
  write_drop_in("old.yaml~", "nonsense");
  const Policy policy = loaded(flags).policy;
  std::vector<std::string> names;
  for (const Rule& rule : policy.rules) names.push_back(rule.name);
  EXPECT_EQ(names, (std::vector<std::string>{"main", "ten", "nine", "upper", "lower"}));
  EXPECT_EQ(policy.rules.at(0).file, *flags.config_file);
  EXPECT_EQ(policy.rules.at(1).file, ten);
  EXPECT_EQ(policy.protect, (std::vector<std::string>{"a", "b", "/c"}));
}

TEST_F(ConfigFile, a_drop_in_holds_rules_and_protected_names_alone) {
  const std::string path = write("");
  const std::string other = write_drop_in("a.yaml", "policy:\n  enforce: true\n");
  EXPECT_EQ(problem_of(path),
            other + ":2:3: unknown key 'enforce' in the policy of a drop-in; it may have rules or protect");
  write_drop_in("a.yaml", "scan: {}\n");
  EXPECT_EQ(problem_of(path), other + ":1:1: unknown key 'scan' in a drop-in; it may have policy");
  write_drop_in("a.yaml", "policy: [x]\n");
  EXPECT_EQ(problem_of(path),
            other + ":1:9: the policy of a drop-in must be a map with rules or protect, not a list");
}

TEST_F(ConfigFile, a_rule_name_is_taken_once_over_all_files) {
  const std::string path = write(policy_with("x"));
  const std::string other = write_drop_in("a.yaml", policy_with("x"));
  EXPECT_EQ(problem_of(path),
            other + ":3:15: policy.rules[0].name 'x' is the name of an earlier rule of " + path);
}

TEST_F(ConfigFile, what_is_wrong_in_any_file_is_told_at_once) {
  Flags flags;
  flags.config_file = write("scan: { interval: soon }\n");
  write_drop_in("a.yaml", "nonsense: [\n");
  write_drop_in("b.yaml", policy_with("B"));
  const auto settings = load_settings(flags);
  EXPECT_EQ(std::get<ConfigProblems>(settings).size(), 3U);
}

TEST_F(ConfigFile, a_drop_in_may_reboot_where_the_file_allows_it) {
  const std::string rule = "policy: { rules: [ { name: x, match: {}, ladder: [ { reboot: sysrq } ] } ] }\n";
  Flags flags;
  flags.config_file = write("policy: { allow_reboot: true }\n");
  const std::string other = write_drop_in("a.yaml", rule);
  EXPECT_EQ(loaded(flags).policy.rules.size(), 1U);
  write("policy: { allow_reboot: false }\n");
  EXPECT_EQ(
      problem_of(*flags.config_file),
      other +
          ":1:62: policy.rules[0].ladder[0].reboot needs `allow_reboot: true` in `policy` of the main file "
          "as well; " +
          *flags.config_file + ":1:25 says false");
}

TEST_F(ConfigFile, a_folder_of_drop_ins_that_is_none_is_refused_by_name) {
  const std::string path = write("");
  std::ofstream{folder_ / "wedged.d"} << "";
  EXPECT_EQ(problem_of(path),
            (folder_ / "wedged.d").string() + ": drop-ins cannot be listed: Not a directory");
}

TEST_F(ConfigFile, a_drop_in_that_cannot_be_read_is_refused_by_name) {
  const std::string path = write("");
  std::filesystem::create_directories(folder_ / "wedged.d/a.yaml");
  EXPECT_EQ(problem_of(path), (folder_ / "wedged.d/a.yaml").string() + ": is a directory, not a file");
}

// Nobody looks for .yml, and who wrote it would believe that its names are protected.
TEST_F(ConfigFile, a_drop_in_of_a_similar_name_is_refused_and_others_are_passed_over) {
  const std::string path = write("");
  for (const auto* other : {"README", "a.yaml~", "a.yaml.dpkg-old", ".a.yml"}) write_drop_in(other, "{");
  Flags flags;
  flags.config_file = path;
  loaded(flags);
  const std::string misnamed = write_drop_in("a.yml", "protect: [myd]\n");
  EXPECT_EQ(problem_of(path), misnamed + ": is no drop-in; the name of one ends in .yaml");
}

TEST_F(ConfigFile, that_was_there_once_must_be_there_again) {
  const std::string path = write("");
  Flags flags;
  insist_on_config_file(flags, (folder_ / "other.yaml").string());
  EXPECT_EQ(flags.config_file, std::nullopt);
  insist_on_config_file(flags, path);
  EXPECT_EQ(flags.config_file, path);
  insist_on_config_file(flags, (folder_ / "wedged.d").string());
  EXPECT_EQ(flags.config_file, path) << "one that was named stays";
}

TEST_F(ConfigFile, problems_name_the_file) {
  const std::string path = write("scan:\n  interval: soon\n");
  EXPECT_EQ(problem_of(path).rfind(path + ":2:13: scan.interval must be", 0), 0U);
}

}  // namespace
}  // namespace wedged
