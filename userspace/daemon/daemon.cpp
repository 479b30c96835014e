// SPDX-License-Identifier: Apache-2.0
#include "daemon/daemon.h"

#include <sys/utsname.h>

#include <ctime>
#include <utility>

#include "config/config_file.h"
#include "daemon/deadline.h"
#include "daemon/web_security.h"
#include "diagnosis/diagnose.h"
#include "diagnosis/syscall_limits.h"
#include "report/list.h"

namespace wedged {
namespace {

constexpr Duration longest_load = std::chrono::seconds(5);  // no scan is made meanwhile

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

// With what the web server needs, if there is one.
std::variant<Settings, ConfigProblems> load_all(const Flags& flags) {
  auto read = load_settings(flags);
  const auto* settings = std::get_if<Settings>(&read);
  if (settings == nullptr || !settings->web) return read;
  if (auto problems = problems_of_web_file(settings->web_config_file); !problems.empty()) return problems;
  return read;
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

std::string host_name() {
  utsname names{};
  return uname(&names) == 0 ? names.nodename : "";
}

std::string status_line(const FindingChanges& findings, std::uint64_t threads) {
  return std::to_string(findings.open.size()) + " findings" + untold_text(findings.untold) + ", " +
         std::to_string(threads) + " threads";
}

}  // namespace

Daemon::Daemon(Parts parts)
    : parts_(std::move(parts)),
      enforcer_(parts_.enforcer(parts_.lookout)),
      history_(parts_.settings.scan_interval),
      log_(parts_.flags.json ? EventFormat::json : EventFormat::text) {
  insist_on_config_file(parts_.flags);
}

Status Daemon::run() {
  const auto start = parts_.clock->now();
  if (auto prepared = enforcer_.prepare(parts_.settings.policy, start); !prepared) return prepared.error();
  tally_.reloaded(true, start.wall);
  started_ = start.monotonic;
  log_.notice(EventKind::started,
              "watching " + name_of(parts_.lookout.observer().probes().scope()) +
                  std::string(parts_.settings.policy.enforce ? ", enforcing policy" : ", observing only"),
              start);
  tell_of_enforcement(start);
  while (true) {
    const auto wakeup = parts_.loop.wait(parts_.lookout.descriptor(), log_.flush_within());
    if (!wakeup) return wakeup.error();
    log_.flush();
    if (wakeup->answers) parts_.lookout.listen(parts_.clock->now().monotonic);
    if (wakeup->reload) reload();
    if (wakeup->stop) break;
    if (wakeup->scan_due) tick();
    if (!ready_ && tally_.totals().scans > 0) {  // it is once it has looked
      ready_ = true;
      service_.ready("watching", parts_.settings.scan_interval);
    }
  }
  service_.stopping();
  const auto end = parts_.clock->now();
  report(enforcer_.stop(end), end);
  log_.notice(EventKind::stopping,
              "stopped watching after " + std::to_string(tally_.totals().scans) + " scans", end);
  log_.drain(std::chrono::seconds(1));
  return Nothing{};
}

// How the ledger that was taken up leaves it.
void Daemon::tell_of_enforcement(const ClockPair& now) {
  if (const auto warning = enforcer_.warning(); !warning.empty())
    log_.notice(EventKind::warning, warning, now);
  if (enforcer_.suspension()) log_.suspended({*enforcer_.suspension(), 0, {}}, now);
}

// Once when the last of it has gone, once when it is there again.
void Daemon::tell_of_scope(const ClockPair& now) {
  const auto& scope = parts_.lookout.observer().probes().scope();
  const auto why = why_blind(scope);
  if (blind_ == !why.empty()) return;
  blind_ = !why.empty();
  log_.notice(EventKind::warning, blind_ ? why : name_of(scope) + " is there again and is looked at", now);
}

void Daemon::tick() {
  const auto now = parts_.clock->now();
  const auto cpu_before = cpu_time_of_this_thread();
  auto snapshot = parts_.lookout.scan(now);
  if (!snapshot) {
    tally_.scan_failed();
    log_.complain("wedged: scan: " + snapshot.error().message + "\n");
    report(enforcer_.collect(now), now);
    publish_standing();
    return;
  }
  const ScanTold told{snapshot->threads_scanned, snapshot->hung_task_reports, snapshot->losses,
                      snapshot->voice};
  const auto changes = history_.advance(std::move(*snapshot));
  const auto findings =
      tracker_.update(diagnose(changes, parts_.settings.thresholds), now.monotonic, changes.discounted);
  tally_.scanned(changes);
  tell_of_scope(now);
  if (told.voice) report(*told.voice, now);
  report(findings, now);
  const auto acts = enforcer_.act(parts_.settings.policy, findings.open, now, [&](const Decision& decision) {
    log_.decided(decision, now);
    log_.drain(std::chrono::seconds(1));
  });
  report(acts, findings.open, now);
  for (const auto& finding : findings.resolved) log_.resolved(finding, now);
  const auto scan_duration = parts_.clock->now().monotonic - now.monotonic;
  publish(told, findings, now, scan_duration, cpu_time_of_this_thread() - cpu_before);
  service_.scanned(status_line(findings, told.threads_scanned));
}

// What the log had from before is told once; it is no new trouble.
void Daemon::report(const KernelVoice& voice, const ClockPair& now) {
  for (const auto& oops : voice.oopses) {
    const bool before_start = oops.at < started_;
    if (!before_start) tally_.oopsed();
    log_.oopsed(oops, before_start, now);
  }
}

// Before anything is done about them: a reboot ends the monitor in the middle of it.
void Daemon::report(const FindingChanges& findings, const ClockPair& now) {
  tally_.found(findings);
  chronicle_.found(findings, now.monotonic);
  for (const auto& finding : findings.raised) log_.raised(finding, now);
}

// Whatever was said before it was done is not said again.
void Daemon::report(const Acts& acts, const SharedFindings& open, const ClockPair& now) {
  report(acts.ended, now);
  if (acts.suspended) log_.suspended({*acts.suspended, acts.wanted, parts_.settings.policy.brake}, now);
  if (acts.not_kept) log_.notice(EventKind::ledger_not_kept, acts.not_kept->message, now);
  for (const auto& decision : acts.decisions) {
    if (decision.verdict == Verdict::refuse) tally_.refused(decision);
    chronicle_.decided(decision, open);
    if (!has_last_words(decision)) log_.decided(decision, now);
  }
  report(acts.outcomes, now);
}

// What a dry run begins beside the loop is only a look whether it could be done: it has one outcome, at its
// end.
void Daemon::report(const std::vector<Outcome>& outcomes, const ClockPair& now) {
  for (const auto& outcome : outcomes) {
    if (outcome.kind == OutcomeKind::started && outcome.decision.verdict == Verdict::dry_run) continue;
    tally_.acted(outcome);
    chronicle_.acted(outcome);
    log_.done(outcome, now);
  }
}

void Daemon::publish(const ScanTold& told, const FindingChanges& findings, const ClockPair& now,
                     Duration scan_duration, Duration cpu_time) {
  auto state = std::make_shared<Published>();
  const auto& probes = parts_.lookout.observer().probes();
  state->at = now;
  state->scan_duration = scan_duration;
  state->scan_cpu_time = cpu_time;
  state->threads_scanned = told.threads_scanned;
  state->scope = probes.scope();
  state->open = findings.open;
  state->untold = findings.untold;
  state->syscalls = probes.syscalls();
  state->oldest_calls = probes.oldest_calls();
  state->programs = program_states(probes);
  state->losses = told.losses;
  state->hung_task_reports = told.hung_task_reports;
  if (told.voice) state->kernel = told.voice->counters;
  state->log_heard = !parts_.lookout.deaf();
  add_standing(*state);
  chronicle_.scanned({now.monotonic, scan_duration, cpu_time, told.threads_scanned}, state->syscalls,
                     state->losses);
  state->story = chronicle_.story();
  state->syscall_series = chronicle_.series().syscalls();
  state->monitor_series = chronicle_.series().monitor();
  parts_.publication->publish(std::move(state));
}

// What is known without a scan.
void Daemon::add_standing(Published& state) {
  state.scan_interval = parts_.settings.scan_interval;
  state.totals = tally_.totals();
  state.totals.ledger_write_errors = enforcer_.write_errors();
  state.losses["event_output"] = log_.dropped();
  state.inspector = counters_of(parts_.lookout.inspector_stats());
  state.own_process = own_process_.read();
  state.enforcing = parts_.settings.policy.enforce;
  state.suspension = enforcer_.suspension();
  state.jobs_running = enforcer_.jobs_running();
  state.config_ok = tally_.config_ok();
  state.config_loaded = tally_.config_loaded();
  state.rule_actions = rule_actions(parts_.settings.policy);
  state.host = host_name();
  state.started = started_;
}

// After a scan that failed: what was found stands, at the time it was found; only the rest goes on.
void Daemon::publish_standing() {
  const auto latest = parts_.publication->latest();
  auto state = latest ? std::make_shared<Published>(*latest) : std::make_shared<Published>();
  add_standing(*state);
  parts_.publication->publish(std::move(state));
}

void Daemon::reload() {
  const auto now = parts_.clock->now();
  if (ready_) service_.reloading(now.monotonic);
  const auto result = load(now);
  const auto* loaded = std::get_if<Loaded>(&result);
  tally_.reloaded(loaded != nullptr, now.wall);
  if (loaded != nullptr) {
    apply(loaded->settings);
    log_.notice(EventKind::reloaded, "configuration reloaded", now);
    if (loaded->ledger_taken_up) {  // what it says of suspension nobody has looked at yet
      tell_of_enforcement(now);
    } else if (const auto ended = enforcer_.resume(now)) {
      log_.resumed(*ended, "the configuration was loaded again", now);
    }
  } else {
    std::string problems;
    for (const auto& problem : std::get<ConfigProblems>(result)) {
      log_.complain(problem.text() + "\n");
      problems += (problems.empty() ? "" : "; ") + problem.text();
    }
    log_.notice(EventKind::reload_failed,
                "configuration not reloaded, the previous one stays in force: " + problems, now);
  }
  if (ready_) service_.ready("watching", parts_.settings.scan_interval);
}

// All of it or nothing: also where it could not be carried out here.
std::variant<Daemon::Loaded, ConfigProblems> Daemon::load(const ClockPair& now) {
  const std::string file = parts_.flags.config_file.value_or(default_config_file);
  const auto result =
      called_within(Deadline(longest_load), [flags = parts_.flags] { return load_all(flags); });
  if (!result)
    return ConfigProblems{
        {file, 0, 0, "it, its web configuration or the users of its rules cannot be read in time"}};
  const auto* settings = std::get_if<Settings>(&*result);
  if (settings == nullptr) return std::get<ConfigProblems>(*result);
  Policy policy = settings->policy;
  policy.ledger_file = parts_.settings.policy.ledger_file;
  const auto prepared = enforcer_.prepare(policy, now);
  if (prepared) insist_on_config_file(parts_.flags);
  if (prepared) return Loaded{*settings, *prepared};
  const std::string problem = "policy.enforce cannot be carried out: " + prepared.error().message;
  return ConfigProblems{{file, 0, 0, problem}};
}

// What needs other programs in the kernel or another socket keeps its old value until a restart; everything
// else takes effect with the next scan. Open findings, ladders and limits go on.
void Daemon::apply(Settings settings) {
  const auto now = parts_.clock->now();
  if (settings.observe != parts_.settings.observe) {
    log_.notice(EventKind::restart_needed, "scan.observe takes effect after a restart", now);
    settings.observe = parts_.settings.observe;
  }
  if (settings.policy.ledger_file != parts_.settings.policy.ledger_file) {
    log_.notice(EventKind::restart_needed, "policy.ledger takes effect after a restart", now);
    settings.policy.ledger_file = parts_.settings.policy.ledger_file;
  }
  if (settings.web != parts_.settings.web) {
    log_.notice(EventKind::restart_needed, "web.listen_address takes effect after a restart", now);
    settings.web = parts_.settings.web;
  }
  if (settings.telemetry_path != parts_.settings.telemetry_path ||
      settings.web_config_file != parts_.settings.web_config_file) {
    log_.notice(EventKind::restart_needed,
                "web.telemetry_path and web.config_file take effect after a restart", now);
    settings.telemetry_path = parts_.settings.telemetry_path;
    settings.web_config_file = parts_.settings.web_config_file;
  }
  if (settings.scan_interval != parts_.settings.scan_interval) {
    if (auto set = parts_.loop.set_interval(settings.scan_interval); !set)
      log_.complain("wedged: " + set.error().message + "\n");
    history_.set_expected_interval(settings.scan_interval);
  }
  parts_.settings = std::move(settings);
  parts_.lookout.observer().probes().set_limits(
      suspect_limits(parts_.settings.thresholds, parts_.settings.scan_interval));
}

}  // namespace wedged
