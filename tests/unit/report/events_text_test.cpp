// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "observation/syscall_names.h"
#include "report/events.h"
#include "unit/report/report_values.h"

namespace wedged {

using namespace test;
using testing::HasSubstr;
using testing::Not;

std::string raised(const Finding& finding) {
  return render_raised(finding, shown_now(), plain_text());
}

TEST(EventText, of_a_finding_reads_from_the_verdict_down_to_the_stack) {
  EXPECT_EQ(raised(a_stuck_database(syscall_number("fsync").value())),
            "2024-05-01T03:12:45.123Z STUCK    uninterruptible_wait (likely): walwriter[1250] of postgres "
            "has waited "
            "12.3 s in fsync\n"
            "    process   postgres[1234] /usr/bin/postgres, uid 1000\n"
            "    unit      postgresql@15-main.service\n"
            "    thread    walwriter[1250]\n"
            "    state     D (uninterruptible: no signal ends it)\n"
            "    since     2024-05-01T03:12:32.778Z (12.3 s)\n"
            "    call      fsync, for 12.3 s\n"
            "    file      /var/lib/data/base/1\n"
            "    mount     ext4 /dev/mapper/data on /var/lib/data\n"
            "    device    dm-0 (data) 253:0, suspended, 3 requests in flight\n"
            "    chain     waits in fsync\n"
            "              -> for file /var/lib/data/base/1\n"
            "              -> on device dm-0, suspended  <- root\n"
            "    stack     io_schedule+0x12/0x40\n"
            "              folio_wait_bit+0x1/0x2\n"
            "    evidence  - switch count unchanged\n"
            "              - same registers twice\n");
}

TEST(EventText, leaves_out_what_is_unknown) {
  Finding finding = a_finding().of(a_thread().in_d_state().without_details()).unit("").lasting(10s);
  finding.task.uid.reset();
  finding.threads.clear();
  finding.summary = "victim waits";
  EXPECT_EQ(raised(finding),
            "2024-05-01T03:12:45.123Z STUCK    uninterruptible_wait (likely): victim waits\n"
            "    process   victim[4242]\n"
            "    thread    victim[4242]\n"
            "    state     D (uninterruptible: no signal ends it)\n"
            "    since     at least 2024-05-01T03:12:35.123Z (10.0 s)\n");
}

TEST(EventText, says_at_least_where_the_entry_of_the_call_was_not_seen) {
  Finding finding = a_stuck_database(syscall_number("fsync").value());
  finding.task.call->entered.reset();
  EXPECT_THAT(raised(finding), HasSubstr("call      fsync, for at least 12.3 s\n"));
  finding.threads.clear();
  EXPECT_THAT(raised(finding), HasSubstr("call      fsync\n"));
}

TEST(EventText, names_the_server_of_a_fuse_file_and_a_frozen_file_system) {
  Finding finding = a_stuck_database();
  finding.task.details->server = FuseServer{{77, 1}, "sshfs", 5};
  finding.task.details->file->fs_frozen = true;
  EXPECT_THAT(raised(finding), HasSubstr("    served by sshfs[77]\n"));
  EXPECT_THAT(raised(finding), HasSubstr("on /var/lib/data, frozen\n"));
}

TEST(EventText, shows_twelve_frames_and_counts_the_rest) {
  Finding finding = a_stuck_database();
  auto& stack = finding.task.details->kernel_stack;
  stack.clear();
  for (int at = 0; at < 15; ++at) stack.push_back("frame_" + std::to_string(at));
  EXPECT_THAT(raised(finding), HasSubstr("frame_11\n              ... and 3 more\n"));
  EXPECT_THAT(raised(finding), Not(HasSubstr("frame_12")));
}

TEST(EventText, of_a_deadlock_shows_the_user_stack_the_victims_and_what_to_do) {
  Finding finding = a_stuck_database();
  finding.task.user_side = a_user_side();
  finding.victims = {{a_thread().of_process(1234).thread(9).thread_named("w"), {}, {}, {}},
                     {a_thread().of_process(77).thread(78).named("psql").thread_named("w"), {}, {}, {}}};
  finding.advice = {"Restart it.", "Then mend it."};
  EXPECT_THAT(raised(finding),
              HasSubstr("    user      #0  0x00007f3a12c8e1b4 __lll_lock_wait+0x24 (libc.so.6)\n"
                        "              #1  0x000055d0c0de1000 accept_new_conns+0x1c "
                        "(memcached (deleted))\n"
                        "              #2  0x00007f3a00001234 ?? (libplugin.so+0x1234)\n"
                        "              #3  0x0000000000000010 ??\n"
                        "    stack     io_schedule+0x12/0x40\n"));
  EXPECT_THAT(raised(finding), HasSubstr("    victims   2 threads wait for it: w[9], w[78] of psql[77]\n"
                                         "    to do     - Restart it.\n"
                                         "              - Then mend it.\n"));
}

TEST(EventText, of_a_wait_for_a_lock_names_the_lock_and_its_owner) {
  Finding finding = a_wait_for_a_mutex();
  EXPECT_THAT(raised(finding),
              HasSubstr("    lock      normal mutex 0x55d0c0a8, held by this thread itself\n"));
  finding.task.namespace_tid = 18;
  EXPECT_THAT(raised(finding), HasSubstr("    lock      normal mutex 0x55d0c0a8, its owner's id is 17\n"));
  finding.task.user_side.reset();
  EXPECT_THAT(raised(finding), Not(HasSubstr("    lock  "))) << "the function it waits in is not known";
}

TEST(EventText, says_where_a_user_stack_ends_too_early) {
  Finding finding = a_stuck_database();
  finding.task.user_side = a_user_side();
  finding.task.user_side->stack_complete = false;
  finding.task.user_side->missing = {"user stack: no unwind table at 0x10"};
  EXPECT_THAT(raised(finding), HasSubstr("              ... (could not be unwound further)\n"
                                         "    not read  user stack: no unwind table at 0x10\n"));
}

TEST(EventText, shows_eight_victims_and_counts_the_rest) {
  Finding finding = a_stuck_database();
  for (int tid = 2000; tid < 2010; ++tid) finding.victims.push_back({a_thread().thread(tid), {}, {}, {}});
  EXPECT_THAT(raised(finding), HasSubstr("10 threads wait for it: "));
  EXPECT_THAT(raised(finding), HasSubstr(", ... and 2 more\n"));
}

TEST(EventText, shows_eight_other_threads_and_counts_the_rest) {
  Finding finding = a_stuck_database();
  for (int tid = 2000; tid < 2010; ++tid) {
    StuckThread thread{
        a_thread().of_process(1234).thread(tid).thread_named("worker").in_d_state(), 5s, {}, "a lock"};
    finding.threads.push_back(thread);
  }
  EXPECT_THAT(raised(finding), HasSubstr("    also      worker[2000] D, for 5.0 s: a lock\n"));
  EXPECT_THAT(raised(finding),
              HasSubstr("worker[2007] D, for 5.0 s: a lock\n              ... and 2 more\n"));
  EXPECT_THAT(raised(finding), Not(HasSubstr("worker[2008]")));
}

TEST(EventText, stays_harmless_whatever_processes_call_themselves) {
  Finding finding = a_stuck_database();
  const std::string evil = hostile_name();
  finding.task.comm = finding.task.process_comm = finding.unit = finding.summary = evil;
  finding.evidence = {evil};
  finding.chain = {{"for file", evil}};
  TaskDetails& details = *finding.task.details;
  details.exe = details.file->path = details.file->mount_source = details.file->mount_point = evil;
  details.file->fs_type = details.device->name = details.device->mapper_name = evil;
  details.kernel_stack = {evil};
  details.server = FuseServer{{77, 1}, evil, 5};
  finding.threads.push_back({a_thread().thread(9).thread_named(evil), 1s, 1s, evil});
  finding.task.user_side = UserSide{{{1, evil, 0, evil}}, true, {}, {}, {evil}};
  finding.victims = {{a_thread().thread(9).thread_named(evil), {}, {}, {}}};
  finding.advice = {evil};
  const std::size_t lines = static_cast<std::size_t>(std::ranges::count(raised(finding), '\n'));
  EXPECT_TRUE(harmless_lines(raised(finding))) << raised(finding);
  EXPECT_EQ(lines, 19U) << "a name must not make lines of its own:\n" << raised(finding);
  EXPECT_TRUE(harmless_lines(render_resolved(finding, shown_now(), plain_text())));
  EXPECT_TRUE(harmless_lines(render_notice("started", evil, shown_now(), plain_text())));
  Decision decision = a_decision(Verdict::act);
  decision.finding = finding;
  decision.reason = evil;
  EXPECT_TRUE(harmless_lines(render_decision(decision, shown_now(), plain_text())));
  EXPECT_TRUE(harmless_lines(
      render_outcome({decision, OutcomeKind::failed, evil, test_now}, shown_now(), plain_text())));
}

TEST(EventText, takes_colour_only_when_asked) {
  const Finding finding = a_stuck_database();
  EXPECT_THAT(raised(finding), Not(HasSubstr("\x1b")));
  EXPECT_THAT(render_raised(finding, shown_now(), {EventFormat::text, true}),
              HasSubstr("\x1b[1;31mSTUCK\x1b[0m"));
}

TEST(EventText, of_a_resolved_finding_says_how_long_it_lasted) {
  Finding finding = a_stuck_database();
  finding.lasted = 200s;
  EXPECT_EQ(
      render_resolved(finding, shown_now(), plain_text()),
      "2024-05-01T03:12:45.123Z RESOLVED uninterruptible_wait of postgres[1234] ended after 3 min 20 s\n"
      "    process   postgres[1234] /usr/bin/postgres, uid 1000\n"
      "    unit      postgresql@15-main.service\n"
      "    thread    walwriter[1250]\n"
      "    was       walwriter[1250] of postgres has waited 12.3 s in fsync\n");
}

TEST(EventText, of_a_decision_names_rule_rung_and_reason) {
  EXPECT_EQ(render_decision(a_decision(Verdict::act), shown_now(), plain_text()),
            "2024-05-01T03:12:45.123Z ACTION   SIGKILL for postgres[1234]\n"
            "    rule      kill-stuck-writers, rung 2\n"
            "    reason    it lasts longer than 10 s\n"
            "    finding   uninterruptible_wait (likely) for 12.3 s: walwriter[1250] of postgres has waited "
            "12.3 s in "
            "fsync\n");
}

TEST(EventText, tells_verdicts_apart_in_the_first_line) {
  const auto first = [](const Decision& decision) {
    return render_decision(decision, shown_now(), plain_text());
  };
  EXPECT_THAT(first(a_decision(Verdict::dry_run)),
              HasSubstr("Z DRY RUN  SIGKILL for postgres[1234] would be due\n"));
  EXPECT_THAT(first(a_decision(Verdict::refuse, Refusal::host_limit)),
              HasSubstr("Z REFUSED  SIGKILL for postgres[1234] refused (host_limit)\n"));
}

TEST(EventText, of_an_outcome_says_what_came_of_it) {
  const std::vector<std::pair<OutcomeKind, std::string>> cases{
      {OutcomeKind::done, "DONE     SIGKILL sent to postgres[1234]\n"},
      {OutcomeKind::gone, "GONE     postgres[1234] ended before SIGKILL\n"},
      {OutcomeKind::changed, "CHANGED  postgres[1234] moved on before SIGKILL: nothing was done\n"},
      {OutcomeKind::failed, "FAILED   SIGKILL for postgres[1234] failed\n"},
      {OutcomeKind::dry_run, "DRY RUN  SIGKILL for postgres[1234] not carried out: enforcement is off\n"},
  };
  for (const auto& [kind, text] : cases) {
    EXPECT_THAT(render_outcome({a_decision(Verdict::act), kind, "", test_now}, shown_now(), plain_text()),
                HasSubstr(text));
  }
  EXPECT_THAT(render_outcome({a_decision(Verdict::act), OutcomeKind::failed, "not permitted", test_now},
                             shown_now(), plain_text()),
              HasSubstr("    detail    not permitted\n"));
}

TEST(EventText, of_a_notice_is_one_line) {
  EXPECT_EQ(render_notice("scan_late", "the scan came 3.0 s late", shown_now(), plain_text()),
            "2024-05-01T03:12:45.123Z SCAN LATE the scan came 3.0 s late\n");
}

}  // namespace wedged
