// SPDX-License-Identifier: Apache-2.0
// `wedged list`: what is stuck now, as the daemon of this host knows it, or by a look of its own.
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <iostream>

#include "daemon/ask_daemon.h"
#include "daemon/commands.h"
#include "daemon/event_log.h"
#include "daemon/look_now.h"
#include "daemon/observing.h"
#include "daemon/watching.h"
#include "kernel/procfs.h"
#include "report/format.h"
#include "report/list.h"
#include "report/subject.h"

namespace wedged {
namespace {

void lower_thresholds(Settings& settings, Duration at_least) {
  Thresholds& thresholds = settings.thresholds;
  for (auto* threshold : {&thresholds.uninterruptible_wait, &thresholds.kernel_loop, &thresholds.unkillable,
                          &thresholds.starved, &thresholds.event_loop_spin, &thresholds.lost_leader,
                          &thresholds.stopped, &thresholds.lock_wait})
    *threshold = at_least;
  thresholds.slow_syscall_default = at_least;
}

std::string changes_text(const FindingChanges& changes, const ClockPair& now, const EventStyle& style) {
  std::string text;
  for (const auto& finding : changes.raised)
    text += "new       " + std::string(name_of(finding.key.cause)) + " " + thread_text(stuck_task(finding)) +
            "\n";
  for (const auto& finding : changes.resolved) text += render_resolved(finding, now, style);
  return text;
}

void print_again(const Watched& seen, const EventStyle& style, bool first) {
  const auto& sample = seen.sample;
  const bool json = style.format == EventFormat::json;
  if (!json) {
    std::cout << (isatty(STDOUT_FILENO) == 1 ? "\033[H\033[2J" : first ? "" : "\n");
    std::cout << "wedged list, " << time_text(sample.at.wall) << "\n\n";
  }
  if (!sample.note.empty()) (json ? std::cerr : std::cout) << "wedged: " << sample.note << '\n';
  std::cout << render_list(sample.findings, {sample.threads_scanned, sample.untold, sample.scope}, sample.at,
                           style, terminal_width(STDOUT_FILENO));
  if (!json) std::cout << (first ? "" : changes_text(seen.findings, sample.at, style));
  std::cout << std::flush;
}

// One load for all looks. A scan that fails ends it: nothing printed would look like nothing stuck.
ExitCode list_again(Settings settings, const Flags& flags, const EventStyle& style) {
  constexpr int scans_before = 3;  // as look_now() does: the first ask, the later ones know
  constexpr Duration between = std::chrono::milliseconds(200);
  catch_ends();
  settings.scan_interval = between;
  auto watching = Watching::start(settings, Headcount::none);
  if (!watching) return complain(watching.error().message, exit_code_of(watching.error()));
  const SystemClock clock;
  for (int scan = 0; !told_to_end(); ++scan) {
    auto seen = watching->look(clock.now());
    if (!seen) return complain("scan: " + seen.error().message, ExitCode::failed);
    if (scan == scans_before) watching->set_interval(*flags.watch);
    if (scan >= scans_before) print_again(*seen, style, scan == scans_before);
    if (!std::cout) break;  // main says so
    rest(*watching, scan < scans_before ? between : *flags.watch);
  }
  return ExitCode::success;
}

// What is asked for in another way than the daemon looks is looked for here.
bool wants_own_look(const Flags& flags) {
  return flags.local || flags.watch || flags.at_least;
}

Result<WatchedScope> wanted_scope(const Scope& scope) {
  WatchedScope wanted{scope.pids, {}, {}};
  std::sort(wanted.pids.begin(), wanted.pids.end());
  if (!scope.cgroup) return wanted;
  const auto place = find_cgroup(*scope.cgroup);
  if (!place) return place.error();
  wanted.cgroup = place->path;
  return wanted;
}

AskedForList ask_own_daemon(const Settings& settings) {
  constexpr Duration patience = std::chrono::seconds(2);
  const Deadline deadline(patience);
  if (!settings.web) return NotAsked{"the configuration has no web server"};
  const auto scope = wanted_scope(settings.scope);
  if (!scope) return NotAsked{scope.error().message};
  const auto access =
      access_to_own({}, *settings.web, settings.web_config_file, findings_page_path, deadline);
  if (!access) return NotAsked{access.error().message};
  signal(SIGPIPE, SIG_IGN);  // TLS writes into connections that may be gone
  return ask_for_list(*access, *scope, deadline);
}

void print_listing(const DaemonListing& listing, const Settings& settings, const EventStyle& style) {
  if (style.format == EventFormat::json) {
    std::cout << listing.document << std::flush;
    return;
  }
  const std::string looked_at = std::to_string(listing.scan.threads) + " threads looked at" +
                                scope_suffix(listing.scan.scope) + " by the daemon at " +
                                settings.web->text() + ", " + duration_text(*listing.scan.age) + " ago";
  std::cout << list_table(listing.findings, listing.scan.untold, looked_at, style,
                          terminal_width(STDOUT_FILENO))
            << std::flush;
}

void tell_why_own_look(const std::string& why) {
  std::cerr << "wedged: " + why.substr(0, why.find("; ")) +
                   ", so this is one look of its own: it can tell no crashed_thread, died_in_kernel, "
                   "event_loop_spin, kernel_loop or unkillable\n";
}

ExitCode look_and_print(Settings settings, const EventStyle& style) {
  const auto look = look_now(std::move(settings));
  if (!look) return complain(look.error().message, exit_code_of(look.error()));
  std::cout << render_list(look->findings, {look->threads, 0, look->scope}, look->at, style,
                           terminal_width(STDOUT_FILENO))
            << std::flush;
  return ExitCode::success;
}

}  // namespace

ExitCode list_command(const Flags& flags) {
  auto settings = settings_or_complain(flags);
  if (!settings) return ExitCode::invalid_config;
  if (flags.at_least) lower_thresholds(*settings, *flags.at_least);
  const EventStyle style{flags.json ? EventFormat::json : EventFormat::text,
                         !flags.json && takes_colour(STDOUT_FILENO)};
  if (flags.watch) return list_again(std::move(*settings), flags, style);
  if (!wants_own_look(flags)) {
    const auto asked = ask_own_daemon(*settings);
    if (const auto* listing = std::get_if<DaemonListing>(&asked)) {
      print_listing(*listing, *settings, style);
      return ExitCode::success;
    }
    // A scope of one's own is seldom a daemon's: then nothing is told.
    if (settings->scope == Scope{}) tell_why_own_look(std::get<NotAsked>(asked).why);
  }
  return look_and_print(std::move(*settings), style);
}

}  // namespace wedged
