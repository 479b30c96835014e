// SPDX-License-Identifier: Apache-2.0
#include "daemon/daemon.h"

#include <ctime>
#include <iostream>

#include "action/killer.h"
#include "config/config_file.h"
#include "diagnosis/diagnose.h"
#include "diagnosis/syscall_limits.h"

namespace wedged {
namespace {

Duration cpu_time_of_this_thread() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

std::vector<std::pair<std::string, std::string>> rule_actions(const Policy& policy) {
  std::vector<std::pair<std::string, std::string>> actions;
  for (const auto& rule : policy.rules) {
    for (const auto& rung : rule.ladder) actions.emplace_back(rule.name, rung.name());
  }
  return actions;
}

std::vector<ProgramState> program_states(const Probes& probes) {
  std::vector<ProgramState> states;
  for (const auto& program : probes.programs())
    states.push_back({program.name, program.attached, program.reason});
  return states;
}

InspectorCounters counters_of(const InspectorStats& stats) {
  return {stats.requests, stats.replies, stats.deadlines_missed,
          stats.crashes,  stats.started, stats.unkillable};
}

std::string status_line(const FindingChanges& findings, std::uint64_t threads) {
  return std::to_string(findings.open.size()) + " findings, " + std::to_string(threads) + " threads";
}

}  // namespace

Daemon::Daemon(Parts parts)
    : parts_(std::move(parts)),
      executor_(std::make_unique<Killer>(
          [this](const TaskId& id) { return parts_.lookout.observer().sample_again(id); })),
      history_(parts_.settings.scan_interval),
      log_(parts_.flags.json ? EventFormat::json : EventFormat::text) {}

Status Daemon::run() {
  const auto start = parts_.clock->now();
  tally_.reloaded(true, start.wall);
  log_.notice("started",
              "watching this host" +
                  std::string(parts_.settings.policy.enforce ? ", enforcing policy" : ", observing only"),
              start);
  service_.ready("watching");
  while (true) {
    const auto wakeup = parts_.loop.wait(parts_.lookout.descriptor());
    if (!wakeup) return wakeup.error();
    if (wakeup->answers) parts_.lookout.listen(parts_.clock->now().monotonic);
    if (wakeup->reload) reload();
    if (wakeup->stop) break;
    if (wakeup->scan_due) tick();
  }
  service_.stopping();
  log_.notice("stopping", "stopped watching after " + std::to_string(tally_.totals().scans) + " scans",
              parts_.clock->now());
  log_.drain(std::chrono::seconds(1));
  return Nothing{};
}

void Daemon::tick() {
  const auto now = parts_.clock->now();
  log_.flush();
  const auto cpu_before = cpu_time_of_this_thread();
  auto snapshot = parts_.lookout.scan(now);
  if (!snapshot) {
    tally_.scan_failed();
    std::cerr << "wedged: scan: " << snapshot.error().message << '\n';
    publish_totals();
    return;
  }
  const auto changes = history_.advance(*snapshot);
  const auto findings = tracker_.update(diagnose(changes, parts_.settings.thresholds), now.monotonic);
  const auto decisions =
      decide(parts_.settings.policy, findings.open, ledger_, parts_.surroundings, now.monotonic);
  const auto outcomes = execute(decisions, now);
  tally_.scanned(changes);
  report(findings, decisions, outcomes, now);
  ledger_.forget(findings.open, parts_.settings.policy, now.monotonic);
  const auto scan_duration = parts_.clock->now().monotonic - now.monotonic;
  publish(*snapshot, findings, now, scan_duration, cpu_time_of_this_thread() - cpu_before);
  service_.scanned(status_line(findings, snapshot->threads_scanned));
}

std::vector<Outcome> Daemon::execute(const std::vector<Decision>& decisions, const ClockPair& now) {
  std::vector<Outcome> outcomes;
  for (const auto& decision : decisions) {
    if (decision.verdict == Verdict::refuse) continue;
    outcomes.push_back(executor_->execute(decision, now.monotonic));
    ledger_.record(outcomes.back());
  }
  return outcomes;
}

void Daemon::report(const FindingChanges& findings, const std::vector<Decision>& decisions,
                    const std::vector<Outcome>& outcomes, const ClockPair& now) {
  tally_.found(findings);
  for (const auto& finding : findings.raised) log_.raised(finding, now);
  for (const auto& decision : decisions) {
    if (decision.verdict == Verdict::refuse && !ledger_.note_refusal(decision)) continue;
    if (decision.verdict == Verdict::refuse) tally_.refused(decision);
    log_.decided(decision, now);
  }
  for (const auto& outcome : outcomes) {
    tally_.acted(outcome);
    log_.done(outcome, now);
  }
  for (const auto& finding : findings.resolved) log_.resolved(finding, now);
}

void Daemon::publish(const Snapshot& snapshot, const FindingChanges& findings, const ClockPair& now,
                     Duration scan_duration, Duration cpu_time) {
  auto state = std::make_shared<Published>();
  const auto& probes = parts_.lookout.observer().probes();
  state->at = now;
  state->scan_interval = parts_.settings.scan_interval;
  state->scan_duration = scan_duration;
  state->scan_cpu_time = cpu_time;
  state->threads_scanned = snapshot.threads_scanned;
  state->open = findings.open;
  state->totals = tally_.totals();
  state->syscalls = probes.syscalls();
  state->oldest_calls = probes.oldest_calls();
  state->programs = program_states(probes);
  state->losses = snapshot.losses;
  state->losses["event_output"] = log_.dropped();
  state->hung_task_reports = snapshot.hung_task_reports;
  state->inspector = counters_of(parts_.lookout.inspector_stats());
  state->enforcing = parts_.settings.policy.enforce;
  state->config_ok = tally_.config_ok();
  state->config_loaded = tally_.config_loaded();
  state->rule_actions = rule_actions(parts_.settings.policy);
  parts_.publication->publish(std::move(state));
}

// After a scan that failed: what was found stands, at the time it was found; only the counters go on.
void Daemon::publish_totals() {
  const auto latest = parts_.publication->latest();
  auto state = latest ? std::make_shared<Published>(*latest) : std::make_shared<Published>();
  state->totals = tally_.totals();
  parts_.publication->publish(std::move(state));
}

void Daemon::reload() {
  const auto now = parts_.clock->now();
  service_.reloading(now.monotonic);
  auto loaded = load_settings(parts_.flags);
  const auto* settings = std::get_if<Settings>(&loaded);
  tally_.reloaded(settings != nullptr, now.wall);
  if (settings != nullptr) {
    apply(*settings);
    log_.notice("reloaded", "configuration reloaded", now);
  } else {
    std::string problems;
    for (const auto& problem : std::get<ConfigProblems>(loaded)) problems += problem.text() + "\n";
    std::cerr << problems;
    log_.notice("reload_failed", "configuration not reloaded, the previous one stays in force: " + problems,
                now);
  }
  service_.ready("watching");
}

// What needs other programs in the kernel or another socket keeps its old value until a restart; everything
// else takes effect with the next scan. Open findings, ladders and limits go on.
void Daemon::apply(Settings settings) {
  const auto now = parts_.clock->now();
  if (settings.observe != parts_.settings.observe) {
    log_.notice("restart_needed", "scan.observe takes effect after a restart", now);
    settings.observe = parts_.settings.observe;
  }
  if (settings.web != parts_.settings.web) {
    log_.notice("restart_needed", "web.listen_address takes effect after a restart", now);
    settings.web = parts_.settings.web;
  }
  if (settings.policy.enforce && !parts_.settings.policy.enforce) {
    if (const auto works = Killer::self_test(); !works) {
      log_.notice("enforce_refused",
                  "policy.enforce stays off, signals cannot be sent: " + works.error().message, now);
      settings.policy.enforce = false;
    }
  }
  if (settings.scan_interval != parts_.settings.scan_interval) {
    if (auto set = parts_.loop.set_interval(settings.scan_interval); !set)
      std::cerr << "wedged: " << set.error().message << '\n';
    history_.set_expected_interval(settings.scan_interval);
  }
  parts_.settings = std::move(settings);
  parts_.lookout.observer().probes().set_limits(
      suspect_limits(parts_.settings.thresholds, parts_.settings.scan_interval));
}

}  // namespace wedged
