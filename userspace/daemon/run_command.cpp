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
#include "daemon/web_security.h"
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

void announce(const Settings& settings, bool tls) {
  std::cerr << "wedged " WEDGED_VERSION ": watching, one scan every "
            << std::chrono::duration_cast<std::chrono::milliseconds>(settings.scan_interval).count()
            << " ms; policy: " << settings.policy.rules.size()
            << (settings.policy.rules.size() == 1 ? " rule, " : " rules, ")
            << (settings.policy.enforce ? "enforced" : "not enforced (dry run)") << '\n';
  if (!settings.web) return;
  const std::string scheme = tls ? "https" : "http";
  std::cerr << "wedged: status page on " << scheme << place_of(*settings.web, "/").text().substr(4) << "/\n"
            << "wedged: metrics on " << scheme << "://" << settings.web->text() << settings.telemetry_path
            << '\n';
}

// What it will not see: nobody else says so before somebody misses it.
void tell_of_missing(const Lookout& lookout) {
  for (const AttachedProgram& program : lookout.observer().probes().programs()) {
    if (!program.attached && program.wanted)
      std::cerr << "wedged: BPF program " + program.name + " is not attached: " + program.reason + '\n';
  }
  if (const auto why = lookout.deaf())
    std::cerr << "wedged: the kernel's log is not heard, findings lack its reports: " << why->message << '\n';
}

// What protects the web server; nothing if that was asked for and cannot be had.
std::optional<LoadedWebFile> protection_of(const Settings& settings) {
  if (!settings.web || settings.web_config_file.empty()) return LoadedWebFile{};
  LoadedWebFile loaded = load_web_file(settings.web_config_file);
  for (const auto& problem : loaded.problems) std::cerr << problem.text() << '\n';
  if (!loaded.problems.empty()) return std::nullopt;
  return loaded;
}

WebOptions web_options(const Settings& settings, const LoadedWebFile& protection, const Clock& clock) {
  WebOptions options;
  options.address = settings.web->text();
  options.telemetry_path = settings.telemetry_path;
  if (protection.security == nullptr) return options;
  const auto keeper = std::make_shared<WebSecurityKeeper>(settings.web_config_file, protection, clock);
  options.security = [keeper] { return keeper->now(); };
  return options;
}

}  // namespace

ExitCode run_command(const Flags& flags) {
  const auto settings = settings_or_complain(flags);
  if (!settings) return ExitCode::invalid_config;
  auto loop = EventLoop::open(settings->scan_interval);
  if (!loop) return complain(loop.error().message, ExitCode::failed);
  if (const auto why = why_it_cannot_enforce(*settings)) return complain(*why, ExitCode::denied);

  const auto protection = protection_of(*settings);
  if (!protection) return ExitCode::invalid_config;

  const SystemClock clock;
  Publication publication;
  std::optional<WebServer> web;
  if (settings->web) {
    auto listening = WebServer::listen(web_options(*settings, *protection, clock), publication, clock);
    if (!listening) return complain(listening.error().message, ExitCode::address_unavailable);
    web = std::move(*listening);
  }
  auto observer = start_observing(*settings, observing_of(settings->observe));
  if (!observer) return complain(observer.error().message, exit_code_of(observer.error()));

  announce(*settings, protection->security && protection->security->tls);
  Lookout lookout(std::move(*observer));
  tell_of_missing(lookout);
  Daemon daemon({*settings, flags, std::move(lookout), std::move(*loop),
                 [&clock](Lookout& its_lookout) { return enforcer_for(its_lookout, clock); }, &clock,
                 &publication});
  const auto ended = daemon.run();
  return ended ? ExitCode::success : complain(ended.error().message, ExitCode::failed);
}

}  // namespace wedged
