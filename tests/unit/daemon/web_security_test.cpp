// SPDX-License-Identifier: Apache-2.0
// A web configuration that changes while it is in force: files in a folder of the test's own, and a clock
// that the test sets.
#include "daemon/web_security.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

namespace wedged {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;
using testing::SizeIs;

const std::string one_user =
    "basic_auth_users: { alice: $2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW }\n";
const std::string two_users = one_user.substr(0, one_user.find('}')) +
                              ", bob: $2b$04$abcdefghijklmnopqrstuu0HtfOlPbTiymk5tcV.3TsFPDd3SYZqu }\n";

class SetClock final : public Clock {
 public:
  [[nodiscard]] ClockPair now() const override { return {{}, wall}; }
  WallTime wall{};
};

class WebFileOnDisk {
 public:
  WebFileOnDisk() {
    std::string name = testing::TempDir() + "wedged-web-XXXXXX";
    folder_ = ::mkdtemp(name.data());
  }
  WebFileOnDisk(const WebFileOnDisk&) = delete;
  WebFileOnDisk& operator=(const WebFileOnDisk&) = delete;
  WebFileOnDisk(WebFileOnDisk&&) = delete;
  WebFileOnDisk& operator=(WebFileOnDisk&&) = delete;
  ~WebFileOnDisk() { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string path() const { return folder_ + "/web.yaml"; }
  // In place, as `cp` and many editors do it.
  void write(const std::string& text) const { std::ofstream(path()) << text; }
  [[nodiscard]] WallTime changed() const {
    struct stat status {};
    EXPECT_EQ(::stat(path().c_str(), &status), 0);
    return WallTime(std::chrono::seconds(status.st_ctim.tv_sec) +
                    std::chrono::nanoseconds(status.st_ctim.tv_nsec));
  }

 private:
  std::string folder_;
};

class WebSecurityTest : public testing::Test {
 protected:
  WebSecurityTest() {
    file.write(one_user);
    keeper = std::make_unique<WebSecurityKeeper>(file.path(), load_web_file(file.path()), clock);
  }

  // It is that long after the last change.
  void look_after(Duration age) { clock.wall = file.changed() + age; }
  [[nodiscard]] std::map<std::string, std::string> users() const { return keeper->now()->users; }

  WebFileOnDisk file;
  SetClock clock;
  std::unique_ptr<WebSecurityKeeper> keeper;
};

TEST_F(WebSecurityTest, a_file_that_is_being_written_lets_nobody_in_without_a_password) {
  file.write("");
  look_after(10ms);
  EXPECT_THAT(users(), SizeIs(1));
  file.write(two_users);
  look_after(WebSecurityKeeper::settled_after - 1ms);
  EXPECT_THAT(users(), SizeIs(1));
  look_after(WebSecurityKeeper::settled_after);
  EXPECT_THAT(users(), SizeIs(2));
}

TEST_F(WebSecurityTest, a_file_that_is_left_empty_asks_nobody) {
  file.write("");
  look_after(2s);
  EXPECT_THAT(users(), IsEmpty());
}

TEST_F(WebSecurityTest, a_change_counts_where_the_clock_was_set_back) {
  file.write(two_users);
  look_after(-1h);
  EXPECT_THAT(users(), SizeIs(2));
}

TEST_F(WebSecurityTest, what_cannot_be_used_and_what_is_gone_change_nothing) {
  file.write("basic_auth_users: { alice: plain }\n");
  look_after(2s);
  EXPECT_THAT(users(), SizeIs(1));
  std::filesystem::remove(file.path());
  EXPECT_THAT(users(), SizeIs(1));
}

}  // namespace
}  // namespace wedged
