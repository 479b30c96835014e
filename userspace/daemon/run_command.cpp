// SPDX-License-Identifier: Apache-2.0
// `wedged run`: everything that can fail at the start fails here, before the first scan; never a half-started
// daemon.
#include <unistd.h>

#include <iostream>
#include <memory>
#include <optional>

#include "action/host_executor.h"
#include "daemon/commands.h"
#include "daemon/daemon.h"
#include "daemon/http_url.h"
#include "daemon/observing.h"
#include "kernel/members.h"
#include "kernel/procfs.h"
#include "report/events_json.h"
#include "web/web_server.h"

namespace wedged {
namespace {

// Who can read no findings must not act on them either: killing is tried out before it is needed.
std::optional<std::string> why_it_cannot_enforce(const Settings& settings) {
  if (!settings.policy.enforce) return std::nullopt;
  const auto works = Killer::self_test();
  if (works) return std::nullopt;
  return "policy.enforce is true, but signals cannot be sent: " + works.error().message;
}

// As the kernel counts processes: the monitor runs in the host's PID namespace.
Surroundings surroundings_here() {
  return {getpid(), own_ancestors(), true};
}

HostMembers members_here() {
  return {[](int group) { return members_of_group(group); },
          [](const std::string& cgroup) { return members_of_cgroup(cgroup); },
          [](int tgid) { return member_of(tgid); }};
}

std::string rendered(const Decision& decision, const Clock& clock) {
  return json::decision(decision, clock.now());
}

Enforcer enforcer_for(Lookout& lookout, const Clock& clock) {
  HostParts parts;
  parts.sample_again = [&lookout](const TaskId& id) { return lookout.observer().sample_again(id); };
  parts.members = members_here();
  parts.cgroup_folder = [](const std::string& cgroup) { return cgroup_folder(cgroup); };
  parts.surroundings = surroundings_here();
  parts.render = [&clock](const Decision& decision) { return rendered(decision, clock); };
  parts.own_executable = own_executable_path();
  parts.sysrq_trigger = sysrq_trigger_path();
  const auto boot = boot_id();
  return {std::make_unique<HostExecutor>(std::move(parts)), LedgerKeeper{boot ? *boot : std::string{}},
          surroundings_here()};
}

void announce(const Settings& settings) {
  std::cerr << "wedged " WEDGED_VERSION ": watching, one scan every "
            << std::chrono::duration_cast<std::chrono::milliseconds>(settings.scan_interval).count()
            << " ms; policy: " << settings.policy.rules.size()
            << (settings.policy.rules.size() == 1 ? " rule, " : " rules, ")
            << (settings.policy.enforce ? "enforced" : "not enforced (dry run)") << '\n';
  if (!settings.web) return;
  std::cerr << "wedged: status page on " << place_of(*settings.web, "/").text() << "/\n"
            << "wedged: metrics on http://" << settings.web->text() << "/metrics\n";
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
  Lookout lookout(std::move(*observer));
  if (const auto why = lookout.deaf())
    std::cerr << "wedged: the kernel's log is not heard, findings lack its reports: " << why->message << '\n';
  Daemon daemon({*settings, flags, std::move(lookout), std::move(*loop),
                 [&clock](Lookout& its_lookout) { return enforcer_for(its_lookout, clock); }, &clock,
                 &publication});
  const auto ended = daemon.run();
  return ended ? ExitCode::success : complain(ended.error().message, ExitCode::failed);
}

}  // namespace wedged
