// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scene.h"

namespace wedged {
namespace {

using namespace std::chrono_literals;
using test::a_thread;
using test::changes_in;
using test::found_in;
using test::only_finding_in;
using test::Scene;
using test::tids_of;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::uint64_t lock_1 = 0xffff888000001000, lock_2 = 0xffff888000002000;

Task thread(int tid) {
  return a_thread().of_process(10).thread(tid).at_address(0xffff888100000000 + static_cast<unsigned>(tid));
}

Task waiter(int tid, std::uint64_t lock, const Task& owner, Duration waiting = 14s) {
  return a_thread()
      .of_process(10)
      .thread(tid)
      .at_address(thread(tid).address)
      .in_call(SYS_write)
      .for_(waiting)
      .for_kernel_mutex(lock, owner);
}

Task stuck_on_device(int tid) {
  Task task = thread(tid);
  task.call = SystemCall{};
  task.call->number = SYS_fsync;
  task.state = RunState::uninterruptible;
  task.off_cpu_since = test::test_now - 60s;
  task.off_cpu_since_exact = true;
  task.details->kernel_stack = {"submit_bio_wait+0x10/0x40"};
  return task;
}

Task waiter_for(const KernelLock& lock, Duration waiting = 14s) {
  return a_thread().of_process(10).thread(11).in_call(SYS_write).for_(waiting).for_kernel_lock(lock);
}

KernelLock gone(std::uint64_t owner_address) {
  return {KernelLockKind::mutex, lock_1, KernelHolder::gone, owner_address, std::nullopt, 0};
}

Death death_of(const Task& task, Duration ago) {
  Death death;
  death.id = task.id;
  death.process = task.process;
  death.comm = death.process_comm = "server";
  death.address = task.address;
  death.call_number = SYS_write;
  death.exit_code = 9;
  death.at = test::test_now - ago;
  return death;
}

TEST(KernelLockWait, whoever_waits_behind_a_stuck_thread_is_its_victim_through_any_number_of_locks) {
  const auto root = stuck_on_device(12);
  const auto finding = only_finding_in(Scene(
      {root, waiter(13, lock_1, root), waiter(14, lock_2, thread(13)), waiter(15, lock_2, thread(13))}));
  EXPECT_EQ(finding.key.cause, Cause::uninterruptible_wait);
  EXPECT_THAT(tids_of(finding.threads), ElementsAre(12));
  EXPECT_THAT(tids_of(finding.victims), ElementsAre(13, 14, 15));
}

TEST(KernelLockWait, a_program_s_lock_held_by_who_waits_for_the_kernel_s_leads_to_the_same_root) {
  const auto root = stuck_on_device(12);
  const Task user = a_thread().of_process(10).thread(16).for_(14s).waiting_in_mutex(0x7f0000001000, 13);
  const auto finding = only_finding_in(Scene({root, waiter(13, lock_1, root), user}));
  EXPECT_THAT(tids_of(finding.victims), ElementsAre(13, 16));
}

TEST(KernelLockWait, of_many_behind_one_that_is_not_stuck_is_one_finding_of_the_oldest) {
  const Task holder = a_thread().of_process(20).thread(21).at_address(7).running();
  const auto finding = only_finding_in(Scene(
      {waiter(13, lock_1, holder), waiter(14, lock_1, holder, 20s), waiter(15, lock_1, holder), holder}));
  EXPECT_EQ(finding.key.cause, Cause::uninterruptible_wait);
  EXPECT_EQ(finding.certainty, Certainty::likely);
  EXPECT_THAT(tids_of(finding.threads), ElementsAre(14));
  EXPECT_THAT(tids_of(finding.victims), ElementsAre(13, 15));
  EXPECT_THAT(finding.summary, HasSubstr("held by victim[20] thread 21"));
}

TEST(KernelLockWait, in_a_circle_is_a_lock_cycle_and_nothing_else) {
  const auto finding =
      only_finding_in(Scene({waiter(13, lock_1, thread(14)), waiter(14, lock_2, thread(13))}));
  EXPECT_EQ(finding.key.cause, Cause::lock_cycle);
  EXPECT_EQ(finding.certainty, Certainty::certain);
  EXPECT_THAT(tids_of(finding.threads), ElementsAre(13, 14));
}

TEST(KernelLockWait, for_a_lock_that_it_holds_itself_is_a_self_deadlock) {
  EXPECT_EQ(only_finding_in(Scene({waiter(13, lock_1, thread(13))})).key.cause, Cause::self_deadlock);
}

TEST(KernelLockWait, behind_a_thread_that_died_in_the_kernel_is_its_victim_while_the_process_lives) {
  Task main = a_thread().of_process(10).for_(14s);
  main.death_seen = true;
  const auto dead = thread(12);
  const Scene scene({main, waiter_for(gone(dead.address))});
  const auto findings = found_in(scene.died(death_of(dead, 30s)), scene);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].key.cause, Cause::died_in_kernel);
  EXPECT_THAT(tids_of(findings[0].victims), ElementsAre(11));
}

