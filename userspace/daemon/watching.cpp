// SPDX-License-Identifier: Apache-2.0
#include "daemon/watching.h"

#include <algorithm>
#include <csignal>
#include <thread>

#include "daemon/observing.h"
#include "diagnosis/diagnose.h"

namespace wedged {
namespace {

volatile std::sig_atomic_t end_asked = 0;

void note_end(int) {
  end_asked = 1;
}

}  // namespace

Watching::Watching(Settings settings, Observer observer)
    : settings_(std::move(settings)), lookout_(std::move(observer)), history_(settings_.scan_interval) {}

Result<Watching> Watching::start(const Settings& settings) {
  auto observer = start_observing(settings, observing_of(settings.observe));
  if (!observer) return observer.error();
  return Watching(settings, std::move(*observer));
}

Result<Watched> Watching::look(const ClockPair& now) {
  auto snapshot = lookout_.scan(now);
  if (!snapshot) return snapshot.error();
  Watched seen;
  seen.sample.at = now;
  seen.sample.threads = snapshot->threads_scanned;
  const auto changes = history_.advance(std::move(*snapshot));
  seen.findings = tracker_.update(diagnose(changes, settings_.thresholds), now.monotonic);
  seen.sample.findings = seen.findings.open;
  seen.sample.calls_tracked = settings_.observe == ObserveMode::calls;
  if (!seen.sample.calls_tracked) return seen;
  auto calls = lookout_.observer().probes().syscalls();
  if (before_) {
    seen.sample.elapsed = now.monotonic - *before_;
    seen.sample.rates = rates_between(calls_before_, calls, seen.sample.elapsed);
  }
  seen.sample.oldest_calls = lookout_.observer().probes().oldest_calls();
  calls_before_ = std::move(calls);
  before_ = now.monotonic;
  return seen;
}

void catch_ends() {
  struct sigaction action {};
  action.sa_handler = note_end;
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaction(signal, &action, nullptr);
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
