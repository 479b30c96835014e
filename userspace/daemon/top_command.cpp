// SPDX-License-Identifier: Apache-2.0
// `wedged top`: what is stuck and what the calls do, live; or the same as text or JSON for scripts.
#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "daemon/commands.h"
#include "daemon/event_log.h"
#include "daemon/observing.h"
#include "daemon/watching.h"
#include "top/batch.h"
#include "top/terminal.h"

namespace wedged {
namespace {

// Answers to what the first scans ask make findings of the later ones: the first sample printed has had them.
constexpr int scans_before_batch = 3;
constexpr Duration between_first_looks = std::chrono::milliseconds(300);

// True: there is something new to see.
bool look_if_due(Watching& watching, const TopState& state, TopSample& sample, Instant& due) {
  const SystemClock clock;
  const auto now = clock.now();
  watching.listen(now.monotonic);
  if (now.monotonic < due) return false;
  // The first looks only ask; they follow each other quickly.
  due = now.monotonic + (sample.judged ? state.interval : std::min(state.interval, between_first_looks));
  auto seen = watching.look(now);
  if (!seen) {
    sample.note = "scan: " + seen.error().message;
  } else if (state.paused) {
    sample.judged = seen->sample.judged;
    return false;
  } else {
    sample = std::move(seen->sample);
  }
  return true;
}

void press(const TopPress& key, Watching& watching, const Terminal& terminal, const TopSample& sample,
           TopState& state, Instant& due) {
  const auto before = state.interval;
  state = pressed(std::move(state), key, sample, page_of(terminal.size()));
  if (state.interval == before) return;
  watching.set_interval(state.interval);
  due = std::min(due, SystemClock().now().monotonic + state.interval);
}

ExitCode live(Watching watching, Terminal terminal, Duration interval) {
  constexpr Duration longest_wait = std::chrono::milliseconds(100);
  TopState state;
  state.interval = interval;
  TopSample sample;
  TopSize drawn{0, 0};
  bool stale = true;
  Instant due{};
  while (!state.quit && !told_to_end()) {
    stale |= look_if_due(watching, state, sample, due);
    const auto size = terminal.size();
    if (stale || drawn != size) terminal.show(draw(sample, state, size));
    drawn = size;
    stale = false;
    const auto key = terminal.key(longest_wait);
    if (isatty(STDIN_FILENO) != 1) break;  // the terminal is gone
    if (!key) continue;
    press(*key, watching, terminal, sample, state, due);
    stale = true;
  }
  return ExitCode::success;
}

ExitCode on_screen(const Settings& settings) {
  std::cerr << "wedged: loading..." << std::flush;
  auto watching = Watching::start(settings, Headcount::census);
  std::cerr << "\r                  \r" << std::flush;
  if (!watching) return complain(watching.error().message, exit_code_of(watching.error()));
  auto terminal = Terminal::open();
  if (!terminal) return complain(terminal.error().message, ExitCode::failed);
  return live(std::move(*watching), std::move(*terminal), settings.scan_interval);
}

ExitCode in_batch(const Settings& settings, const Flags& flags) {
  auto watching = Watching::start(settings, Headcount::census);
  if (!watching) return complain(watching.error().message, exit_code_of(watching.error()));
  const SystemClock clock;
  for (int scan = 0; scan < scans_before_batch && !told_to_end(); ++scan) {
    if (auto seen = watching->look(clock.now()); !seen)
      return complain(seen.error().message, ExitCode::failed);
    rest(*watching, between_first_looks);
  }
  for (int round = 0; (!flags.iterations || round < *flags.iterations) && !told_to_end(); ++round) {
    rest(*watching, settings.scan_interval);
    if (told_to_end()) break;
    auto seen = watching->look(clock.now());
    if (!seen) return complain("scan: " + seen.error().message, ExitCode::failed);
    if (!seen->sample.note.empty()) std::cerr << "wedged: " << seen->sample.note << '\n';
    std::cout << (flags.json ? batch_json(seen->sample)
                             : batch_text(seen->sample, terminal_width(STDOUT_FILENO)))
              << std::flush;
    if (!std::cout) break;  // main says so
  }
  return ExitCode::success;
}

}  // namespace

ExitCode top_command(const Flags& flags) {
  const auto settings = settings_or_complain(flags);
  if (!settings) return ExitCode::invalid_config;
  catch_ends();
  if (flags.batch || flags.json) return in_batch(*settings, flags);
  if (isatty(STDOUT_FILENO) != 1 || isatty(STDIN_FILENO) != 1)
    return complain("top: this is no terminal; use --batch, or --json", ExitCode::usage);
  return on_screen(*settings);
}

}  // namespace wedged
