// SPDX-License-Identifier: Apache-2.0
// Threads really stuck in D on this kernel, for a file whose server does not answer: found with file and
// server, raised as findings, survived by those whom SIGKILL cannot end, and over when the server dies.
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

#include "fuse_server.h"
#include "fuse_world.h"
#include "kernel_test.h"
#include "parity.h"
#include "proc_file.h"
#include "tick.h"
#include "watch.h"

namespace wedged::test {
namespace {

class FuseWait : public KernelTest {
 protected:
  void SetUp() override {
    KernelTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    if (access("/dev/fuse", R_OK | W_OK) != 0) WEDGED_SKIP("no /dev/fuse");
    world_.emplace();
    reader_ = world_->reader().pid();
    await_state(reader_, reader_, 'D');
    opener_ = world_->opener().pid();
    await_state(opener_, opener_, 'D');
  }

  void server_is_named(const Task& task) const {
    ASSERT_TRUE(task.details && task.details->file);
    same("file system", task.details->file->fs_type, "fuse");
    same("mount source", task.details->file->mount_source, "a mute server");
    same("mount point", task.details->file->mount_point, world_->folder());
    ASSERT_TRUE(task.details->server.has_value());
    const auto server = read_proc_task(world_->server(), world_->server());
    same("server", task.details->server->process.tgid, server.tgid);
    same("name of the server", task.details->server->comm, server.comm);
    same("connection", task.details->server->connection, task.details->file->connection);
  }

  // Whoever is left of the clients once the server is dead.
  void ends_with_the_server(Observer& observer, const std::vector<TaskId>& clients) {
    world_->kill_server();
    for (const auto& id : clients) {
      await("client " + std::to_string(id.tid) + " to be gone", [&] {
        const auto sample = observer.sample_again(id);
        return !sample.ok() || sample->state == RunState::dead;
      });
      count_comparison();
    }
    same<std::size_t>("suspects", scan(observer).suspects.size(), 0);
  }

  std::optional<FuseWorld> world_;
  int reader_ = 0, opener_ = 0;
};

TEST_F(FuseWait, of_a_reader_and_an_opener_is_what_proc_says) {
  auto observer = watch({reader_, opener_});
  const auto reader = expect_parity(observer, observed(observer, reader_).id);
  same("state of the reader", reader.state, RunState::killable);
  same("its call", reader.call.value_or(SystemCall{}).number, SYS_read);
  server_is_named(reader);
  const auto& file = reader.details->file.value();
  same("file", file.path, world_->folder() + "/" + fuse_file);
  const int fd = static_cast<int>(reader.call->arguments.value().at(0));
  same("path of the file", file.path, read_proc_file(reader_, fd).path);
  same("inode of the file", file.inode, read_proc_file(reader_, fd).inode);

  const auto opener = expect_parity(observer, observed(observer, opener_).id);
  same("state of the opener", opener.state, RunState::uninterruptible);
  same("its call", opener.call.value_or(SystemCall{}).number, SYS_openat);
  holds("it has a stack", !opener.details->kernel_stack.empty());
  server_is_named(opener);
  same("its folder", opener.details->file->path, world_->folder());
  nothing_was_lost(observer);
  ends_with_the_server(observer, {reader.id, opener.id});
}

// An exec sends SIGKILL to the other threads, and nobody has killed the process.
TEST_F(FuseWait, of_a_thread_that_an_exec_waits_for_is_no_kill) {
  const int pid = world_->opener_in_exec().pid();
  int other = 0;
  for (const int tid : threads_of(pid)) other = tid == pid ? other : tid;
  auto observer = watch({pid});
  const auto thread = observed(observer, other);
  holds("the signal is there", read_proc_task(pid, other).kill_pending);
  holds("but no kill is pending", !thread.kill_pending);
  must(kill(pid, SIGKILL), "kill");
  const auto killed = observer.sample_again(thread.id);
  holds("until somebody kills it", killed.ok() && killed->kill_pending);
}

TEST_F(FuseWait, is_found_without_the_tracepoints_of_calls_too) {
  auto observer = watch({reader_, opener_}, Observing::scan);
  const auto opener = expect_parity(observer, observed(observer, opener_).id);
  same("state", opener.state, RunState::uninterruptible);
  same("call", opener.call.value_or(SystemCall{}).number, SYS_openat);
  server_is_named(opener);
}

TEST_F(FuseWait, beyond_the_threshold_is_a_finding_until_the_server_dies) {
  Child neighbour([](const Line& line) { return line.hear() ? 0 : 1; });
  Thresholds thresholds;
  thresholds.uninterruptible_wait = std::chrono::seconds(1);
  Tick tick(watch({reader_, opener_, neighbour.pid()}), thresholds);
  same<std::size_t>("findings after one sample", tick.look().open.size(), 0);
  same<std::size_t>("suspects in it", tick.last().suspects.size(), 2);
  FindingChanges changes;
  await("both findings", [&] {
    pause_for(std::chrono::milliseconds(100));
    changes = tick.look();
    return changes.open.size() == 2;
  });
  std::vector<int> raised;
  for (const auto& finding : changes.open) {
    same("cause", finding.key.cause, Cause::uninterruptible_wait);
    holds("it lasts longer than the threshold", finding.lasted > thresholds.uninterruptible_wait);
    holds("it says what it waits for: " + finding.summary,
          finding.summary.find(std::to_string(world_->server())) != std::string::npos);
    raised.push_back(finding.task.id.tid);
  }
  std::sort(raised.begin(), raised.end());
  same("who is stuck", raised, {std::min(reader_, opener_), std::max(reader_, opener_)});
  changes = tick.look();
  same<std::size_t>("findings raised twice", changes.raised.size(), 0);
  same<std::size_t>("findings that stay", changes.open.size(), 2);
  world_->kill_server();
  await("both to be resolved", [&] {
    const auto later = tick.look();
    changes.resolved.insert(changes.resolved.end(), later.resolved.begin(), later.resolved.end());
    return later.open.empty();
  });
  same<std::size_t>("findings resolved", changes.resolved.size(), 2);
}

TEST_F(FuseWait, outlives_sigkill_which_is_seen_when_it_is_sent) {
  Thresholds thresholds;
  thresholds.unkillable = std::chrono::milliseconds(500);
  Tick tick(watch({opener_}), thresholds);
  const auto id = observed(tick.observer(), opener_).id;
  holds("no kill is pending", !expect_parity(tick.observer(), id).kill_pending);
  const auto before = now();
  must(kill(opener_, SIGKILL), "kill");
  const auto after = now();
  const auto killed = expect_parity(tick.observer(), id);
  holds("a kill is pending", killed.kill_pending);
  between("since when it is pending", ns(before), ns(killed.kill_pending_since.value_or(Instant{})),
          ns(after));
  FindingChanges changes;
  await("a finding", [&] {
    pause_for(std::chrono::milliseconds(50));
    changes = tick.look();
    return !changes.open.empty();
  });
  same("cause", changes.open[0].key.cause, Cause::unkillable);
  same("process", changes.open[0].key.task.tgid, opener_);
  ends_with_the_server(tick.observer(), {id});
  same<std::size_t>("findings left", tick.look().open.size(), 0);
}

}  // namespace
}  // namespace wedged::test
