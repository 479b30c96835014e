// SPDX-License-Identifier: Apache-2.0
#include "diagnosis/wait_graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scene.h"

namespace wedged {
namespace {

using namespace std::chrono_literals;
using test::a_thread;
using test::changes_in;
using test::Scene;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::uint64_t mutex = 0x7f0000001000;

test::TaskBuilder waiter(int tid, int owner) {
  auto builder = a_thread().of_process(10);
  if (tid != 10) builder.thread(tid);
  return builder.for_(14s).waiting_in_mutex(mutex, owner);
}

test::TaskBuilder idle(int tid) {
  return a_thread().of_process(10).thread(tid);
}

Holder state_in(const Scene& scene, const TaskId& id = {10, 10, 1'000'000}) {
  const auto changes = changes_in(scene, scene);
  const WaitGraph graph(changes);
  const auto* wait = graph.wait_of(id);
  if (wait == nullptr) ADD_FAILURE() << "waits for nothing";
  return wait == nullptr ? Holder::unknown : wait->state;
}

std::vector<int> path_in(const std::vector<Task>& threads) {
  const Scene scene(threads);
  const auto changes = changes_in(scene, scene);
  const WaitGraph graph(changes);
  std::vector<int> tids;
  for (const auto* change : graph.path_from(graph.waits().front())) tids.push_back(change->task.id.tid);
  return tids;
}

TEST(WaitGraph, a_holder_is_itself_another_or_gone) {
  EXPECT_EQ(state_in(waiter(10, 10)), Holder::itself);
  EXPECT_EQ(state_in(Scene({waiter(10, 11), idle(11)})), Holder::another);
  EXPECT_EQ(state_in(waiter(10, 11)), Holder::gone);
  EXPECT_EQ(state_in(waiter(10, 0)), Holder::unknown);
}

TEST(WaitGraph, has_only_waits_that_two_samples_have_verified) {
  const Scene now = waiter(10, 11).switches(2);
  for (const Scene& before : {Scene(std::vector<Task>{}), Scene(waiter(10, 11).switches(1))}) {
    const auto changes = changes_in(before, now);
    EXPECT_THAT(WaitGraph(changes).waits(), IsEmpty());
  }
  const auto changes = changes_in(now, now);
  EXPECT_THAT(WaitGraph(changes).waits(), SizeIs(1));
}

TEST(WaitGraph, only_sleepers_in_a_futex_wait_for_a_lock) {
  for (const Task& task : {Task(waiter(10, 11).running()), Task(waiter(10, 11).in_d_state()),
                           Task(a_thread().for_(14s).in_call(SYS_read)), Task(a_thread().for_(14s))}) {
    const auto changes = changes_in(Scene({task}), Scene({task}));
    EXPECT_THAT(WaitGraph(changes).waits(), IsEmpty());
  }
}

TEST(WaitGraph, nobody_is_gone_unless_every_thread_was_seen_and_named) {
  EXPECT_EQ(state_in(Scene(waiter(10, 11)).incomplete()), Holder::unknown);
  EXPECT_EQ(state_in(Scene(waiter(10, 11)).without_ids()), Holder::unknown);
  const auto nameless = Scene({waiter(10, 11), idle(12)}).each([](Task& task) {
    if (task.id.tid == 12) task.namespace_tid = 0;
  });
  EXPECT_EQ(state_in(nameless), Holder::unknown);
}

TEST(WaitGraph, the_dead_need_no_name) {
  const auto scene = Scene({waiter(10, 11), idle(12).state(RunState::dead)}).each([](Task& task) {
    if (task.id.tid == 12) task.namespace_tid = 0;
  });
  EXPECT_EQ(state_in(scene), Holder::gone);
}

TEST(WaitGraph, ids_are_those_of_the_waiters_namespace) {
  const auto inside = waiter(10, 3).known_as(1, 99);
  EXPECT_EQ(state_in(Scene({inside, idle(11).known_as(3, 99)})), Holder::another);
  EXPECT_EQ(state_in(Scene({inside, idle(3).known_as(7, 99)})), Holder::gone);
  EXPECT_EQ(state_in(Scene({inside, a_thread().of_process(3)})), Holder::gone);
}

TEST(WaitGraph, the_end_of_a_thread_is_that_of_one_of_the_same_process) {
  const Task joiner = a_thread().of_process(10).for_(14s).joining(11);
  EXPECT_EQ(state_in(Scene({joiner, idle(11)})), Holder::another);
  EXPECT_EQ(state_in(Scene({joiner, a_thread().of_process(5).thread(11)})), Holder::gone);
  EXPECT_EQ(state_in(Scene({joiner, a_thread().of_process(5).thread(11)}).incomplete()), Holder::unknown);
}

TEST(WaitGraph, a_path_goes_from_the_waiter_to_the_last_holder) {
  EXPECT_THAT(path_in({waiter(10, 11), waiter(11, 12), idle(12)}), ElementsAre(10, 11, 12));
  EXPECT_THAT(path_in({waiter(10, 11), waiter(11, 99)}), ElementsAre(10, 11));
}

TEST(WaitGraph, a_path_meets_nobody_twice) {
  EXPECT_THAT(path_in({waiter(10, 11), waiter(11, 10)}), ElementsAre(10, 11));
  EXPECT_THAT(path_in({waiter(10, 11), waiter(11, 12), waiter(12, 11)}), ElementsAre(10, 11, 12));
  EXPECT_THAT(path_in({waiter(10, 10)}), ElementsAre(10));
}

TEST(WaitGraph, finds_waits_by_task) {
  const Scene scene({waiter(10, 11), idle(11)});
  const auto changes = changes_in(scene, scene);
  const WaitGraph graph(changes);
  EXPECT_EQ(graph.wait_of({10, 10, 1'000'000}), &graph.waits()[0]);
  EXPECT_EQ(graph.wait_of({10, 11, 2'000'000}), nullptr);
  EXPECT_EQ(graph.wait_of({10, 10, 1'000'001}), nullptr);
}

}  // namespace
}  // namespace wedged
