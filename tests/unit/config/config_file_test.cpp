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

TEST_F(ConfigFile, problems_name_the_file) {
  const std::string path = write("scan:\n  interval: soon\n");
  EXPECT_EQ(problem_of(path).rfind(path + ":2:13: scan.interval must be", 0), 0U);
}

}  // namespace
}  // namespace wedged
