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
            "    call      fsync(7</var/lib/data/base/1>), for 12.3 s\n"
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
  EXPECT_THAT(raised(finding), HasSubstr("call      fsync(7</var/lib/data/base/1>), for at least 12.3 s\n"));
  finding.threads.clear();
  EXPECT_THAT(raised(finding), HasSubstr("call      fsync(7</var/lib/data/base/1>)\n"));
}

TEST(EventText, names_the_server_of_a_fuse_file_and_a_frozen_file_system) {
  Finding finding = a_stuck_database();
  finding.task.details->server = FuseServer{{77, 1}, "sshfs", 5};
  finding.task.details->file->fs_frozen = true;
  EXPECT_THAT(raised(finding), HasSubstr("    served by sshfs[77]\n"));
  EXPECT_THAT(raised(finding), HasSubstr("on /var/lib/data, frozen\n"));
}

TEST(EventText, shows_what_is_wrong_with_a_device_and_what_it_is_made_of) {
  Finding finding = a_stuck_database();
  finding.task.details->device->condition.read_only = true;
  finding.task.details->device->lower = {{1, "sda", "", false, 0, {"offline", "", false, false, "", 0}}};
  EXPECT_THAT(raised(finding),
              HasSubstr("    device    dm-0 (data) 253:0, suspended, read-only, 3 requests in "
                        "flight\n    made of   sda (offline)\n"));
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
  EXPECT_TRUE(harmless_lines(render_notice(EventKind::started, evil, shown_now(), plain_text())));
  Decision decision = a_decision(Verdict::act);
  decision.finding = finding;
  decision.reason = evil;
  EXPECT_TRUE(harmless_lines(render_decision(decision, shown_now(), plain_text())));
  EXPECT_TRUE(harmless_lines(
      render_outcome({decision, OutcomeKind::failed, evil, test_now}, shown_now(), plain_text())));
  decision.rule_file = evil;
  decision.rung = {ActionKind::hook};
  decision.rung.hook.command = {evil, evil};
  for (const ActionKind action : {ActionKind::hook, ActionKind::restart_unit, ActionKind::signal}) {
    decision.rung.action = action;
    decision.rung.reach = Reach::unit;
    EXPECT_TRUE(harmless_lines(render_decision(decision, shown_now(), plain_text())));
  }
  BrakeNews news = a_suspension();
  news.suspension.reason = evil;
  EXPECT_TRUE(harmless_lines(render_enforcement_suspended(news, shown_now(), plain_text())));
  EXPECT_TRUE(harmless_lines(render_enforcement_resumed(news.suspension, evil, shown_now(), plain_text())));
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
            "2024-05-01T03:12:45.123Z ACTION   SIGKILL to postgres[1234]\n"
            "    rule      kill-stuck-writers, step 2 of 3, of /etc/wedged/wedged.d/writers.yaml\n"
            "    reason    it lasts longer than 10 s\n"
            "    finding   uninterruptible_wait (likely) for 12.3 s: walwriter[1250] of postgres has waited "
            "12.3 s in "
            "fsync\n");
}

TEST(EventText, of_a_decision_to_reboot_has_the_whole_finding_since_nothing_follows) {
  Decision decision = a_decision(Verdict::act);
  decision.rung = {ActionKind::reboot};
  const std::string text = render_decision(decision, shown_now(), plain_text());
  EXPECT_THAT(text, HasSubstr("Z ACTION   reboot of this host for postgres[1234]\n"));
  EXPECT_THAT(text, HasSubstr("    evidence  - switch count unchanged\n"));
}

TEST(EventText, tells_verdicts_apart_in_the_first_line) {
  const auto first = [](const Decision& decision) {
    return render_decision(decision, shown_now(), plain_text());
  };
  EXPECT_THAT(first(a_decision(Verdict::dry_run)),
              HasSubstr("Z DRY RUN  SIGKILL to postgres[1234] would be due\n"));
  EXPECT_THAT(first(a_decision(Verdict::refuse, Refusal::host_limit)),
              HasSubstr("Z REFUSED  SIGKILL to postgres[1234] refused (host_limit)\n"));
}

TEST(EventText, of_every_refusal_names_it) {
  for (const Refusal refusal : all_refusals) {
    EXPECT_THAT(render_decision(a_decision(Verdict::refuse, refusal), shown_now(), plain_text()),
                HasSubstr(" refused (" + std::string(name_of(refusal)) + ")\n"));
  }
}

