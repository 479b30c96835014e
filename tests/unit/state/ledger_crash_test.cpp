// SPDX-License-Identifier: Apache-2.0
// A writer that is killed at any moment leaves a whole file: the old text or the new one.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <random>

#include "state/ledger_file.h"
#include "unit/state/ledger_states.h"

namespace wedged {
namespace {

using namespace test;
namespace fs = std::filesystem;

// What the writer is at, told through memory that both share.
struct Progress {
  std::atomic<int> begun{0};
  std::atomic<int> saved{0};
};

Progress* shared_progress() {
  void* memory = mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? nullptr : new (memory) Progress;
}

// Number `number` of the ledgers that the writer saves, long enough that writing takes a while.
LedgerState numbered(int number) {
  LedgerState state;
  state.suspension = LedgerState::Suspension{Instant{Duration{number}}, std::string(100'000, 'x')};
  return state;
}

[[noreturn]] void write_for_ever(const std::string& path, Progress& progress) {
  auto file = LedgerFile::open(path);
  if (!file) _exit(1);
  for (int number = progress.saved + 1;; ++number) {
    progress.begun = number;
    if (!file->save(to_text(numbered(number), this_boot()))) _exit(2);
    progress.saved = number;
  }
}

// Waits until the writer has begun, and a random moment more. False if it does not begin.
bool let_it_write(const Progress& progress, int before, std::mt19937& random) {
  constexpr int patience = 100'000;
  for (int waited = 0; progress.begun == before; ++waited) {
    if (waited == patience) return false;
    usleep(100);
  }
  usleep(static_cast<useconds_t>(random() % 3000));
  return true;
}

// The number of the ledger in the file, as a monitor that starts now reads it; -1 if there is no whole one.
int number_in(const std::string& path) {
  const auto file = LedgerFile::open(path);
  const auto state = file ? file->load(this_boot()) : Result<LedgerState>(file.error());
  if (!state) return -1;
  if (*state == LedgerState{}) return 0;
  const auto number = static_cast<int>(state->suspension->since.time_since_epoch().count());
  return *state == numbered(number) ? number : -1;
}

TEST(LedgerCrash, two_hundred_writers_killed_at_random_leave_the_old_or_the_new) {
  std::string name = fs::temp_directory_path() / "wedged-XXXXXX";
  const fs::path root = mkdtemp(name.data());
  const std::string path = root / "ledger.json";
  Progress* progress = shared_progress();
  ASSERT_NE(progress, nullptr);
  std::mt19937 random(7);
  int in_the_middle = 0;
  int old = 0;  // what is in the file
  for (int round = 0; round < 200; ++round) {
    const int before = progress->begun;
    const pid_t writer = fork();
    if (writer == 0) write_for_ever(path, *progress);
    const bool began = let_it_write(*progress, before, random);
    kill(writer, SIGKILL);
    int status = 0;
    waitpid(writer, &status, 0);
    ASSERT_TRUE(began && WIFSIGNALED(status)) << "the writer failed: " << status;
    if (progress->saved > before) old = progress->saved;
    const int found = number_in(path);
    ASSERT_TRUE(found == old || found == progress->begun) << round << ": " << found;
    in_the_middle += progress->begun > old ? 1 : 0;
    old = found;
    progress->saved = progress->begun.load();  // the next writer goes on counting
  }
  EXPECT_GT(in_the_middle, 0) << "no writer was killed while it wrote";
  munmap(progress, sizeof *progress);
  fs::remove_all(root);
}

}  // namespace
}  // namespace wedged
