// SPDX-License-Identifier: Apache-2.0
#include "diagnosis/lock_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scene.h"

namespace wedged {
namespace {

using namespace std::literals;
using test::a_thread;
using test::changes_in;
using test::Scene;

constexpr std::uint64_t mutex = 0x7f0000001000;

test::TaskBuilder waiter(int tid, int owner) {
  auto builder = a_thread().of_process(10);
  if (tid != 10) builder.thread(tid).thread_named("worker");
  return builder.for_(14s).waiting_in_mutex(mutex, owner);
}

std::vector<BlameLink> chain_in(const Scene& scene) {
  const auto changes = changes_in(scene, scene);
  const WaitGraph graph(changes);
  return lock_chain(graph, graph.waits().front());
}

std::string wait_in(const Scene& scene) {
  const auto changes = changes_in(scene, scene);
  return describe_wait(WaitGraph(changes).waits().front());
}

TEST(LockText, a_chain_leads_through_holders_to_the_call_at_its_end) {
  const std::vector<BlameLink> expected{{"in", "___pthread_mutex_lock"},
                                        {"waits for", "normal mutex 0x7f0000001000"},
                                        {"held by", "thread 11 (worker)"},
                                        {"in system call", "fsync"}};
  const Task holder = a_thread().of_process(10).thread(11).thread_named("worker").for_(3s).in_call(SYS_fsync);
  EXPECT_EQ(chain_in(Scene({waiter(10, 11), holder})), expected);
}

TEST(LockText, a_chain_that_closes_says_so) {
  const auto chain = chain_in(Scene({waiter(10, 11), waiter(11, 10)}));
  EXPECT_EQ(chain.back(), (BlameLink{"held by", "thread 10 (the main thread), already in this chain"}));
}

TEST(LockText, a_chain_ends_with_why_nobody_is_known) {
  EXPECT_EQ(chain_in(waiter(10, 0)).back(),
            (BlameLink{"owner unknown:", "no owner was recorded at that moment"}));
  EXPECT_EQ(chain_in(Scene(waiter(10, 12)).incomplete()).back().what, "waits for");
  EXPECT_EQ(chain_in(waiter(10, 12)).back(), (BlameLink{"held by", "thread 12, which no longer exists"}));
}

TEST(LockText, who_is_joined_is_the_other_thread_and_holds_nothing) {
  const auto chain = chain_in(
      Scene({a_thread().of_process(10).for_(14s).joining(11), a_thread().of_process(10).thread(11)}));
  EXPECT_EQ(chain[1], (BlameLink{"waits for", "the end of another thread"}));
  EXPECT_EQ(chain[2].what, "which is");
}

TEST(LockText, a_wait_is_one_line) {
  const auto begin = "thread 10 (the main thread) has waited for normal mutex 0x7f0000001000 for 14 s"s;
  EXPECT_EQ(wait_in(Scene({waiter(10, 11), waiter(11, 12)})), begin + "; held by thread 11 (worker)");
  EXPECT_EQ(wait_in(waiter(10, 10)), begin + "; held by itself");
  EXPECT_EQ(wait_in(waiter(10, 12)), begin + "; its owner is 12");
  EXPECT_EQ(wait_in(waiter(10, 0)), begin + "; owner unknown: no owner was recorded at that moment");
}

TEST(LockText, a_holder_of_another_process_is_named_with_it) {
  const Task here = a_thread().of_process(10);
  EXPECT_EQ(describe_holder(a_thread().of_process(20).thread(21).thread_named("io"), here),
            "victim[20] thread 21 (io)");
  EXPECT_EQ(describe_holder(a_thread().of_process(10).thread(11).thread_named("io"), here), "thread 11 (io)");
  EXPECT_EQ(describe_holder(here, here), "thread 10 (the main thread)");
}

TEST(LockText, a_place_begins_at_the_locks_function_and_skips_nameless_frames) {
  Lock lock;
  lock.function = "pthread_mutex_lock@@GLIBC_2.2.5";
  const Task task = a_thread()
                        .in_function("__lll_lock_wait")
                        .in_function(lock.function)
                        .in_function("")
                        .in_function("db::take(int)")
                        .in_function("serve")
                        .in_function("main")
                        .in_function("_start");
  EXPECT_EQ(describe_place(task, lock), "pthread_mutex_lock <- db::take <- serve <- main");
  EXPECT_EQ(describe_place(a_thread(), lock), "pthread_mutex_lock");
  EXPECT_EQ(describe_place(a_thread(), Lock{}), "");
}

TEST(LockText, only_a_wait_for_a_holder_without_an_end_is_overdue) {
  const auto overdue = [](const Task& task, Duration threshold) {
    const auto changes = changes_in(Scene({task}), Scene({task}));
    return is_overdue(WaitGraph(changes).waits().front(), threshold);
  };
  EXPECT_TRUE(overdue(waiter(10, 11), 13s));
  EXPECT_FALSE(overdue(waiter(10, 11), 14s));
  EXPECT_FALSE(overdue(waiter(10, 11).with_timeout(), 13s));
  EXPECT_FALSE(overdue(a_thread().for_(14s).waiting_for_condition(mutex), 13s));
}

}  // namespace
}  // namespace wedged
