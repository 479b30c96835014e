// SPDX-License-Identifier: Apache-2.0
#include "diagnosis/why.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scene.h"

namespace wedged {
namespace {

using namespace std::literals;
using test::a_thread;
using test::Scene;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr std::uint64_t mutex = 0x7f0000001000;

Why explained(const Scene& scene, int tgid = 10) {
  const auto changes = test::changes_in(scene, scene);
  auto why = explain(changes, diagnose(changes, {}), tgid);
  if (!why) ADD_FAILURE() << "nothing is known of " << tgid;
  return why.value_or(Why{});
}

test::TaskBuilder thread_of_ten(int tid, Duration waiting = 14s) {
  auto builder = a_thread().of_process(10);
  if (tid != 10) builder.thread(tid).thread_named("worker");
  return builder.for_(waiting);
}

std::string does(const Scene& scene, int tid = 10) {
  for (const auto& thread : explained(scene).threads) {
    if (thread.task.id.tid == tid) return thread.does;
  }
  return "no such thread";
}

TEST(Why, an_absent_process_is_absent) {
  const Scene scene = thread_of_ten(10);
  EXPECT_FALSE(explain(test::changes_in(scene, scene), {}, 11).has_value());
}

TEST(Why, describes_the_process) {
  ProcessSide side;
  side.command_line = "victim --port 80";
  side.missing = {"timers: not readable"};
  const auto why = explained(Scene({thread_of_ten(10), thread_of_ten(11)}).with(side));
  EXPECT_EQ(why.process, (ProcessId{10, 1'000'000}));
  EXPECT_EQ(why.comm, "victim");
  EXPECT_EQ(why.exe, "/usr/bin/victim");
  EXPECT_EQ(why.unit, "victim.service");
  EXPECT_EQ(why.uid, 1000U);
  EXPECT_EQ(why.command_line, "victim --port 80");
  EXPECT_EQ(why.threads_total, 2U);
  EXPECT_THAT(why.unknown, ElementsAre("timers: not readable"));
}

TEST(Why, the_executable_comes_from_the_first_thread_that_has_it) {
  EXPECT_EQ(explained(Scene({thread_of_ten(10).without_details(), thread_of_ten(11)})).exe,
            "/usr/bin/victim");
}

TEST(Why, each_thread_says_what_it_does) {
  FileFacts pipe;
  pipe.path = "pipe:[7]";
  EXPECT_EQ(does(thread_of_ten(10).running()), "runs");
  EXPECT_EQ(does(thread_of_ten(10).in_call(SYS_read).running()), "runs in read");
  EXPECT_EQ(does(thread_of_ten(10).in_call(SYS_epoll_wait)), "sleeps in epoll_wait");
  EXPECT_EQ(does(thread_of_ten(10).in_call(SYS_read).on_file(pipe)), "sleeps in read on pipe:[7]");
  EXPECT_THAT(does(thread_of_ten(10).in_call(SYS_fsync).in_d_state()), StartsWith("fsync waits for "));
  EXPECT_THAT(does(thread_of_ten(10).state(RunState::dead)), StartsWith("has exited"));
}

TEST(Why, a_thread_that_is_stopped_says_by_whom) {
  EXPECT_THAT(does(thread_of_ten(10).state(RunState::stopped)),
              StartsWith("is stopped by a job control signal"));
  EXPECT_EQ(does(thread_of_ten(10).traced_by(77)), "is stopped by its tracer, process 77");
  EXPECT_EQ(does(thread_of_ten(10).traced_by(0)), "is stopped by a tracer");
  EXPECT_THAT(does(thread_of_ten(10).waiting_in_mutex(mutex, 11).frozen_by_cgroup()),
              StartsWith("is stopped by the freezer of its cgroup /system.slice"));
}

TEST(Why, a_thread_that_would_run_says_what_it_lacks) {
  const auto reader = [] { return thread_of_ten(10).in_call(SYS_read); };
  EXPECT_EQ(does(thread_of_ten(10).runnable_for(3s).on_cpu(2)), "waits for CPU 2 since 3 s");
  EXPECT_EQ(does(reader().runnable_for(3s).on_cpu(2)), "waits for CPU 2 since 3 s, in read");
  EXPECT_EQ(does(reader().looping_for(3s)), "runs in read, without a sleep for 3 s");
  Task throttled = reader().runnable_for(3s);
  throttled.scheduling.throttled = true;
  EXPECT_EQ(does({{throttled}}), "waits for a CPU; its cgroup has used up its quota (cpu.max), in read");
}

TEST(Why, a_wait_for_a_lock_names_its_holder) {
  const auto lock = "waits for normal mutex 0x7f0000001000"s;
  const auto waiting = [](int owner) { return thread_of_ten(10).waiting_in_mutex(mutex, owner); };
  EXPECT_EQ(does(Scene({waiting(11), thread_of_ten(11)})), lock + ", held by thread 11 (worker)");
  EXPECT_EQ(does(waiting(10)), lock + ", which it holds itself");
  EXPECT_EQ(does(waiting(12)), lock + ", held by thread 12, which no longer exists");
  EXPECT_EQ(does(Scene(waiting(12)).incomplete()), lock + ", held by thread 12, which was not seen");
  EXPECT_EQ(does(waiting(0)), lock + ", owner unknown: no owner was recorded at that moment");
  EXPECT_EQ(does(thread_of_ten(10).waiting_for_condition(mutex)),
            "waits for condition variable 0x7f0000001000");
  EXPECT_EQ(does(Scene({thread_of_ten(10).joining(11), thread_of_ten(11)})),
            "waits for the end of another thread, which is thread 11 (worker)");
}

TEST(Why, holders_are_given_by_id_where_they_exist) {
  const auto why = explained(Scene({thread_of_ten(10).waiting_in_mutex(mutex, 11), thread_of_ten(11)}));
  EXPECT_EQ(why.threads[0].holder, (TaskId{10, 11, 2'000'000}));
  EXPECT_TRUE(why.threads[0].lock.has_value());
  EXPECT_FALSE(why.threads[1].lock.has_value());
  EXPECT_FALSE(explained(thread_of_ten(10).waiting_in_mutex(mutex, 12)).threads[0].holder.has_value());
}

TEST(Why, stuck_threads_come_first_and_the_others_by_id) {
  const auto why = explained(
      Scene({thread_of_ten(10).in_call(SYS_epoll_wait), thread_of_ten(11).running(),
             thread_of_ten(12).waiting_in_mutex(mutex, 13), thread_of_ten(13).waiting_in_mutex(mutex, 13)}));
  std::vector<std::pair<int, bool>> order;
  for (const auto& thread : why.threads) order.emplace_back(thread.task.id.tid, thread.stuck);
  EXPECT_THAT(order, ElementsAre(std::pair{12, true}, std::pair{13, true}, std::pair{10, false},
                                 std::pair{11, false}));
  EXPECT_THAT(why.verdict, ElementsAre(HasSubstr("waits for a lock that it holds itself"),
                                       "1 more thread waits behind it."));
}

TEST(Why, nothing_stuck_is_said_with_the_longest_wait_for_a_lock) {
  const auto why = explained(
      Scene({thread_of_ten(10, 3s).waiting_in_mutex(mutex, 12),
             thread_of_ten(11, 4s).waiting_in_mutex(mutex, 12), thread_of_ten(12, 1h).running(),
             thread_of_ten(13, 1h).waiting_for_condition(mutex), thread_of_ten(14, 1h).joining(12)}));
  EXPECT_THAT(why.findings, IsEmpty());
  EXPECT_THAT(
      why.verdict,
      ElementsAre("Nothing is stuck.",
                  "The longest wait for a lock: thread 11 waits for normal mutex 0x7f0000001000, held by "
                  "thread 12 (worker), for 4 s."));
  EXPECT_THAT(explained(thread_of_ten(10).running()).verdict, ElementsAre("Nothing is stuck."));
}

TEST(Why, nothing_stuck_is_said_with_a_reservation_where_waits_could_not_be_read) {
  Task unread = thread_of_ten(11).in_futex(mutex, 2);
  unread.user_side.emplace();
  unread.user_side->missing = {"user side: no answer within 1 s"};
  const Task idle = thread_of_ten(10).waiting_for_condition(mutex);
  const auto why = explained(Scene({idle, unread}));
  EXPECT_THAT(why.verdict.front(),
              "Nothing is stuck as far as could be seen: what 1 thread waits for could not be read.");
  EXPECT_THAT(why.unknown, ElementsAre("user side: no answer within 1 s (1 thread)"));
}

Scene victim_of_another_process() {
  const auto shared = [](int process) {
    return a_thread()
        .of_process(process)
        .for_(14s)
        .in_futex(mutex, 2, FUTEX_WAIT)
        .in_function("pthread_mutex_lock")
        .with_memory(test::a_mutex(mutex, 20, 0x80));
  };
  return Scene({shared(10), shared(20), a_thread().of_process(30).running()});
}

TEST(Why, a_victim_of_another_process_is_told_so) {
  const auto why = explained(victim_of_another_process(), 10);
  ASSERT_EQ(why.findings.size(), 1U);
  EXPECT_THAT(why.verdict.front(), StartsWith("It waits for another process that is stuck: victim[20]"));
  EXPECT_TRUE(why.threads.front().stuck);
  EXPECT_THAT(explained(victim_of_another_process(), 20).verdict.front(), StartsWith("victim[20] waits"));
  EXPECT_THAT(explained(victim_of_another_process(), 30).findings, IsEmpty());
}

TEST(Why, what_is_missing_is_counted_by_kind) {
  const auto blind = [](Task task, const std::string& reason) {
    task.user_side = UserSide{};
    task.user_side->missing = {reason};
    return task;
  };
  const auto why = explained(
      Scene({blind(thread_of_ten(10), "user stack: none"), blind(thread_of_ten(11), "user stack: none"),
             blind(thread_of_ten(12), "user side: deadline")}));
  EXPECT_THAT(why.unknown, ElementsAre("user side: deadline (1 thread)", "user stack: none (2 threads)"));
}

TEST(Why, threads_that_were_not_seen_are_counted) {
  const auto unseen = [](void (*change)(Task&)) {
    return explained(Scene(thread_of_ten(10)).each(change)).unknown;
  };
  EXPECT_THAT(unseen([](Task& task) { task.process_threads = 3; }), ElementsAre("2 threads were not seen"));
  EXPECT_THAT(unseen([](Task& task) { task.process_threads = 2; }), ElementsAre("1 thread was not seen"));
  EXPECT_THAT(unseen([](Task& task) { task.process_threads = 1; }), IsEmpty());
}

}  // namespace
}  // namespace wedged
