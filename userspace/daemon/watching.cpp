// SPDX-License-Identifier: Apache-2.0
#include "daemon/watching.h"

#include <algorithm>
#include <csignal>
#include <thread>

#include "daemon/observing.h"
#include "diagnosis/diagnose.h"
#include "diagnosis/syscall_limits.h"

namespace wedged {
namespace {

volatile std::sig_atomic_t end_asked = 0;

void note_end(int) {
  end_asked = 1;
}

// By the typed tracepoint or the raw one; neither where it was not wanted, or the kernel refused it.
bool follows_calls(const std::vector<AttachedProgram>& programs) {
  return std::any_of(programs.begin(), programs.end(), [](const AttachedProgram& program) {
    return program.attached && program.name.starts_with("sys_exit");
  });
}

}  // namespace

Watching::Watching(Settings settings, Observer observer, Headcount headcount)
    : settings_(std::move(settings)), lookout_(std::move(observer)), history_(settings_.scan_interval) {
  if (headcount == Headcount::census) taker_.emplace(lookout_.observer().facts());
}

Result<Watching> Watching::start(const Settings& settings, Headcount headcount) {
  auto observer = start_observing(settings, observing_of(settings.observe), headcount);
  if (!observer) return observer.error();
  return Watching(settings, std::move(*observer), headcount);
}

Result<Watched> Watching::look(const ClockPair& now) {
  constexpr int looks_that_ask = 3;  // answers to what the first ask make findings of the later ones
  auto snapshot = lookout_.scan(now);
  if (!snapshot) return snapshot.error();
  Watched seen;
  seen.sample.at = now;
  seen.sample.threads_scanned = snapshot->threads_scanned;
  seen.sample.scope = lookout_.observer().probes().scope();
  seen.sample.note = why_blind(seen.sample.scope);
  const auto changes = history_.advance(std::move(*snapshot));
  seen.findings = tracker_.update(diagnose(changes, settings_.thresholds), now.monotonic, changes.discounted);
  seen.sample.findings = seen.findings.open;
  seen.sample.untold = seen.findings.untold;
  looks_ = std::min(looks_ + 1, looks_that_ask + 1);
  seen.sample.judged = looks_ > looks_that_ask;
  seen.sample.calls_tracked = follows_calls(lookout_.observer().probes().programs());
  if (before_) seen.sample.elapsed = now.monotonic - *before_;
  before_ = now.monotonic;
  if (taker_) add_loads(seen.sample);
  if (seen.sample.calls_tracked) add_calls(seen.sample);
  return seen;
}

void Watching::set_interval(Duration interval) {
  settings_.scan_interval = interval;
  history_.set_expected_interval(interval);
  lookout_.observer().probes().set_limits(suspect_limits(settings_.thresholds, interval));
}

void Watching::add_calls(TopSample& sample) {
  auto calls = lookout_.observer().probes().syscalls();
  sample.rates = rates_between(calls_before_, calls, sample.elapsed);
  calls_before_ = std::move(calls);
}

// Without a census there are findings all the same.
void Watching::add_loads(TopSample& sample) {
  auto census = taker_->take(lookout_.observer().probes(), SystemClock().now().monotonic);
  if (!census) {
    sample.note = census.error().message;
    return;
  }
  sample.threads = thread_loads(census_before_ ? &*census_before_ : nullptr, *census);
  sample.processes = process_loads(sample.threads, *census);
  sample.units = unit_loads(sample.processes);
  census_before_ = std::move(*census);
}

void catch_ends() {
  struct sigaction action {};
  action.sa_handler = note_end;
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGQUIT}) {
    struct sigaction before {};
    sigaction(signal, nullptr, &before);
    if (before.sa_handler != SIG_IGN) sigaction(signal, &action, nullptr);
  }
}

bool told_to_end() {
  return end_asked != 0;
}

void rest(Watching& watching, Duration length) {
  constexpr Duration step = std::chrono::milliseconds(50);
  const SystemClock clock;
  const auto until = clock.now().monotonic + length;
  for (auto now = clock.now().monotonic; now < until && !told_to_end(); now = clock.now().monotonic) {
    std::this_thread::sleep_for(std::min(step, until - now));
    watching.listen(now);
  }
}

}  // namespace wedged
