// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "observation/syscall_names.h"
#include "report/events.h"
#include "unit/report/report_values.h"

namespace wedged {

using namespace test;
using nlohmann::json;

// Parses what must be exactly one line.
json one_line(const std::string& text) {
  EXPECT_EQ(text.find('\n'), text.size() - 1) << text;
  return json::parse(text);
}

json raised_json(const Finding& finding) {
  return one_line(render_raised(finding, shown_now(), as_json()));
}

TEST(EventJson, of_a_finding_has_every_field) {
  const int fsync = syscall_number("fsync").value();
  const json event = raised_json(a_stuck_database(fsync));
  const json expected = {
      {"event", "finding_raised"},
      {"time", "2024-05-01T03:12:45.123Z"},
      {"schema", 1},
      {"cause", "uninterruptible_wait"},
      {"certainty", "likely"},
      {"since", "2024-05-01T03:12:32.778Z"},
      {"since_exact", true},
      {"lasted_seconds", 12.345},
      {"summary", "walwriter[1250] of postgres has waited 12.3 s in fsync"},
      {"process",
       {{"pid", 1234},
        {"comm", "postgres"},
        {"exe", "/usr/bin/postgres"},
        {"unit", "postgresql@15-main.service"},
        {"cgroup", "/system.slice/victim.service"},
        {"container", nullptr},
        {"uid", 1000},
        {"start_boottime_ns", 1'000'000},
        {"kernel_thread", false}}},
      {"thread", {{"tid", 1250}, {"comm", "walwriter"}}},
      {"told_by", nullptr},
      {"state", "uninterruptible"},
      {"syscall",
       {{"name", "fsync"},
        {"text", "fsync(7</var/lib/data/base/1>)"},
        {"number", fsync},
        {"compat", false},
        {"age_seconds", 12.345},
        {"age_exact", true},
        {"args", {"0x7", "0xffffffffffffffff", "0x0", "0x0", "0x0", "0x0"}}}},
      {"lock", nullptr},
      {"file",
       {{"path", "/var/lib/data/base/1"},
        {"fs_type", "ext4"},
        {"mount_source", "/dev/mapper/data"},
        {"mount_point", "/var/lib/data"},
        {"device", "253:0"},
        {"is_block_device", false},
        {"fs_frozen", false},
        {"inode", 99}}},
      {"device",
       {{"name", "dm-0"},
        {"mapper_name", "data"},
        {"major", 253},
        {"minor", 0},
        {"suspended", true},
        {"in_flight", 3},
        {"state", nullptr},
        {"host_state", nullptr},
        {"read_only", false},
        {"no_size", false},
        {"backing_file", nullptr},
        {"client_pid", nullptr},
        {"lower", json::array()}}},
      {"server", nullptr},
      {"socket", nullptr},
      {"other_end", nullptr},
      {"evidence", {"switch count unchanged", "same registers twice"}},
      {"loop", nullptr},
      {"chain", json::array({{{"what", "waits in"}, {"detail", "fsync"}},
                             {{"what", "for file"}, {"detail", "/var/lib/data/base/1"}},
                             {{"what", "on device"}, {"detail", "dm-0, suspended"}}})},
      {"kernel_stack", {"io_schedule+0x12/0x40", "folio_wait_bit+0x1/0x2"}},
      {"user_stack", nullptr},
      {"victims_total", 0},
      {"victims", json::array()},
      {"advice", json::array()},
      {"threads_total", 1},
      {"threads", json::array({{{"tid", 1250},
                                {"pid", 1234},
                                {"comm", "walwriter"},
                                {"unit", "victim.service"},
                                {"cgroup", "/system.slice/victim.service"},
                                {"state", "uninterruptible"},
                                {"waiting_seconds", 12.345},
                                {"in_call_seconds", 12.345},
                                {"syscall", "fsync"},
                                {"waits_for", "device dm-0 (data), suspended"}}})},
  };
  EXPECT_EQ(event, expected) << event.dump(1);
}

TEST(EventJson, shows_the_unknown_as_null_and_the_empty_as_an_empty_list) {
  Finding finding = a_finding().of(a_thread().in_d_state().without_details()).unit("");
  finding.task.uid.reset();
  finding.threads.clear();
  const json event = raised_json(finding);
  for (const char* field : {"file", "device", "server", "syscall", "lock"})
    EXPECT_TRUE(event.at(field).is_null()) << field;
  for (const char* field : {"exe", "unit", "cgroup", "container", "uid"})
    EXPECT_TRUE(event["process"].at(field).is_null()) << field;
  for (const char* field : {"evidence", "chain", "kernel_stack", "threads"})
    EXPECT_EQ(event.at(field), json::array());
}

TEST(EventJson, is_valid_and_pure_ascii_whatever_processes_call_themselves) {
  Finding finding = a_stuck_database();
  finding.task.comm = finding.threads[0].task.comm = finding.unit = finding.summary = hostile_name();
  finding.evidence = {hostile_name()};
  const std::string text = render_raised(finding, shown_now(), as_json());
  for (const char letter : text.substr(0, text.size() - 1))
    EXPECT_TRUE(letter >= 0x20 && letter < 0x7f) << int{letter};
  const std::string expected = std::string("a\n\x1b[2J\"\\\xef\xbf\xbd\0b", 13) + "\xc2\x9b" + "\xe2\x80\xae";
  EXPECT_EQ(one_line(text)["thread"]["comm"], expected);
}

TEST(EventJson, lists_sixty_four_threads_and_tells_how_many_there_are) {
  Finding finding = a_stuck_database();
  for (int tid = 2000; tid < 2100; ++tid) finding.threads.push_back({a_thread().thread(tid), {}, {}, {}});
  const json event = raised_json(finding);
  EXPECT_EQ(event["threads"].size(), 64U);
  EXPECT_EQ(event["threads_total"], 101);
}

TEST(EventJson, names_the_same_thread_whoever_of_several_stands_for_them) {
  const Task first = a_thread().thread(11);
  const Task second = a_thread().thread(12);
  const Finding raised = a_finding().of(first).and_thread(second);
  Finding resolved = raised;
  resolved.task = second;
  const json over = one_line(render_resolved(resolved, shown_now(), as_json()));
  EXPECT_EQ(over["thread"]["tid"], 11);
  EXPECT_EQ(over["thread"], raised_json(raised)["thread"]);
}

TEST(EventJson, of_a_thread_that_has_ended_says_whose_state_call_and_stacks_follow) {
  for (const Cause cause : {Cause::crashed_thread, Cause::died_in_kernel, Cause::lost_leader}) {
    const json event = raised_json(told_by_a_survivor(cause));
    EXPECT_EQ(event["thread"], (json{{"tid", 1250}, {"comm", "walwriter"}}));
    EXPECT_EQ(event["told_by"], (json{{"tid", 1234}, {"comm", "main"}}));
    EXPECT_EQ(event["state"], "sleeping");
    EXPECT_EQ(event["kernel_stack"], json::array({"do_epoll_wait+0x1/0x2"}));
  }
}

TEST(EventJson, of_a_thread_that_has_ended_and_stands_for_itself_names_nobody_else) {
  Finding finding = told_by_a_survivor(Cause::died_in_kernel);
  finding.task = finding.threads[0].task;
  const json event = raised_json(finding);
  EXPECT_EQ(event["thread"]["tid"], 1250);
  EXPECT_TRUE(event.at("told_by").is_null());
  EXPECT_EQ(event["state"], "dead");
}

TEST(EventJson, of_a_process_says_which_of_its_threads_tells) {
  const json event = raised_json(told_by_another_of_the_stuck());
  EXPECT_EQ(event["thread"]["tid"], 7);
  EXPECT_EQ(event["told_by"], (json{{"tid", 9}, {"comm", "worker"}}));
  EXPECT_EQ(event["state"], "uninterruptible");
}

TEST(EventJson, of_a_deadlock_has_the_user_stack_the_victims_and_what_to_do) {
  Finding finding = a_stuck_database();
  finding.task.user_side = a_user_side();
  for (int tid = 2000; tid < 2100; ++tid) finding.victims.push_back({a_thread().thread(tid), {}, {}, {}});
  finding.advice = {"Restart it."};
  const json event = raised_json(finding);
  const json expected = {{"address", "0x7f3a12c8e1b4"},
                         {"function", "__lll_lock_wait"},
                         {"offset", "0x24"},
                         {"module", "/usr/lib/libc.so.6"}};
  EXPECT_EQ(event["user_stack"]["frames"][0], expected);
  EXPECT_TRUE(event["user_stack"]["frames"][2]["function"].is_null());
  EXPECT_EQ(event["user_stack"]["complete"], true);
  EXPECT_EQ(event["victims"].size(), 64U);
  EXPECT_EQ(event["victims_total"], 100);
  EXPECT_EQ(event["advice"], json::array({"Restart it."}));
}

TEST(EventJson, of_a_wait_for_a_lock_names_the_lock) {
  const json lock = raised_json(a_wait_for_a_mutex())["lock"];
  EXPECT_EQ(lock["kind"], "mutex");
  EXPECT_EQ(lock["address"], "0x55d0c0a8");
  EXPECT_EQ(lock["owner"], 17);
}

TEST(EventJson, of_a_resolved_finding_has_the_same_fields) {
  const json resolved = one_line(render_resolved(a_stuck_database(), shown_now(), as_json()));
  json raised = raised_json(a_stuck_database());
  EXPECT_EQ(resolved["event"], "finding_resolved");
  raised["event"] = "finding_resolved";
  EXPECT_EQ(resolved, raised);
}

TEST(EventJson, of_a_decision_carries_the_finding_that_led_to_it) {
  const json event = one_line(render_decision(a_decision(Verdict::act), shown_now(), as_json()));
  EXPECT_EQ(event["event"], "decision");
  EXPECT_EQ(event["rule"], "kill-stuck-writers");
  EXPECT_EQ(event["action"], "SIGKILL");
  EXPECT_EQ(event["rung"], 2);
  EXPECT_EQ(event["verdict"], "act");
  EXPECT_TRUE(event.at("refusal").is_null());
  EXPECT_EQ(event["reason"], "it lasts longer than 10 s");
  EXPECT_EQ(event["finding"]["cause"], "uninterruptible_wait");
  EXPECT_EQ(event["finding"]["process"]["pid"], 1234);
  EXPECT_EQ(event["finding"]["thread"]["tid"], 1250);
}

TEST(EventJson, of_a_refusal_names_its_reason_from_the_closed_set) {
  const Decision decision = a_decision(Verdict::refuse, Refusal::protected_name);
  EXPECT_EQ(one_line(render_decision(decision, shown_now(), as_json()))["refusal"], "protected_name");
}

// The finding's fields as its own event has them.
json fields_of(const Finding& finding) {
  json fields = raised_json(finding);
  for (const char* field : {"event", "time", "schema"}) fields.erase(field);
  return fields;
}

TEST(EventJson, of_an_outcome_says_everything_by_itself) {
  Decision decision = a_decision(Verdict::act);
  decision.at = test_now - 2s;
  const Outcome outcome{decision, OutcomeKind::done, "pidfd", test_now - 1s};
  const json expected = {{"event", "outcome"},
                         {"time", "2024-05-01T03:12:45.123Z"},
                         {"schema", 1},
                         {"rule", "kill-stuck-writers"},
                         {"rule_file", "/etc/wedged/wedged.d/writers.yaml"},
                         {"action", "SIGKILL"},
                         {"reach", "process"},
                         {"command", nullptr},
                         {"rung", 2},
                         {"rungs", 3},
                         {"role", "root"},
                         {"verdict", "act"},
                         {"reason", "it lasts longer than 10 s"},
                         {"decided_at", "2024-05-01T03:12:43.123Z"},
                         {"result", "done"},
                         {"detail", "pidfd"},
                         {"at", "2024-05-01T03:12:44.123Z"},
                         {"finding", fields_of(decision.finding)}};
  EXPECT_EQ(one_line(render_outcome(outcome, shown_now(), as_json())), expected);
}

TEST(EventJson, of_a_decision_has_the_whole_finding_for_it_may_be_the_last_one) {
  Decision decision = a_decision(Verdict::act);
  decision.rung = {ActionKind::reboot};
  const json event = one_line(render_decision(decision, shown_now(), as_json()));
  EXPECT_EQ(event["finding"], fields_of(decision.finding));
}

TEST(EventJson, of_a_decision_without_a_file_and_about_a_victim_says_so) {
  Decision decision = a_decision(Verdict::dry_run);
  decision.rule_file = "";
  decision.role = Role::victim;
  const json event = one_line(render_decision(decision, shown_now(), as_json()));
  EXPECT_TRUE(event.at("rule_file").is_null());
  EXPECT_EQ(event["role"], "victim");
}

TEST(EventJson, of_other_rungs_than_signals_has_a_command_or_no_reach) {
  Decision decision = a_decision(Verdict::act);
  decision.rung.reach = Reach::process_group;
  EXPECT_EQ(one_line(render_decision(decision, shown_now(), as_json()))["reach"], "process_group");
  decision.rung = {ActionKind::hook};
  decision.rung.hook.command = {"/usr/local/sbin/fence", "db 1"};
  const json event = one_line(render_decision(decision, shown_now(), as_json()));
  EXPECT_EQ(event["command"], json::array({"/usr/local/sbin/fence", "db 1"}));
  EXPECT_EQ(event["action"], "hook");
  EXPECT_TRUE(event.at("reach").is_null());
}

TEST(EventJson, names_the_container_of_a_process) {
  const std::string id(64, 'a');
  Finding finding = a_stuck_database();
  finding.task.details->cgroup = "/system.slice/docker-" + id + ".scope";
  const json expected = {{"runtime", "docker"}, {"id", id}, {"pod", nullptr}};
  EXPECT_EQ(raised_json(finding)["process"]["container"], expected);
}

TEST(EventJson, of_enforcement_that_suspended_itself_tells_what_was_counted) {
  const json expected = {{"event", "enforcement_suspended"},
                         {"time", "2024-05-01T03:12:45.123Z"},
                         {"schema", 1},
                         {"message", "enforcement has suspended itself: 21 decisions in 1 minute"},
                         {"reason", "21 decisions in 1 minute"},
                         {"since", "2024-05-01T03:12:44.123Z"},
                         {"decisions", 21},
                         {"allowed", 20},
                         {"window_seconds", 60.0}};
  EXPECT_EQ(one_line(render_enforcement_suspended(a_suspension(), shown_now(), as_json())), expected);
}

TEST(EventJson, of_enforcement_suspended_for_another_reason_has_nothing_counted) {
  BrakeNews news = a_suspension();
  news.decisions = 0;
  const json event = one_line(render_enforcement_suspended(news, shown_now(), as_json()));
  for (const char* field : {"decisions", "allowed", "window_seconds"})
    EXPECT_TRUE(event.at(field).is_null()) << field;
}

TEST(EventJson, of_enforcement_that_goes_on_tells_what_it_was_suspended_for) {
  const json expected = {{"event", "enforcement_resumed"},
                         {"time", "2024-05-01T03:12:45.123Z"},
                         {"schema", 1},
                         {"message", "enforcement goes on: configuration reloaded"},
                         {"reason", "configuration reloaded"},
                         {"suspended_since", "2024-05-01T03:12:44.123Z"},
                         {"suspended_seconds", 1.0},
                         {"suspended_reason", "21 decisions in 1 minute"}};
  EXPECT_EQ(one_line(render_enforcement_resumed(a_suspension().suspension, "configuration reloaded",
                                                shown_now(), as_json())),
            expected);
}

TEST(EventJson, of_an_outcome_has_result_and_detail) {
  const Outcome outcome{a_decision(Verdict::act), OutcomeKind::failed, "not permitted", test_now};
  const json event = one_line(render_outcome(outcome, shown_now(), as_json()));
  EXPECT_EQ(event["event"], "outcome");
  EXPECT_EQ(event["result"], "failed");
  EXPECT_EQ(event["detail"], "not permitted");
  EXPECT_EQ(event["finding"]["process"]["comm"], "postgres");
}

TEST(EventJson, of_a_notice_has_its_name_and_message) {
  const json event = one_line(render_notice(EventKind::reloaded, "2 rules", shown_now(), as_json()));
  const json expected = {
      {"event", "reloaded"}, {"time", "2024-05-01T03:12:45.123Z"}, {"schema", 1}, {"message", "2 rules"}};
  EXPECT_EQ(event, expected);
}

}  // namespace wedged
