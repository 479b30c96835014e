// SPDX-License-Identifier: Apache-2.0
// Prints events for the tests of their schema. `event_samples events`: of every kind one or more, as the
// daemon writes them, every field filled at least once. `findings`: pages of /api/v1/findings. `kinds`: the
// table of events. `journal`: per line the kind and the names of its fields in the journal.
#include <cerrno>
#include <iostream>
#include <string>
#include <vector>

#include "report/findings_page.h"
#include "report/journal_fields.h"
#include "support/loops.h"
#include "unit/report/report_values.h"

namespace wedged::test {
namespace {

DeviceCondition every_condition() {
  return {"offline", "recovery", true, true, "/var/lib/disk.img", 77};
}

// No real finding has all of this at once.
Finding with_everything() {
  Finding finding = a_wait_for_a_mutex();
  finding.task.details->file = a_file();
  finding.task.details->cgroup =
      "/kubepods.slice/kubepods-pod01234567_89ab_cdef_0123_456789abcdef.slice/cri-containerd-" +
      std::string(64, 'a') + ".scope";
  DeviceFacts device = a_device();
  device.condition = every_condition();
  device.lower = {{1, "sda", "below", true, 3, every_condition()}};
  finding.task.details->device = device;
  finding.task.details->server = FuseServer{{77, 1}, "sshfs", 5};
  finding.task.details->socket = SocketFacts{"tcp", "10.0.0.1:5432", "10.0.0.2:40000", "ESTABLISHED"};
  finding.task.details->other_end = OtherEnd{false, false, {{{77, 1}, "client", 4}}, 1, true};
  finding.task.user_side->missing = {"no memory"};
  finding.victims.push_back(finding.threads.front());
  finding.advice = {"Restart it."};
  return finding;
}

Finding without_anything() {
  Finding finding = a_finding().of(a_thread().in_d_state().without_details()).unit("");
  finding.task.uid.reset();
  finding.task.comm.clear();
  finding.task.process_comm.clear();
  return finding;
}

Finding an_unknown_lock() {
  Finding finding = a_wait_for_a_mutex();
  finding.task.user_side.reset();
  return finding;
}

Finding a_spinning_loop() {
  const auto ready = descriptor(7)
                         .asked(event_in | event_edge_triggered)
                         .socket({"unix", "/run/x.sock", "@name", "ESTABLISHED"})
                         .other_end({false, true, {{{77, 1}, "client", 4}}, 1, true})
                         .held_by({{77, 1}, "child", 4});
  Finding finding =
      a_finding()
          .cause(Cause::event_loop_spin)
          .of(a_thread().spinning(a_loop().failing(84'000, SYS_accept4, EMFILE, 5).returning(ready)));
  finding.rates = CallRates{412'000, 48, 3};
  return finding;
}

Finding an_unnamed_failure() {
  Finding finding = a_spinning_loop();
  finding.task.loop->failing->error = 4000;
  finding.task.loop->watch.reset();
  return finding;
}

std::vector<Finding> all_findings() {
  std::vector<Finding> findings{a_stuck_database(), with_everything(), without_anything(),
                                an_unknown_lock(),  a_spinning_loop(), an_unnamed_failure()};
  findings.push_back(told_by_a_survivor());
  for (const Cause cause : all_causes) findings.push_back(a_finding().cause(cause));
  for (const Certainty certainty : all_certainties) findings.push_back(a_finding().certainty(certainty));
  Finding hostile = a_stuck_database();
  hostile.summary = hostile.unit = hostile.task.comm = hostile_name();
  findings.push_back(hostile);
  return findings;
}

std::vector<Rung> all_rungs() {
  std::vector<Rung> rungs;
  for (const Reach reach : {Reach::process, Reach::process_group, Reach::cgroup, Reach::unit}) {
    rungs.push_back({ActionKind::signal, 9, 5s});
    rungs.back().reach = reach;
  }
  for (const ActionKind kind :
       {ActionKind::log, ActionKind::restart_unit, ActionKind::hook, ActionKind::dump, ActionKind::reboot})
    rungs.push_back({kind});
  rungs[6].hook.command = {"/usr/local/sbin/fence", "db 1"};
  return rungs;
}

std::vector<Decision> all_decisions() {
  std::vector<Decision> decisions{a_decision(Verdict::act), a_decision(Verdict::dry_run)};
  for (const Refusal refusal : all_refusals) decisions.push_back(a_decision(Verdict::refuse, refusal));
  for (const Rung& rung : all_rungs()) {
    decisions.push_back(a_decision(Verdict::act));
    decisions.back().rung = rung;
  }
  decisions.back().rule_file.clear();
  decisions.back().role = Role::victim;
  return decisions;
}

OopsReport an_oops() {
  return {test_now - 500ms, 98, "postgres", "BUG: unable to handle page fault", {"Oops: 0002 [#1]"}};
}

std::vector<EventKind> notices() {
  return {EventKind::started,       EventKind::stopping,       EventKind::reloaded,
          EventKind::reload_failed, EventKind::restart_needed, EventKind::ledger_not_kept,
          EventKind::warning};
}

void print_events() {
  const auto now = shown_now();
  const auto style = as_json();
  for (const Finding& finding : all_findings())
    std::cout << render_raised(finding, now, style) << render_resolved(finding, now, style);
  for (const Decision& decision : all_decisions()) std::cout << render_decision(decision, now, style);
  for (const OutcomeKind kind : all_outcomes)
    std::cout << render_outcome({a_decision(Verdict::act), kind, "said", test_now}, now, style);
  for (const Decision& decision : all_decisions()) {
    if (decision.verdict != Verdict::refuse)
      std::cout << render_outcome({decision, OutcomeKind::done, "", test_now}, now, style);
  }
  BrakeNews not_by_the_brake = a_suspension();
  not_by_the_brake.decisions = 0;
  std::cout << render_enforcement_suspended(a_suspension(), now, style)
            << render_enforcement_suspended(not_by_the_brake, now, style)
            << render_enforcement_resumed(a_suspension().suspension, "loaded again", now, style);
  OopsReport of_nobody = an_oops();
  of_nobody.tid.reset();
  std::cout << render_oops(an_oops(), false, now, style) << render_oops(of_nobody, true, now, style);
  for (const EventKind kind : notices()) std::cout << render_notice(kind, "a sentence", now, style);
}

void print_findings() {
  Published state;
  std::cout << json::findings_page(nullptr, shown_now()) << json::findings_page(&state, shown_now());
  state.at = shown_now();
  state.open = all_findings();
  std::cout << json::findings_page(&state, shown_now());
}

void print_kinds() {
  for (const EventRow& row : event_table()) std::cout << row.name << ' ' << row.message_id << '\n';
}

void print_names(EventKind kind, const JournalFields& fields) {
  std::cout << name_of(kind) << " MESSAGE WEDGED_EVENT SYSLOG_IDENTIFIER";
  for (const auto& [name, value] : fields) std::cout << ' ' << name;
  std::cout << '\n';
}

void print_journal() {
  const Finding finding = a_stuck_database();
  print_names(EventKind::finding_raised, fields_of_raised(finding));
  print_names(EventKind::finding_resolved, fields_of_resolved(finding));
  print_names(EventKind::decision, fields_of_decision(a_decision(Verdict::refuse, Refusal::brake)));
  print_names(EventKind::outcome,
              fields_of_outcome({a_decision(Verdict::act), OutcomeKind::done, "", test_now}));
  print_names(EventKind::kernel_oops, fields_of_oops(an_oops()));
  for (const EventKind kind : {EventKind::enforcement_suspended, EventKind::enforcement_resumed})
    print_names(kind, fields_of_notice(kind));
  for (const EventKind kind : notices()) print_names(kind, fields_of_notice(kind));
}

}  // namespace
}  // namespace wedged::test

int main(int argc, char** argv) {
  const std::string what = argc == 2 ? argv[1] : "";
  if (what == "events") wedged::test::print_events();
  if (what == "findings") wedged::test::print_findings();
  if (what == "kinds") wedged::test::print_kinds();
  if (what == "journal") wedged::test::print_journal();
  return what.empty() ? 2 : 0;
}
