// SPDX-License-Identifier: Apache-2.0
// Real files: what a file system does to a writer is the matter here.
#include "state/ledger_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/magic.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>

#include "unit/state/ledger_states.h"

namespace wedged {
namespace {

using namespace test;
using testing::HasSubstr;
namespace fs = std::filesystem;

class LedgerFiles : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = fs::temp_directory_path() / "wedged-XXXXXX";
    root_ = mkdtemp(name.data());
  }
  void TearDown() override { fs::remove_all(root_); }
  [[nodiscard]] std::string path() const { return root_ / "run" / "ledger.json"; }

  static LedgerFile opened(const std::string& path) {
    auto file = LedgerFile::open(path);
    if (!file) throw std::runtime_error(file.error().message);
    return std::move(*file);
  }
  [[nodiscard]] LedgerFile opened() const { return opened(path()); }
  [[nodiscard]] std::string text() const {
    std::ifstream file(path());
    return {std::istreambuf_iterator<char>(file), {}};
  }
  [[nodiscard]] std::vector<std::string> folder() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(root_ / "run")) names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
  }
  fs::path root_;
};

// Runs `part` in a child; its exit status. A lock is of a process, so another one must try it.
int in_child(const std::function<int()>& part) {
  const pid_t child = fork();
  if (child == 0) _exit(part());
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

constexpr int skipped = 77;

TEST_F(LedgerFiles, are_empty_before_anything_was_saved) {
  const LedgerFile file = opened();
  const auto state = file.load(this_boot());
  ASSERT_TRUE(state.ok());
  EXPECT_EQ(*state, LedgerState{});
  EXPECT_EQ(folder(), std::vector<std::string>{"ledger.json.lock"});
}

TEST_F(LedgerFiles, hold_what_was_saved_last) {
  LedgerFile file = opened();
  ASSERT_TRUE(file.save(to_text({}, this_boot())).ok());
  ASSERT_TRUE(file.save(to_text(a_ledger(), this_boot())).ok());
  EXPECT_EQ(*file.load(this_boot()), a_ledger());
  EXPECT_EQ(folder(), (std::vector<std::string>{"ledger.json", "ledger.json.lock"}));
}

TEST_F(LedgerFiles, are_for_their_owner_alone) {
  LedgerFile file = opened();
  const mode_t before = umask(0);
  ASSERT_TRUE(file.save(to_text(a_ledger(), this_boot())).ok());
  umask(before);
  struct stat found {};
  ASSERT_EQ(stat(path().c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0600U);
}

TEST_F(LedgerFiles, are_not_written_when_nothing_has_changed) {
  LedgerFile file = opened();
  ASSERT_TRUE(file.save(to_text(a_ledger(), this_boot())).ok());
  const std::string first = text();
  const BootInfo later{this_boot_id, clocks(1005s, some_day + 5s)};
  ASSERT_TRUE(file.save(to_text(a_ledger(), later)).ok());
  EXPECT_EQ(text(), first);
  ASSERT_TRUE(file.save(to_text({}, later)).ok());
  EXPECT_NE(text(), first);
}

TEST_F(LedgerFiles, of_one_process_are_closed_to_others_and_tell_whose_they_are) {
  const LedgerFile file = opened();
  const std::string expected = "the ledger " + path() + " is in use by process " + std::to_string(getpid());
  EXPECT_EQ(in_child([&] {
              const auto second = LedgerFile::open(path());
              return second || second.error().message != expected ? 1 : 0;
            }),
            0);
}

TEST_F(LedgerFiles, are_free_again_when_their_process_is_killed_although_a_child_of_it_lives_on) {
  std::array<int, 2> ready{};
  ASSERT_EQ(pipe(ready.data()), 0);
  const pid_t owner = fork();
  if (owner == 0) {
    const auto file = LedgerFile::open(path());
    const pid_t child = fork();
    if (child == 0) pause();
    const bool told = write(ready[1], &child, sizeof child) == sizeof child;
    _exit(told && pause() != 0 ? 0 : 1);
  }
  pid_t child = 0;
  ASSERT_EQ(read(ready[0], &child, sizeof child), static_cast<ssize_t>(sizeof child));
  EXPECT_FALSE(LedgerFile::open(path()).ok());
  kill(owner, SIGKILL);
  waitpid(owner, nullptr, 0);
  EXPECT_TRUE(LedgerFile::open(path()).ok());
  kill(child, SIGKILL);
  close(ready[0]);
  close(ready[1]);
}

TEST_F(LedgerFiles, that_are_damaged_are_set_aside_and_the_next_is_empty) {
  LedgerFile file = opened();
  std::ofstream(path()) << "{}\n";
  const auto damaged = file.load(this_boot());
  ASSERT_FALSE(damaged.ok());
  EXPECT_EQ(damaged.error().kind, ErrorKind::malformed);
  EXPECT_THAT(damaged.error().message, HasSubstr(path() + ": schema: "));
  ASSERT_TRUE(file.set_aside().ok());
  EXPECT_EQ(*file.load(this_boot()), LedgerState{});
  EXPECT_EQ(folder(), (std::vector<std::string>{"ledger.json.corrupt", "ledger.json.lock"}));
  EXPECT_TRUE(file.set_aside().ok()) << "there is nothing left to set aside";
}

TEST_F(LedgerFiles, that_are_too_long_are_not_read_nor_written) {
  LedgerFile file = opened();
  std::ofstream(path()) << std::string(longest_ledger + 1, ' ');
  EXPECT_THAT(file.load(this_boot()).error().message, HasSubstr("at most"));
  LedgerState state;
  state.suspension = LedgerState::Suspension{{}, std::string(longest_ledger, 'x')};
  EXPECT_FALSE(file.save(to_text(state, this_boot())).ok());
}

TEST_F(LedgerFiles, in_place_of_links_pipes_and_folders_are_refused) {
  const LedgerFile file = opened();
  std::ofstream(root_ / "other") << to_text(a_ledger(), this_boot());
  fs::create_symlink(root_ / "other", path());
  EXPECT_THAT(file.load(this_boot()).error().message, HasSubstr("symbolic link"));
  fs::remove(path());
  ASSERT_EQ(mkfifo(path().c_str(), 0600), 0);
  EXPECT_THAT(file.load(this_boot()).error().message, HasSubstr("is no file"));
  fs::remove(path());
  fs::create_directory(path());
  EXPECT_THAT(file.load(this_boot()).error().message, HasSubstr("is no file"));
}

// A ledger of /dev/null, say: the host needs it where it is.
TEST_F(LedgerFiles, set_nothing_aside_that_is_no_file) {
  const LedgerFile file = opened();
  const auto stays = [&] {
    return !file.set_aside().ok() && fs::symlink_status(path()).type() != fs::file_type::not_found &&
           !fs::exists(path() + ".corrupt");
  };
  fs::create_directory(path());
  EXPECT_TRUE(stays()) << "a folder";
  fs::remove(path());
  fs::create_symlink(root_ / "nowhere", path());
  EXPECT_TRUE(stays()) << "a link";
  fs::remove(path());
  ASSERT_EQ(mkfifo(path().c_str(), 0600), 0);
  EXPECT_TRUE(stays()) << "a pipe";
}

TEST_F(LedgerFiles, replace_a_link_and_leave_alone_what_it_points_to) {
  LedgerFile file = opened();
  std::ofstream(root_ / "other") << "mine";
  fs::create_symlink(root_ / "other", path());
  fs::create_symlink(root_ / "other", path() + ".new");
  ASSERT_TRUE(file.save(to_text(a_ledger(), this_boot())).ok());
  EXPECT_EQ(*file.load(this_boot()), a_ledger());
  EXPECT_EQ(fs::file_size(root_ / "other"), 4U);
}

TEST_F(LedgerFiles, whose_lock_is_a_link_are_not_opened) {
  fs::create_directory(root_ / "run");
  fs::create_symlink(root_ / "other", path() + ".lock");
  EXPECT_THAT(LedgerFile::open(path()).error().message, HasSubstr("symbolic link"));
  EXPECT_FALSE(fs::exists(root_ / "other"));
}

TEST_F(LedgerFiles, where_others_may_write_are_not_opened) {
  fs::create_directory(root_ / "run");
  fs::permissions(root_ / "run", fs::perms::all);
  EXPECT_THAT(LedgerFile::open(path()).error().message, HasSubstr("others may write to"));
}

TEST_F(LedgerFiles, of_no_possible_place_say_why) {
  EXPECT_THAT(LedgerFile::open("ledger.json").error().message, HasSubstr("absolute"));
  EXPECT_THAT(LedgerFile::open(root_ / "a" / "b" / "c").error().message, HasSubstr("cannot make the folder"));
  std::ofstream(root_ / "run") << "";
  EXPECT_THAT(LedgerFile::open(path()).error().message, HasSubstr("is no folder"));
}

TEST_F(LedgerFiles, come_back_when_their_folder_vanished) {
  LedgerFile file = opened();
  ASSERT_TRUE(file.save(to_text({}, this_boot())).ok());
  fs::remove_all(root_ / "run");
  EXPECT_EQ(*file.load(this_boot()), LedgerState{});
  ASSERT_TRUE(file.save(to_text(a_ledger(), this_boot())).ok());
  EXPECT_EQ(*file.load(this_boot()), a_ledger());
  EXPECT_EQ(in_child([&] { return LedgerFile::open(path()).ok() ? 1 : 0; }), 0) << "it is locked again";
}

TEST_F(LedgerFiles, that_cannot_be_written_say_so_and_are_written_later) {
  LedgerFile file = opened();
  ASSERT_TRUE(file.save(to_text({}, this_boot())).ok());
  fs::create_directory(path() + ".new");  // stands in the way of root too
  EXPECT_FALSE(file.save(to_text(a_ledger(), this_boot())).ok());
  EXPECT_EQ(*file.load(this_boot()), LedgerState{});
  fs::remove(path() + ".new");
  EXPECT_TRUE(file.save(to_text(a_ledger(), this_boot())).ok());
  EXPECT_EQ(*file.load(this_boot()), a_ledger());
}

TEST_F(LedgerFiles, without_a_write_bit_are_replaced_all_the_same) {
  LedgerFile file = opened();
  ASSERT_TRUE(file.save(to_text({}, this_boot())).ok());
  fs::permissions(path(), fs::perms::owner_read);
  ASSERT_TRUE(file.save(to_text(a_ledger(), this_boot())).ok());
  EXPECT_EQ(*file.load(this_boot()), a_ledger());
}

// In a mount namespace of a child, which needs root.
bool mounted(const std::string& type, const std::string& place, const std::string& options,
             unsigned long flags) {
  return unshare(CLONE_NEWNS) == 0 && mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         mount("none", place.c_str(), type.c_str(), flags, options.c_str()) == 0;
}

TEST_F(LedgerFiles, on_a_full_tmpfs_stay_as_they_were) {
  const int status = in_child([&] {
    if (!mounted("tmpfs", root_, "size=64k,mode=0755", 0)) return skipped;
    LedgerFile file = opened();
    if (!file.warning().empty() || !file.save(to_text(a_ledger(), this_boot()))) return 1;
    LedgerState big;
    big.suspension = LedgerState::Suspension{{}, std::string(100'000, 'x')};
    const auto full = file.save(to_text(big, this_boot()));
    if (full || full.error().message.find("No space left") == std::string::npos) return 2;
    if (folder() != std::vector<std::string>{"ledger.json", "ledger.json.lock"}) return 3;
    const auto state = file.load(this_boot());
    if (!state || *state != a_ledger()) return 4;
    return file.save(to_text({}, this_boot())).ok() ? 0 : 5;
  });
  if (status == skipped) GTEST_SKIP() << "needs root for a mount namespace";
  EXPECT_EQ(status, 0);
}

TEST_F(LedgerFiles, on_a_file_system_that_became_read_only_stay_as_they_were) {
  const int status = in_child([&] {
    if (!mounted("tmpfs", root_, "mode=0755", 0)) return skipped;
    LedgerFile file = opened();
    if (!file.save(to_text({}, this_boot()))) return 1;
    // A mount of its own: one with a descriptor that is open for writing, the lock's, cannot become
    // read-only.
    const char* place = root_.c_str();
    if (mount(place, place, nullptr, MS_BIND, nullptr) != 0) return 4;
    if (mount("none", place, nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr) != 0) return 5;
    const auto refused = file.save(to_text(a_ledger(), this_boot()));
    if (refused || refused.error().message.find("Read-only") == std::string::npos) return 2;
    const auto state = file.load(this_boot());
    return state && *state == LedgerState{} ? 0 : 3;
  });
  if (status == skipped) GTEST_SKIP() << "needs root for a mount namespace";
  EXPECT_EQ(status, 0);
}

TEST_F(LedgerFiles, warn_where_a_file_system_could_hang) {
  const int status = in_child([&] {
    if (!mounted("ramfs", root_, "mode=0755", 0)) return skipped;
    if (!opened().warning().empty()) return 1;
    umount(root_.c_str());
    struct statfs found {};
    if (statfs(root_.c_str(), &found) != 0 || found.f_type == TMPFS_MAGIC) return skipped;
    return opened().warning().find("is not in memory") == std::string::npos ? 2 : 0;
  });
  if (status == skipped) GTEST_SKIP() << "needs root for a mount namespace, and a temporary folder on a disk";
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace wedged
