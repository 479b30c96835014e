// SPDX-License-Identifier: Apache-2.0
#include "kernel/relatives.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/builders.h"

namespace wedged {
namespace {

using test::a_thread;

constexpr std::uint64_t list = 0xffff888000001010;

// The tasks that exist, and the locks they wait for.
struct World {
  std::vector<Task> tasks;
  std::map<TaskId, KernelWait> waits;
  int reads = 0;
  bool broken = false;

  ReadTasks reader() {
    return [this](const std::vector<TaskId>& wanted) -> Result<DecodedRecords> {
      ++reads;
      if (broken) return Error{ErrorKind::system, "broken"};
      DecodedRecords records;
      for (const auto& task : tasks) {
        if (std::any_of(wanted.begin(), wanted.end(),
                        [&](const TaskId& id) { return id.tid == task.id.tid; }))
          records.detailed.push_back(task);
      }
      records.kernel_waits = waits;
      return records;
    };
  }
};

Task alive(int tid, std::uint64_t address) {
  return a_thread().of_process(tid).at_address(address).in_d_state();
}

KernelWait for_mutex_of(const Task& owner, std::uint64_t lock = list) {
  KernelWait wait;
  wait.waiters = lock;
  wait.mutex = {lock - 16, owner.address, 1, owner.id};
  wait.functions = {"__mutex_lock.constprop.0+0x1/0x2"};
  return wait;
}

const KernelLock& lock_of_first(const std::vector<Task>& tasks) {
  return *tasks.front().details->kernel_lock;
}

TEST(Relatives, an_owner_joins_the_snapshot_and_is_no_suspect) {
  World world{{alive(20, 7)}, {}, 0, false};
  std::vector<Task> tasks{alive(10, 5)};
  add_relatives(tasks, {{tasks[0].id, for_mutex_of(world.tasks[0])}}, world.reader());
  ASSERT_EQ(tasks.size(), 2U);
  EXPECT_FALSE(tasks[1].suspect);
  EXPECT_EQ(lock_of_first(tasks).holder, KernelHolder::known);
  EXPECT_EQ(lock_of_first(tasks).owner, tasks[1].id);
}

TEST(Relatives, whom_an_owner_waits_for_joins_too) {
  World world{{alive(20, 7), alive(30, 8)}, {}, 0, false};
  world.waits[world.tasks[0].id] = for_mutex_of(world.tasks[1], list + 64);
  std::vector<Task> tasks{alive(10, 5)};
  add_relatives(tasks, {{tasks[0].id, for_mutex_of(world.tasks[0])}}, world.reader());
  ASSERT_EQ(tasks.size(), 3U);
  EXPECT_EQ(tasks[1].details->kernel_lock->owner, tasks[2].id);
}

TEST(Relatives, an_owner_among_the_suspects_is_not_read_again) {
  World world;
  std::vector<Task> tasks{alive(10, 5), alive(20, 7)};
  add_relatives(tasks, {{tasks[0].id, for_mutex_of(tasks[1])}}, world.reader());
  EXPECT_EQ(world.reads, 0);
  EXPECT_EQ(lock_of_first(tasks).owner, tasks[1].id);
}

TEST(Relatives, an_owner_is_gone_if_its_id_is_nobody_s) {
  World world;
  std::vector<Task> tasks{alive(10, 5)};
  add_relatives(tasks, {{tasks[0].id, for_mutex_of(alive(20, 7))}}, world.reader());
  EXPECT_EQ(lock_of_first(tasks).holder, KernelHolder::gone);
  EXPECT_FALSE(lock_of_first(tasks).owner);
}

TEST(Relatives, an_owner_is_gone_if_its_id_is_of_a_task_elsewhere_in_memory) {
  World world{{alive(20, 99)}, {}, 0, false};
  std::vector<Task> tasks{alive(10, 5)};
  add_relatives(tasks, {{tasks[0].id, for_mutex_of(alive(20, 7))}}, world.reader());
  EXPECT_EQ(lock_of_first(tasks).holder, KernelHolder::gone);
}

TEST(Relatives, an_owner_stays_unknown_where_nobody_could_be_asked) {
  World world;
  world.broken = true;
  std::vector<Task> tasks{alive(10, 5)};
  add_relatives(tasks, {{tasks[0].id, for_mutex_of(alive(20, 7))}}, world.reader());
  EXPECT_EQ(lock_of_first(tasks).holder, KernelHolder::unknown);
  EXPECT_FALSE(lock_of_first(tasks).owner);
}

TEST(Relatives, a_circle_of_owners_is_gone_round_once) {
  World world{{alive(20, 7)}, {}, 0, false};
  std::vector<Task> tasks{alive(10, 5)};
  world.waits[world.tasks[0].id] = for_mutex_of(tasks[0], list + 64);
  add_relatives(tasks, {{tasks[0].id, for_mutex_of(world.tasks[0])}}, world.reader());
  EXPECT_EQ(world.reads, 1);
  EXPECT_EQ(tasks[1].details->kernel_lock->owner, tasks[0].id);
}

TEST(Relatives, are_a_vfork_child_a_tracer_and_who_has_the_cpu) {
  World world{{alive(20, 7), alive(30, 8), alive(40, 9)}, {}, 0, false};
  std::vector<Task> tasks{alive(10, 5)};
  tasks[0].details->vfork_child = 20;
  tasks[0].tracer_tgid = 30;
  tasks[0].scheduling.cpu_occupant = 40;
  add_relatives(tasks, {}, world.reader());
  EXPECT_EQ(tasks.size(), 4U);
  EXPECT_EQ(world.reads, 1);
}

}  // namespace
}  // namespace wedged