TEST(KernelLockWait, behind_a_dead_owner_of_a_process_that_is_gone_is_certain_and_names_it) {
  const Task dead = a_thread().of_process(77).at_address(5);
  const auto finding = only_finding_in(Scene({waiter_for(gone(5))}).died(death_of(dead, 30s)));
  EXPECT_EQ(finding.key.cause, Cause::uninterruptible_wait);
  EXPECT_EQ(finding.certainty, Certainty::certain);
  EXPECT_THAT(finding.summary, HasSubstr("held by thread 77, which died in the kernel"));
}

TEST(KernelLockWait, of_two_that_died_at_one_place_the_one_is_named_that_lived_when_the_wait_began) {
  const auto born = static_cast<std::uint64_t>((test::test_now - 20s).time_since_epoch().count());
  const Task first = a_thread().of_process(77).at_address(5);
  const Task second = a_thread().of_process(88, born).at_address(5);
  const auto found = [&](Duration waiting) {
    const Scene scene = Scene({waiter_for(gone(5), waiting)});
    return only_finding_in(scene.died(death_of(first, 60s)).died(death_of(second, 5s)));
  };
  EXPECT_THAT(found(30s).summary, HasSubstr("held by thread 77, which died"));
  EXPECT_THAT(found(14s).summary, HasSubstr("held by thread 88, which died"));
}

TEST(KernelLockWait, behind_a_zombie_is_behind_a_dead_owner) {
  Task leader = a_thread().of_process(10).at_address(6).state(RunState::dead).for_(14s);
  const auto findings = found_in(Scene({leader, waiter(11, lock_1, leader)}));
  EXPECT_THAT(findings, Contains(Field(&Finding::certainty, Certainty::certain)));
}

TEST(KernelLockWait, names_a_thread_at_the_dead_owner_s_place_only_if_it_was_born_before_the_wait) {
  const auto born = [](Duration ago) {
    return static_cast<std::uint64_t>((test::test_now - ago).time_since_epoch().count());
  };
  const Task dead = a_thread().of_process(77).at_address(5);
  const auto found = [&](Duration birth) {
    const Task heir = a_thread().of_process(88, born(birth)).at_address(5).running();
    const KernelLock lock{KernelLockKind::mutex, lock_1, KernelHolder::known, 5, heir.id, 0};
    return only_finding_in(Scene({waiter_for(lock), heir}).died(death_of(dead, 60s)));
  };
  EXPECT_THAT(found(5s).summary, HasSubstr("held by thread 77, which died"));
  EXPECT_THAT(found(30s).summary, HasSubstr("owner unknown: thread 77 died in the kernel"));
}

TEST(KernelLockWait, at_the_dead_owner_s_place_an_heir_counts_though_nobody_looked_at_it) {
  const Task dead = a_thread().of_process(77).at_address(5);
  const auto found = [&](Duration birth) {
    const auto born = static_cast<std::uint64_t>((test::test_now - birth).time_since_epoch().count());
    const Task heir = a_thread().of_process(88, born).at_address(5);
    const KernelLock lock{KernelLockKind::mutex, lock_1, KernelHolder::known, 5, heir.id, 0};
    return only_finding_in(Scene({waiter_for(lock)}).died(death_of(dead, 60s)));
  };
  EXPECT_THAT(found(5s).summary, HasSubstr("held by thread 77, which died"));
  EXPECT_THAT(found(30s).summary, HasSubstr("owner unknown: thread 77 died in the kernel"));
  EXPECT_EQ(found(30s).certainty, Certainty::likely);
}

