// SPDX-License-Identifier: Apache-2.0
#include "config/check_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "config/duration.h"
#include "config/problems.h"
#include "config/why_arguments.h"

namespace wedged {
namespace {

constexpr DurationRange lasting_range{Duration{}, std::chrono::hours(7 * 24)};
constexpr DurationRange timeout_range{std::chrono::milliseconds(100), std::chrono::hours(1)};

using Text = const std::string&;

CLI::Option& several(CLI::Option* option, const char* type) {
  option->type_name(type)->expected(1)->allow_extra_args(false)->multi_option_policy(
      CLI::MultiOptionPolicy::TakeAll);
  return *option;
}

template <typename T>
T value_or_complain(const Result<T>& result, const std::string& flag, Text text) {
  if (!result) throw CLI::ValidationError(flag, result.error().message + ", not " + quote(text));
  return *result;
}

std::string fault_of_name(const std::string& text) {
  return text.empty() ? "must not be empty" : "";
}

std::string as_in_kubernetes(std::string uid) {
  std::replace(uid.begin(), uid.end(), '_', '-');  // as in names of slices
  return uid;
}

void add_selection(CLI::App& command, CheckFlags& flags) {
  several(command.add_option("--unit", flags.units, "A systemd unit, such as postgresql or 'app@*.service'"),
          "NAME|GLOB")
      .check(fault_of_name);
  several(command.add_option("--pid", flags.pids, "A process"), "PID").check(fault_of_pid);
  several(command.add_option("--cgroup", flags.cgroups, "A cgroup and those below, such as system.slice"),
          "PATH")
      .check(fault_of_name);
  const auto containers = [&flags](const std::vector<std::string>& texts) {
    for (Text text : texts)
      flags.containers.push_back(value_or_complain(parse_container_pattern(text), "--container", text));
  };
  several(command.add_option_function<std::vector<std::string>>(
              "--container", containers, "A container by its id, or the first 12 or more digits of it"),
          "[RUNTIME:]ID");
  const auto pods = [&flags](const std::vector<std::string>& texts) {
    for (Text text : texts) flags.pods.push_back(as_in_kubernetes(text));
  };
  several(command.add_option_function<std::vector<std::string>>("--pod", pods, "A Kubernetes pod by its uid"),
          "UID")
      .check(fault_of_name);
}

void add_certainty(CLI::App& command, const std::string& flag, Certainty& certainty,
                   const std::string& what) {
  const auto read = [flag, &certainty](Text text) {
    const auto named = certainty_named(text);
    if (!named) throw CLI::ValidationError(flag, "must be possible, likely or certain, not " + quote(text));
    certainty = *named;
  };
  command.add_option_function<std::string>(flag, read, what)->type_name("possible|likely|certain");
}

void add_duration(CLI::App& command, const std::string& flag, Duration& duration, const DurationRange& range,
                  const std::string& what) {
  const auto read = [flag, &duration, range](Text text) {
    const auto parsed = parse_duration(text, range);
    if (!parsed) throw CLI::ValidationError(flag, parsed.error().message);
    duration = *parsed;
  };
  command.add_option_function<std::string>(flag, read, what)->type_name("DURATION");
}

std::string fault_of_user(const std::string& name) {
  const bool fine = !name.empty() && name.find(':') == std::string::npos;
  return fine ? "" : "must be a name without a colon, not " + quote(name);
}

CLI::Option& add_file(CLI::App& command, const std::string& flag, std::string& file,
                      const std::string& what) {
  return *command.add_option(flag, file, what)->type_name("FILE")->check([](const std::string& path) {
    return std::string{path.empty() ? "must name a file" : ""};
  });
}

// Each of them needs the other one.
void pair_up(CLI::Option& one, CLI::Option& other) {
  one.needs(&other);
  other.needs(&one);
}

// Passwords come from files alone: a command line can be read by every user of the host.
void add_access(CLI::App& command, CheckAccess& access) {
  auto& user = *command.add_option("--user", access.user, "Who asks, where the daemon wants a password")
                    ->type_name("NAME")
                    ->check(fault_of_user);
  auto& password = add_file(command, "--password-file", access.password_file, "The password, in one line");
  auto& authority = add_file(command, "--ca-file", access.ca_file,
                             "TLS: whose signatures count, in PEM; else those that the system trusts");
  auto& name = *command
                    .add_option("--server-name", access.server_name,
                                "TLS: the name in its certificate, if it is not the host's")
                    ->type_name("NAME")
                    ->check(fault_of_name);
  auto& certificate = add_file(command, "--cert-file", access.cert_file, "TLS: the certificate of who asks");
  auto& key = add_file(command, "--key-file", access.key_file, "TLS: its key, in PEM");
  pair_up(user, password);
  pair_up(certificate, key);
  // Whoever answers would be told the password.
  command
      .add_flag("--insecure", access.insecure,
                "TLS: believe whatever certificate it shows; without a password")
      ->excludes(&authority)
      ->excludes(&name)
      ->excludes(&password);
}

}  // namespace

void add_check_options(CLI::App& command, CheckFlags& flags) {
  add_selection(command, flags);
  add_certainty(command, "--warning-certainty", flags.warning, "WARNING from there on; possible by default");
  add_certainty(command, "--critical-certainty", flags.critical, "CRITICAL from there on; likely by default");
  add_duration(command, "--lasting", flags.lasting, lasting_range, "Younger findings do not count: 30s, 5m");
  add_duration(command, "--timeout", flags.timeout, timeout_range,
               "UNKNOWN if it takes longer; 5s by default");
  auto* local = command.add_flag("--local", flags.local, "Look now, do not ask the daemon");
  command.add_flag("--no-local", flags.no_local, "Ask the daemon or nobody; UNKNOWN if none answers")
      ->excludes(local);
  command.add_option("--url", flags.url, "The daemon to ask, also of another host: http[s]://HOST:PORT")
      ->type_name("URL")
      ->check(fault_of_name)
      ->excludes(local);
  add_access(command, flags.access);
}

}  // namespace wedged