std::string outcome_text(const Rung& rung, OutcomeKind kind, const std::string& detail = "") {
  Decision decision = a_decision(kind == OutcomeKind::dry_run ? Verdict::dry_run : Verdict::act);
  decision.rung = rung;
  return render_outcome({decision, kind, detail, test_now}, shown_now(), plain_text());
}

std::string first_line(const std::string& text) {
  constexpr std::size_t time_columns = 25;
  return text.substr(time_columns, text.find('\n') - time_columns);
}

TEST(EventText, of_an_outcome_tells_who_what_why_and_by_which_rule) {
  const std::string text = outcome_text({ActionKind::signal, 9, 5s}, OutcomeKind::done, "sent");
  EXPECT_THAT(
      text, HasSubstr("Z DONE     SIGKILL sent to postgres[1234]\n"
                      "    detail    sent\n"
                      "    rule      kill-stuck-writers, step 2 of 3, of /etc/wedged/wedged.d/writers.yaml\n"
                      "    reason    it lasts longer than 10 s\n"
                      "    finding   uninterruptible_wait (likely) for 12.3 s: walwriter[1250]"));
  const std::string finding = raised(a_stuck_database());
  EXPECT_TRUE(text.ends_with(finding.substr(finding.find('\n') + 1))) << "the whole finding:\n" << text;
}

TEST(EventText, the_whole_finding_is_of_what_may_have_ended_the_process_alone) {
  for (const OutcomeKind kind : all_outcomes) {
    const bool whole =
        outcome_text({ActionKind::signal, 9, 5s}, kind).find("\n    process ") != std::string::npos;
    EXPECT_EQ(whole, kind == OutcomeKind::done) << name_of(kind);
  }
  EXPECT_EQ(outcome_text({ActionKind::hook, 0, 5s}, OutcomeKind::done).find("\n    process "),
            std::string::npos);
}

TEST(EventText, of_an_outcome_says_what_came_of_it) {
  const std::vector<std::pair<OutcomeKind, std::string>> cases{
      {OutcomeKind::done, "DONE     SIGKILL sent to postgres[1234]"},
      {OutcomeKind::gone, "GONE     postgres[1234] ended before SIGKILL"},
      {OutcomeKind::changed, "CHANGED  postgres[1234] moved on before SIGKILL: nothing was done"},
      {OutcomeKind::failed, "FAILED   SIGKILL to postgres[1234] failed"},
      {OutcomeKind::dry_run, "DRY RUN  SIGKILL to postgres[1234] not carried out: enforcement is off"},
      {OutcomeKind::started, "STARTED  SIGKILL to postgres[1234] has begun, its end will be told"},
      {OutcomeKind::timed_out, "TIMED OUT SIGKILL to postgres[1234] did not end in time, and was ended"},
      {OutcomeKind::guarded,
       "GUARDED  SIGKILL to postgres[1234] would reach one that must not be touched: nothing was done"},
  };
  ASSERT_EQ(cases.size(), all_outcomes.size());
  for (const auto& [kind, text] : cases)
    EXPECT_EQ(first_line(outcome_text({ActionKind::signal, 9, 5s}, kind)), text);
}