TEST(KernelLockWait,
     behind_the_last_thread_of_a_process_is_behind_a_dead_owner_though_the_kernel_says_group_exit) {
  Death death = death_of(a_thread().of_process(77).at_address(5), 30s);
  death.group_exit = true;
  const auto finding = only_finding_in(Scene({waiter_for(gone(5))}).died(death));
  EXPECT_THAT(finding.summary, HasSubstr("held by thread 77, which died in the kernel"));
}

TEST(KernelLockWait, takes_none_who_exited_with_a_code_for_the_holder_that_has_its_place_in_memory) {
  Death death = death_of(a_thread().of_process(77).at_address(5), 60s);
  death.exit_code = 3 << 8;
  const Task holder = a_thread().of_process(88).at_address(5).running();
  const KernelLock lock{KernelLockKind::mutex, lock_1, KernelHolder::known, 5, holder.id, 0};
  const auto finding = only_finding_in(Scene({waiter_for(lock), holder}).died(death));
  EXPECT_THAT(finding.summary, HasSubstr("held by victim[88]"));
}

TEST(KernelLockWait, who_came_later_waits_for_the_same_dead_as_who_came_before_the_heir) {
  const Task dead = a_thread().of_process(77).at_address(5);
  const auto born = static_cast<std::uint64_t>((test::test_now - 20s).time_since_epoch().count());
  const Task heir = a_thread().of_process(88, born).at_address(5).running();
  const KernelLock lock{KernelLockKind::mutex, lock_1, KernelHolder::known, 5, heir.id, 0};
  const Task late = a_thread().of_process(10).thread(12).in_call(SYS_write).for_(12s).for_kernel_lock(lock);
  const auto finding = only_finding_in(Scene({waiter_for(lock, 30s), late, heir}).died(death_of(dead, 60s)));
  EXPECT_THAT(finding.summary, HasSubstr("held by thread 77, which died"));
  EXPECT_THAT(tids_of(finding.victims), ElementsAre(12));
}

TEST(KernelLockWait, who_came_after_the_heir_is_a_victim_of_the_death_as_well) {
  Task main = a_thread().of_process(10).for_(14s);
  main.death_seen = true;
  const auto dead = thread(12);
  const auto born = static_cast<std::uint64_t>((test::test_now - 20s).time_since_epoch().count());
  const Task heir = a_thread().of_process(88, born).at_address(dead.address).running();
  const KernelLock lock{KernelLockKind::mutex, lock_1, KernelHolder::known, dead.address, heir.id, 0};
  const Task late = a_thread().of_process(30).in_call(SYS_write).for_(12s).for_kernel_lock(lock);
  const Scene scene({main, waiter_for(lock, 30s), late, heir});
  const auto findings = found_in(scene.died(death_of(dead, 60s)), scene);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].key.cause, Cause::died_in_kernel);
  EXPECT_THAT(tids_of(findings[0].victims), ElementsAre(11, 30));
}

TEST(KernelLockWait, names_no_dead_thread_whose_address_the_lock_names_for_the_first_time) {
  const Task holder = a_thread().of_process(20).at_address(7).running();
  const Task dead = a_thread().of_process(77).at_address(5);
  KernelLock before = gone(5);
  before.owner_address = 7;
  const auto findings = found_in(Scene({waiter_for(before), holder}),
                                 Scene({waiter_for(gone(5)), holder}).died(death_of(dead, 3600s)));
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].certainty, Certainty::likely);
  EXPECT_THAT(findings[0].summary, HasSubstr("owner unknown: it has changed"));
}

TEST(KernelLockWait, names_the_dead_though_others_come_and_go_at_its_address) {
  const Task dead = a_thread().of_process(77).at_address(5);
  const auto heir = [](int tgid) {
    const auto born = static_cast<std::uint64_t>((test::test_now - 2s).time_since_epoch().count());
    return Task(a_thread().of_process(tgid, born).at_address(5).running());
  };
  const auto waiting = [&](int tgid) {
    return waiter_for({KernelLockKind::mutex, lock_1, KernelHolder::known, 5, heir(tgid).id, 0});
  };
  const auto findings =
      found_in(Scene({waiting(88), heir(88)}), Scene({waiting(89), heir(89)}).died(death_of(dead, 60s)));
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_THAT(findings[0].summary, HasSubstr("held by thread 77, which died"));
}

