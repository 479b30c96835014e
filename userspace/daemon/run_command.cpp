// SPDX-License-Identifier: Apache-2.0
// `wedged run`: everything that can fail at the start fails here, before the first scan; never a half-started
// daemon.
#include <unistd.h>

#include <iostream>
#include <optional>

#include "action/killer.h"
#include "daemon/commands.h"
#include "daemon/daemon.h"
#include "daemon/observing.h"
#include "report/web_server.h"

namespace wedged {
namespace {

// Who can read no findings must not act on them either: killing is tried out before it is needed.
std::optional<std::string> why_it_cannot_enforce(const Settings& settings) {
  if (!settings.policy.enforce) return std::nullopt;
  const auto works = Killer::self_test();
  if (works) return std::nullopt;
  return "policy.enforce is true, but signals cannot be sent: " + works.error().message;
}

void announce(const Settings& settings) {
  std::cerr << "wedged " WEDGED_VERSION ": watching, one scan every "
            << std::chrono::duration_cast<std::chrono::milliseconds>(settings.scan_interval).count()
            << " ms; policy: " << settings.policy.rules.size() << " rules, "
            << (settings.policy.enforce ? "enforced" : "not enforced (dry run)") << '\n';
  if (settings.web) std::cerr << "wedged: metrics on http://" << settings.web->text() << "/metrics\n";
}

}  // namespace

ExitCode run_command(const Flags& flags) {
  const auto settings = settings_or_complain(flags);
  if (!settings) return ExitCode::invalid_config;
  auto loop = EventLoop::open(settings->scan_interval);
  if (!loop) return complain(loop.error().message, ExitCode::failed);
  if (const auto why = why_it_cannot_enforce(*settings)) return complain(*why, ExitCode::denied);

  const SystemClock clock;
  Publication publication;
  std::optional<WebServer> web;
  if (settings->web) {
    auto listening = WebServer::listen(settings->web->text(), publication, clock);
    if (!listening) return complain(listening.error().message, ExitCode::address_unavailable);
    web = std::move(*listening);
  }
  auto observer = start_observing(*settings, observing_of(settings->observe));
  if (!observer) return complain(observer.error().message, exit_code_of(observer.error()));

  announce(*settings);
  Daemon daemon({*settings,
                 flags,
                 Lookout(std::move(*observer)),
                 std::move(*loop),
                 {getpid(), own_ancestors()},
                 &clock,
                 &publication});
  const auto ended = daemon.run();
  return ended ? ExitCode::success : complain(ended.error().message, ExitCode::failed);
}

}  // namespace wedged
