// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "report/escape.h"
#include "report/why.h"
#include "unit/report/why_values.h"

namespace wedged {

using namespace test;
using testing::HasSubstr;
using testing::Not;

std::string why_text(const Why& why, unsigned width = 0, bool all_stacks = false) {
  return render_why(why, shown_now(), plain_text(), width, all_stacks);
}

TEST(WhyText, reads_from_the_verdict_down_to_what_is_unknown) {
  EXPECT_EQ(why_text(a_memcached()),
            "memcached[19110]  /usr/bin/memcached  uid 114  memcached.service  5 threads\n"
            "  started as: memcached -c 16 -t 4\n"
            "\n"
            "VERDICT  self_deadlock (certain)\n"
            "  The main thread locks a mutex that it holds already. It will never go on.\n"
            "\n"
            "WHO WAITS FOR WHAT\n"
            "  memcached[19110] waits for mutex 0x55d0c0a8\n"
            "    -> held by memcached[19110] itself  <- root\n"
            "    1 thread waits for it: worker[19115]\n"
            "\n"
            "WHAT TO DO\n"
            "  - Restart the process: it cannot recover.\n"
            "  - Let the inner path not lock.\n"
            "\n"
            "EVIDENCE\n"
            "  - the owner in the mutex, 19110, is the waiter\n"
            "\n"
            "THREADS  5, 2 stuck\n"
            "  memcached[19110]  waits for mutex 0x55d0c0a8, which it holds itself\n"
            "    state     S (sleeping), since 2024-05-01T03:09:25.123Z (3 min 20 s)\n"
            "    call      futex, for 3 min 20 s\n"
            "    lock      mutex 0x55d0c0a8, held by this thread itself\n"
            "    user      #0  0x00007f3a12c8e1b4 __lll_lock_wait+0x24 (libc.so.6)\n"
            "              #1  0x000055d0c0de1000 accept_new_conns+0x1c (memcached (deleted))\n"
            "              #2  0x00007f3a00001234 ?? (libplugin.so+0x1234)\n"
            "              #3  0x0000000000000010 ??\n"
            "    stack     futex_wait_queue+0x60/0x90\n"
            "              do_futex+0x1/0x2\n"
            "  worker[19115]  waits for mutex 0x55d0c0a8 held by memcached[19110]\n"
            "    state     S (sleeping), since 2024-05-01T03:09:35.123Z (3 min 10 s)\n"
            "  2 threads like this     S  sleeps in epoll_wait on 0x... (1.0 s to 30.0 s): worker[19112], "
            "worker[19113]\n"
            "  logger[19114]           S  sleeps in nanosleep (500 ms)\n"
            "\n"
            "WHAT COULD NOT BE KNOWN\n"
            "  - user stack of worker[19115]: no registers\n");
}

TEST(WhyText, of_a_healthy_process_says_so_and_has_no_empty_sections) {
  Why why = a_memcached();
  why.findings.clear();
  why.verdict = {"Nothing is stuck."};
  why.unknown.clear();
  why.threads = {another_thread(19112, "worker", "sleeps in epoll_wait", 1s)};
  const std::string text = why_text(why);
  EXPECT_THAT(text, HasSubstr("VERDICT  no cause of a hang found\n  Nothing is stuck.\n\nTHREADS  1 of 5\n"));
  for (const char* section : {"WHO WAITS", "WHAT TO DO", "EVIDENCE", "NOT BE KNOWN", ", 1 stuck"}) {
    EXPECT_THAT(text, Not(HasSubstr(section)));
  }
}

TEST(WhyText, names_the_culprit_where_the_process_is_only_a_victim) {
  Why why = a_memcached();
  why.process = {77, 5};
  why.verdict.clear();
  EXPECT_THAT(why_text(why), HasSubstr("VERDICT  self_deadlock (certain) of memcached[19110]\n"
                                       "  memcached[19110] waits for itself\n"));
}

TEST(WhyText, folds_stuck_threads_only_if_both_stacks_are_the_same) {
  Why why = a_memcached();
  WhyThread twin = the_stuck_thread();
  twin.task.id.tid = 20001;
  WhyThread other = the_stuck_thread();
  other.task.id.tid = 20002;
  other.task.user_side->stack[1].function = "maxconns_handler";
  why.threads = {the_stuck_thread(), twin, other};
  const std::string text = why_text(why);
  EXPECT_THAT(text, HasSubstr("    also      1 more just like it: memcached[20001]\n"));
  EXPECT_THAT(text, HasSubstr("  memcached[20002]  waits for"));
}

TEST(WhyText, of_hundreds_of_idle_threads_is_one_line) {
  Why why = a_memcached();
  why.threads.clear();
  for (int tid = 1; tid <= 400; ++tid) why.threads.push_back(another_thread(tid, "w", "sleeps in read", 1s));
  EXPECT_THAT(why_text(why),
              HasSubstr("  400 threads like this   S  sleeps in read (1.0 s): w[1], w[2], w[3], "
                        "w[4], w[5], w[6], ... and 394 more\n"));
}

TEST(WhyText, with_all_stacks_shows_every_thread_in_full) {
  Why why = a_memcached();
  why.threads[2].task.details->kernel_stack = {"ep_poll+0x1/0x2"};
  const std::string text = why_text(why, 0, true);
  EXPECT_THAT(text, HasSubstr("  worker[19112]  sleeps in epoll_wait on 0x7f01\n"));
  EXPECT_THAT(text, HasSubstr("    stack     ep_poll+0x1/0x2\n"));
  EXPECT_THAT(text, HasSubstr("  worker[19113]  sleeps in epoll_wait on 0x7f02\n"));
  EXPECT_THAT(text, Not(HasSubstr("like this")));
}

TEST(WhyText, cuts_a_deep_stack_unless_all_of_it_is_asked_for) {
  Why why = a_memcached();
  why.threads[0].task.user_side->stack.assign(100, {1, "recurse", 1, "/usr/bin/x"});
  EXPECT_THAT(why_text(why), HasSubstr("... and 76 more\n"));
  EXPECT_THAT(why_text(why, 0, true), HasSubstr("#99 0x0000000000000001 recurse+0x1 (x)\n"));
}

TEST(WhyText, says_what_is_known_of_a_lock) {
  const auto lock_line = [](const Lock& lock) {
    Why why = a_memcached();
    why.threads[0].lock = lock;
    why.threads[0].holder.reset();
    return why_text(why);
  };
  Lock lock = a_mutex();
  lock.type = "robust mutex";
  lock.process_private = false;
  lock.has_timeout = true;
  EXPECT_THAT(lock_line(lock), HasSubstr("lock      robust mutex 0x55d0c0a8, its owner's id is 19110, may be "
                                         "shared with other processes, with a timeout\n"));
  lock = {};
  lock.kind = LockKind::plain_lock;
  lock.no_owner_reason = "such a lock does not say";
  EXPECT_THAT(lock_line(lock),
              HasSubstr("lock      plain_lock 0x0, owner unknown: such a lock does not say\n"));
  lock = {};
  lock.kind = LockKind::kernel;
  lock.type = "kernel mutex #1751";
  lock.process_private = false;
  lock.owner = 211;
  EXPECT_THAT(lock_line(lock), HasSubstr("lock      kernel mutex #1751, its owner's id is 211\n"));
}

TEST(WhyText, fits_the_screen_apart_from_words_that_are_wider) {
  Why why = a_memcached();
  why.threads[0].task.user_side->stack[1].function = "std::vector<" + std::string(300, 'x') + ">::push_back";
  std::istringstream lines(why_text(why, 80));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(columns_of(line), 80U) << line;
}

TEST(WhyText, colours_the_verdict_by_its_certainty) {
  const EventStyle coloured{EventFormat::text, true};
  Why why = a_memcached();
  EXPECT_THAT(render_why(why, shown_now(), coloured, 0),
              HasSubstr("\x1b[1;31mself_deadlock (certain)\x1b[0m"));
  why.findings[0].certainty = Certainty::possible;
  EXPECT_THAT(render_why(why, shown_now(), coloured, 0),
              HasSubstr("\x1b[33mself_deadlock (possible)\x1b[0m"));
  why.findings.clear();
  EXPECT_THAT(render_why(why, shown_now(), coloured, 0), HasSubstr("\x1b[32mno cause of a hang found"));
  EXPECT_THAT(why_text(a_memcached()), Not(HasSubstr("\x1b")));
}

TEST(WhyText, shows_advice_and_chains_that_several_findings_share_once) {
  Why why = a_memcached();
  why.findings.push_back(why.findings[0]);
  EXPECT_EQ(why_text(why), why_text(a_memcached()));
}

Why a_hostile_process() {
  const std::string evil = hostile_name();
  Why why = a_memcached();
  why.comm = why.exe = why.command_line = why.unit = evil;
  why.verdict = why.unknown = {evil};
  Finding& finding = why.findings[0];
  finding.summary = finding.task.comm = finding.task.process_comm = evil;
  finding.evidence = finding.advice = {evil};
  finding.chain = {{evil, evil}};
  finding.victims[0].task.comm = evil;
  for (WhyThread& thread : why.threads) {
    thread.task.comm = thread.does = evil;
    thread.task.details->kernel_stack = {evil};
    thread.task.details->file = a_file();
    thread.task.details->file->path = evil;
    thread.task.user_side = UserSide{{{1, evil, 0, evil}}, false, {}, {}, {evil}};
    thread.lock = a_mutex();
    thread.lock->type = thread.lock->no_owner_reason = evil;
    thread.lock->owner.reset();
  }
  return why;
}

TEST(WhyText, stays_harmless_whatever_processes_call_themselves) {
  for (const bool all_stacks : {false, true}) {
    for (const unsigned width : {0U, 40U, 120U}) {
      const std::string text = why_text(a_hostile_process(), width, all_stacks);
      EXPECT_TRUE(harmless_lines(text)) << text;
      EXPECT_THAT(text, Not(HasSubstr("\nb")));
    }
  }
}

TEST(WhyText, begins_the_chain_of_a_crash_with_the_thread_that_has_ended) {
  Why why = a_memcached();
  why.findings = {told_by_a_survivor()};
  EXPECT_THAT(why_text(why), HasSubstr("  walwriter[1250] thread 1250 (walwriter)\n"
                                       "    -> crashed by SIGSEGV  <- root\n"));
}

}  // namespace wedged