TEST(KernelLockWait, names_no_owner_that_changed_between_the_samples) {
  const Task holder = a_thread().of_process(20).at_address(7).running();
  const Task other = a_thread().of_process(30).at_address(8).running();
  const auto findings = found_in(Scene({waiter(13, lock_1, other), holder, other}),
                                 Scene({waiter(13, lock_1, holder), holder, other}));
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_THAT(findings[0].summary, HasSubstr("owner unknown: it has changed"));
}

Task not_read(Task task) {
  task.details.reset();
  return task;
}

TEST(KernelLockWait, that_was_read_for_the_first_time_is_not_said_to_have_changed) {
  const Task holder = a_thread().of_process(20).at_address(7).running();
  const auto now = waiter(13, lock_1, holder);
  const auto findings = found_in(Scene({not_read(now), holder}), Scene({now, holder}));
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_THAT(findings[0].summary, HasSubstr("owner unknown: it has been looked at only once"));
}

TEST(KernelLockWait, that_was_read_for_the_first_time_is_behind_the_owner_that_another_has_verified) {
  const Task holder = a_thread().of_process(20).at_address(7).running();
  const auto early = waiter(14, lock_1, holder), late = waiter(13, lock_1, holder, 20s);
  const auto findings = found_in(Scene({early, not_read(late), holder}), Scene({early, late, holder}));
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_THAT(findings[0].summary, HasSubstr("held by victim[20]"));
  EXPECT_THAT(tids_of(findings[0].threads), ElementsAre(13));
  EXPECT_THAT(tids_of(findings[0].victims), ElementsAre(14));
}

TEST(KernelLockWait, says_why_the_owner_is_unknown) {
  const auto summary = [](KernelLockKind kind, unsigned readers) {
    return only_finding_in(
               Scene({waiter_for({kind, lock_1, KernelHolder::unknown, 0, std::nullopt, readers})}))
        .summary;
  };
  EXPECT_THAT(summary(KernelLockKind::semaphore, 0), HasSubstr("semaphores name none"));
  EXPECT_THAT(summary(KernelLockKind::rwsem_write, 1), HasSubstr("1 reader has it"));
  EXPECT_THAT(summary(KernelLockKind::rwsem_write, 3), HasSubstr("3 readers have it"));
  EXPECT_THAT(summary(KernelLockKind::mutex, 0), HasSubstr("the lock names none"));
}

TEST(KernelLockWait, does_not_fire_at_the_threshold_and_never_shows_an_address) {
  const Task holder = a_thread().of_process(20).at_address(7).running();
  EXPECT_THAT(found_in(Scene({waiter(13, lock_1, holder, 10s), holder})), IsEmpty());
  const auto finding = only_finding_in(Scene({waiter(13, lock_1, holder), holder}));
  for (const auto& link : finding.chain) EXPECT_THAT(link.detail, testing::Not(HasSubstr("ffff8880")));
}

TEST(KernelLockWait, for_a_vfork_child_names_the_child_and_what_it_does) {
  const Task child = a_thread().of_process(20).in_call(SYS_pause).for_(14s);
  Task parent = a_thread().of_process(10).killable().in_call(SYS_vfork).for_(14s);
  parent.details->vfork_child = 20;
  const auto finding = only_finding_in(Scene({parent, child}));
  EXPECT_EQ(finding.key.task.tgid, 10);
  EXPECT_THAT(finding.summary, HasSubstr("which is victim[20]"));
}

TEST(KernelLockWait, for_a_vfork_child_that_is_stuck_is_its_victim) {
  const Task child = a_thread().of_process(20).in_d_state().in_call(SYS_openat).for_(14s);
  Task parent = a_thread().of_process(10).killable().in_call(SYS_vfork).for_(14s);
  parent.details->vfork_child = 20;
  const auto finding = only_finding_in(Scene({parent, child}));
  EXPECT_EQ(finding.key.task.tgid, 20);
  EXPECT_THAT(tids_of(finding.victims), ElementsAre(10));
}