TEST(EventText, of_an_outcome_names_whom_and_what_each_rung_reached) {
  Rung hook{ActionKind::hook};
  hook.hook.command = {"/usr/local/sbin/fence", "db1"};
  const Rung core{ActionKind::dump, 0, {}, {}, {}, DumpKind::core};
  struct Case {
    Rung rung;
    std::string done;
    std::string failed;
  };
  const std::vector<Case> cases{
      {{ActionKind::signal, 15, {}, Reach::process_group},
       "SIGTERM sent to the process group of postgres[1234]",
       "SIGTERM to the process group of postgres[1234] failed"},
      {{ActionKind::signal, 9, {}, Reach::cgroup},
       "SIGKILL sent to cgroup /system.slice/victim.service of postgres[1234]",
       "SIGKILL to cgroup /system.slice/victim.service of postgres[1234] failed"},
      {{ActionKind::signal, 9, {}, Reach::unit},
       "SIGKILL sent to all of postgresql@15-main.service for postgres[1234]",
       "SIGKILL to all of postgresql@15-main.service for postgres[1234] failed"},
      {{ActionKind::log}, "postgres[1234] logged, nothing was done to it", "log of postgres[1234] failed"},
      {{ActionKind::restart_unit},
       "postgresql@15-main.service restarted, for postgres[1234]",
       "restart of postgresql@15-main.service for postgres[1234] failed"},
      {hook, "hook /usr/local/sbin/fence for postgres[1234] succeeded",
       "hook /usr/local/sbin/fence for postgres[1234] failed"},
      {{ActionKind::dump},
       "dump of the stacks of postgres[1234] written",
       "dump of the stacks of postgres[1234] failed"},
      {core, "dump of the core of postgres[1234] written", "dump of the core of postgres[1234] failed"},
      {{ActionKind::reboot},
       "reboot of this host for postgres[1234] begun",
       "reboot of this host for postgres[1234] failed"},
  };
  for (const auto& [rung, done, failed] : cases) {
    EXPECT_EQ(first_line(outcome_text(rung, OutcomeKind::done)), "DONE     " + done);
    EXPECT_EQ(first_line(outcome_text(rung, OutcomeKind::failed)), "FAILED   " + failed);
  }
  EXPECT_THAT(outcome_text(hook, OutcomeKind::done), HasSubstr("    command   /usr/local/sbin/fence db1\n"));
  EXPECT_THAT(outcome_text(core, OutcomeKind::done, "/var/lib/wedged/dumps/1234.core"),
              HasSubstr("\n    detail    /var/lib/wedged/dumps/1234.core\n"));
}

TEST(EventText, of_what_is_done_to_a_victim_says_that_it_is_one) {
  Decision decision = a_decision(Verdict::act);
  EXPECT_THAT(render_decision(decision, shown_now(), plain_text()), Not(HasSubstr("victim:")));
  decision.role = Role::victim;
  EXPECT_THAT(render_decision(decision, shown_now(), plain_text()),
              HasSubstr("    role      victim: its threads wait for another process\n"));
}

TEST(EventText, names_the_container_and_the_pod_of_a_process) {
  Finding finding = a_stuck_database();
  const std::string id(64, 'a');
  finding.task.details->cgroup = "/system.slice/docker-" + id + ".scope";
  EXPECT_THAT(raised(finding), HasSubstr("    container docker:" + id + "\n"));
  const std::string pod = "01234567-89ab-cdef-0123-456789abcdef";
  finding.task.details->cgroup = "/kubepods/pod" + pod + "/" + id;
  EXPECT_THAT(raised(finding), HasSubstr(", pod " + pod + "\n"));
}

TEST(EventText, of_enforcement_that_suspended_itself_says_why_and_what_to_do) {
  EXPECT_EQ(render_enforcement_suspended(a_suspension(), shown_now(), plain_text()),
            "2024-05-01T03:12:45.123Z SUSPENDED enforcement has suspended itself\n"
            "    reason    21 decisions in 1 minute\n"
            "    counted   21 new decisions to touch a process within 1 min, allowed are 20\n"
            "    to do     - Look what is wrong with the host. Nothing is done to any process until then.\n"
            "              - Then load the configuration again: systemctl reload wedged.\n");
}

TEST(EventText, of_enforcement_that_goes_on_says_why_and_how_long_it_did_not) {
  EXPECT_EQ(render_enforcement_resumed(a_suspension().suspension, "the configuration was loaded again",
                                       shown_now(), plain_text()),
            "2024-05-01T03:12:45.123Z RESUMED  enforcement goes on\n"
            "    reason    the configuration was loaded again\n"
            "    was       suspended for 1.0 s: 21 decisions in 1 minute\n");
}

TEST(EventText, of_a_notice_is_one_line) {
  EXPECT_EQ(render_notice(EventKind::reload_failed, "no such file", shown_now(), plain_text()),
            "2024-05-01T03:12:45.123Z RELOAD FAILED no such file\n");
}

TEST(EventText, begins_with_the_severity_where_others_tell_the_time) {
  EXPECT_EQ(render_notice(EventKind::reloaded, "2 rules", shown_now(), {EventFormat::text, false, false}),
            "RELOADED 2 rules\n");
}

}  // namespace wedged
