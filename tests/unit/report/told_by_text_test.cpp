// SPDX-License-Identifier: Apache-2.0
// A finding as text where another thread of the process stands for the one it is about.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/events.h"
#include "unit/report/report_values.h"

namespace wedged {
namespace {

using namespace test;
using testing::HasSubstr;
using testing::Not;

std::string raised(const Finding& finding) {
  return render_raised(finding, shown_now(), plain_text());
}

TEST(ToldBy, does_not_let_the_stacks_of_a_survivor_pass_for_those_of_the_crash) {
  const Finding finding = told_by_a_survivor();
  const std::string text = raised(finding);
  EXPECT_THAT(text, HasSubstr("    thread    walwriter[1250]\n"
                              "    told by   main[1234], which is left: its state, its call and its stacks "
                              "follow, not those of walwriter[1250]\n"
                              "    state     S (sleeping)\n"));
  EXPECT_THAT(text, HasSubstr("    user      of main[1234], which is left, not of walwriter[1250]:\n"
                              "              #0  0x00007f3a12c8e1b4 __lll_lock_wait+0x24 (libc.so.6)\n"));
  EXPECT_THAT(text, HasSubstr("    stack     of main[1234], which is left, not of walwriter[1250]:\n"
                              "              do_epoll_wait+0x1/0x2\n"));
  EXPECT_THAT(text, Not(HasSubstr("    also  "))) << "it has been named, and has nothing more to tell";
}

TEST(ToldBy, of_a_survivor_without_stacks_heads_nothing) {
  Finding finding = told_by_a_survivor(Cause::died_in_kernel);
  finding.task.user_side.reset();
  finding.task.details->kernel_stack.clear();
  EXPECT_THAT(raised(finding), HasSubstr("    told by   main[1234], which is left: "));
  EXPECT_THAT(raised(finding), Not(HasSubstr("    user  ")));
  EXPECT_THAT(raised(finding), Not(HasSubstr("    stack  ")));
}

TEST(ToldBy, of_a_thread_that_stands_for_itself_names_nobody_else) {
  Finding finding = told_by_a_survivor(Cause::died_in_kernel);
  finding.task = finding.threads[0].task;
  finding.task.details->kernel_stack = {"do_exit+0x1/0x2"};
  EXPECT_THAT(raised(finding), HasSubstr("    thread    walwriter[1250]\n    state     "));
  EXPECT_THAT(raised(finding), HasSubstr("    stack     do_exit+0x1/0x2\n"));
  EXPECT_THAT(raised(finding), Not(HasSubstr("told by")));
}

TEST(ToldBy, does_not_say_of_a_dead_one_that_it_is_left) {
  Finding finding = told_by_a_survivor();
  finding.task.state = RunState::dead;
  EXPECT_THAT(raised(finding), HasSubstr("    told by   main[1234], another thread: its state"));
}

TEST(ToldBy, of_several_stuck_threads_names_the_one_that_tells_and_what_the_others_do) {
  const std::string text = raised(told_by_another_of_the_stuck());
  EXPECT_THAT(text, HasSubstr("    thread    tar[7]\n"
                              "    told by   worker[9], another thread: its state, its call and its stacks "
                              "follow, not those of tar[7]\n"
                              "    state     D (uninterruptible: no signal ends it)\n"));
  EXPECT_THAT(text, HasSubstr("    stack     of worker[9], another thread, not of tar[7]:\n"
                              "              folio_wait_bit+0x1/0x2\n"));
  EXPECT_THAT(text, HasSubstr("    also      tar[7] D: worker[9]\n"));
}

TEST(ToldBy, of_a_resolved_finding_names_the_thread_that_had_ended) {
  EXPECT_THAT(render_resolved(told_by_a_survivor(), shown_now(), plain_text()),
              HasSubstr("    thread    walwriter[1250]\n    was       postgres[1234] goes on without"));
}

}  // namespace
}  // namespace wedged