TEST(KernelLockWait, five_hundred_behind_one_lock_are_one_finding) {
  const auto root = stuck_on_device(12);
  std::vector<Task> threads{root};
  for (int tid = 1000; tid < 1500; ++tid) threads.push_back(waiter(tid, lock_1, root));
  EXPECT_EQ(only_finding_in(Scene(threads)).victims.size(), 500U);
}

// So many come at once that not all are looked at closely before they are stuck: `read` is how many were in
// the scan before and in this one.
std::vector<Finding> found_in_burst(int read_before, int read_now, Duration waiting) {
  const Task holder = a_thread().of_process(20).at_address(7).running();
  std::vector<Task> before{holder}, now{holder};
  for (int number = 0; number < 3'000; ++number) {
    const auto task = waiter(1'000 + number, lock_1, holder, waiting);
    before.push_back(number < read_before ? task : not_read(task));
    now.push_back(number < read_now ? task : not_read(task));
  }
  return found_in(Scene(before), Scene(now));
}

TEST(BurstOfKernelLockWaits, is_one_finding_of_those_that_were_read) {
  const auto findings = found_in_burst(512, 1'024, 11s);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_THAT(findings[0].summary, HasSubstr("held by victim[20]"));
  EXPECT_TRUE(findings[0].task.details);
  EXPECT_EQ(findings[0].victims.size(), 1'023U);
}

TEST(BurstOfKernelLockWaits, of_which_none_was_read_is_told_later_and_as_one) {
  EXPECT_THAT(found_in_burst(0, 0, 20s), IsEmpty());
  const auto findings = found_in_burst(0, 0, 21s);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].threads.size(), 3'000U);
  EXPECT_THAT(findings[0].evidence, Contains("3000 threads of the process wait for what could not be read"));
}

TEST(BurstOfKernelLockWaits, ends_at_nobody_who_was_not_read_yet) {
  const Task holder = a_thread().of_process(20).at_address(7).running();
  const auto first = waiter(13, lock_1, holder, 11s), second = waiter(14, lock_2, thread(13), 11s);
  EXPECT_THAT(found_in(Scene({not_read(first), second, holder})), IsEmpty());
  EXPECT_THAT(tids_of(only_finding_in(Scene({first, second, holder})).victims), ElementsAre(14));
}

TEST(UninterruptibleWaitOfOneProcess, for_one_and_the_same_is_one_finding_with_all_its_threads) {
  const auto finding = only_finding_in(Scene({stuck_on_device(12), stuck_on_device(13)}));
  EXPECT_THAT(tids_of(finding.threads), ElementsAre(12, 13));
  EXPECT_THAT(finding.victims, IsEmpty());
}

TEST(ClientsOfServer, are_victims_of_what_keeps_the_server_from_answering) {
  const Task server = a_thread().of_process(20).thread(21).for_(14s).waiting_in_mutex(0x7f0000001000, 21);
  Task client = a_thread().of_process(10).in_call(SYS_read).in_d_state().for_(14s);
  client.details->server = FuseServer{server.process, "server", 9};
  const auto finding = only_finding_in(Scene({client, server}));
  EXPECT_EQ(finding.key.cause, Cause::self_deadlock);
  EXPECT_THAT(tids_of(finding.victims), ElementsAre(10));
}

TEST(ClientsOfServer, are_victims_from_the_first_moment) {
  const Task server = a_thread().of_process(20).thread(21).for_(14s).waiting_in_mutex(0x7f0000001000, 21);
  Task client = a_thread().of_process(10).in_call(SYS_read).for_(1s);
  client.details->server = FuseServer{server.process, "server", 9};
  EXPECT_THAT(tids_of(only_finding_in(Scene({client, server})).victims), ElementsAre(10));
}

TEST(ClientsOfServer, that_serve_each_other_stay_roots) {
  Task one = a_thread().of_process(10).in_call(SYS_read).in_d_state().for_(14s);
  Task other = a_thread().of_process(20).in_call(SYS_read).in_d_state().for_(14s);
  one.details->server = FuseServer{other.process, "other", 9};
  other.details->server = FuseServer{one.process, "one", 8};
  EXPECT_EQ(found_in(Scene({one, other})).size(), 2U);
}

}  // namespace
}  // namespace wedged
