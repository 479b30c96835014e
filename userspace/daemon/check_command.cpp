// SPDX-License-Identifier: Apache-2.0
// `wedged check`: one line and an exit code of the plug-in convention. Asks the daemon; looks by itself if
// none listens, or it lets only others in. Whatever happens it ends within its time: who asks is often
// somebody who kills.
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>
#include <iostream>
#include <string>
#include <variant>

#include "config/config_file.h"
#include "daemon/ask_daemon.h"
#include "daemon/commands.h"
#include "daemon/look_now.h"
#include "kernel/members.h"
#include "kernel/procfs.h"
#include "report/check_text.h"

namespace wedged {
namespace {

// What is said when the time is over. Made before, since a signal handler may do next to nothing.
struct LastWords {
  std::array<char, 512> text{};
  std::size_t size = 0;
};
LastWords last_words;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables): the handler's

void say_last_words(int /*signal*/) {
  const ssize_t written = write(STDOUT_FILENO, last_words.text.data(), last_words.size);
  _exit(written < 0 ? 3 : static_cast<int>(CheckStatus::unknown));
}

void limit_time(Duration at_most, const std::string& words) {
  last_words.size = std::min(words.size(), last_words.text.size());
  std::memcpy(last_words.text.data(), words.data(), last_words.size);
  struct sigaction action {};
  action.sa_handler = say_last_words;
  sigaction(SIGALRM, &action, nullptr);
  const auto us = std::chrono::ceil<std::chrono::microseconds>(at_most).count();
  constexpr std::int64_t second = 1'000'000;
  const itimerval once{{}, {us / second, us % second}};
  setitimer(ITIMER_REAL, &once, nullptr);
}

void limit_no_longer() {
  const itimerval never{};
  setitimer(ITIMER_REAL, &never, nullptr);
}

// As the kernel writes paths: absolute in the hierarchy, without a slash at the end.
std::string plain_path(std::string path) {
  if (path.front() != '/') path.insert(path.begin(), '/');
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

CheckSelection selection_of(const CheckFlags& flags) {
  CheckSelection selection{flags.units, flags.pids, {}, flags.containers, flags.pods};
  for (const auto& cgroup : flags.cgroups) selection.cgroups.push_back(plain_path(cgroup));
  return selection;
}

// On this host it can be seen whether what is asked about exists; a check of what does not would be fine for
// ever.
Status look_up(CheckSelection& selection, const CheckFlags& flags) {
  if (!selection.pids.empty() && !in_host_pid_namespace())
    return Error{ErrorKind::unsupported,
                 "process ids mean something else in this PID namespace; use --unit, "
                 "--cgroup or --container"};
  for (const int pid : selection.pids) {
    if (auto exists = check_process(pid); !exists)
      return exists.error().kind == ErrorKind::gone
                 ? Error{ErrorKind::gone, "no such process " + std::to_string(pid)}
                 : exists.error();
  }
  selection.cgroups.clear();
  for (const auto& cgroup : flags.cgroups) {
    const auto place = find_cgroup(cgroup);
    if (!place) return place.error();
    selection.cgroups.push_back(place->path.empty() ? "/" : place->path);
  }
  return Nothing{};
}

struct Answer {
  CheckVerdict verdict;
  CheckOrigin origin{};
};

// One line, as monitoring systems show it: what libbpf adds below it, `wedged probe` and `wedged list` tell.
Answer trouble(const std::string& what, const CheckOrigin& origin = {}) {
  return {cannot_tell(what.substr(0, what.find('\n'))), origin};
}

Answer look(const Settings& settings, const CheckSelection& selection, const CheckFlags& flags,
            const std::string& why) {
  const auto seen = look_now(settings);
  if (!seen) return trouble((why.empty() ? "" : why + "; ") + seen.error().message, {CheckSource::own_look});
  const std::string fact = why.substr(0, why.find("; "));
  return {judge(selection, levels_of(flags), checked(seen->findings)),
          {CheckSource::own_look, fact.starts_with("nobody listens") ? "no daemon" : fact}};
}

KnownPlaces places_on_this_host(const CheckSelection& selection) {
  KnownPlaces known;
  for (const int pid : selection.pids) {
    if (const auto member = member_of(pid)) known.cgroup_of[pid] = member->cgroup;
  }
  known.complete = true;
  if (selection.has_places()) known.cgroups = all_cgroups();
  return known;
}

Answer ask_at_url(const CheckSelection& selection, const CheckFlags& flags, const Deadline& deadline) {
  const auto nothing_known = [](const CheckSelection&) { return KnownPlaces{}; };
  const auto access = access_by_url(flags, findings_page_path, deadline);
  if (!access) return trouble(access.error().message);
  const auto asked = ask_daemon(*access, selection, levels_of(flags), nothing_known, deadline);
  const auto* verdict = std::get_if<CheckVerdict>(&asked);
  return verdict != nullptr ? Answer{*verdict} : trouble(std::get<NotAsked>(asked).why);
}

Asked ask_own(const Settings& settings, const CheckSelection& selection, const CheckFlags& flags,
              const Deadline& deadline) {
  if (!settings.web) return NotAsked{"the configuration has no web server"};
  const auto access =
      access_to_own(flags.access, *settings.web, settings.web_config_file, findings_page_path, deadline);
  if (!access) return NotAsked{access.error().message, false};
  return ask_daemon(*access, selection, levels_of(flags), places_on_this_host, deadline);
}

Answer ask_here(const Flags& all, CheckSelection& selection, const Deadline& deadline) {
  const CheckFlags& flags = all.check;
  const auto loaded = load_settings(all);
  const auto* settings = std::get_if<Settings>(&loaded);
  if (settings == nullptr) return trouble(std::get<ConfigProblems>(loaded).front().text());
  if (auto found = look_up(selection, flags); !found) return trouble(found.error().message);
  if (flags.local) return look(*settings, selection, flags, {});
  const auto asked = ask_own(*settings, selection, flags, deadline);
  if (const auto* verdict = std::get_if<CheckVerdict>(&asked)) return {*verdict};
  const auto& [why, may_look] = std::get<NotAsked>(asked);
  return may_look && !flags.no_local ? look(*settings, selection, flags, why) : trouble(why);
}

// An exit code of 1 for what nobody expected would be a WARNING.
Answer answer_to(const Flags& flags, CheckSelection& selection, const Deadline& deadline) {
  try {
    return flags.check.url ? ask_at_url(selection, flags.check, deadline)
                           : ask_here(flags, selection, deadline);
  } catch (const std::exception& error) {
    return trouble(error.what());
  }
}

std::string rendered(const Answer& answer, const CheckSelection& selection, bool json) {
  return json ? check_json(answer.verdict, selection, answer.origin)
              : check_line(answer.verdict, selection, answer.origin);
}

}  // namespace

CheckStatus check_command(const Flags& flags) {
  constexpr Duration for_better_words = std::chrono::milliseconds(100);
  CheckSelection selection = selection_of(flags.check);
  const auto late = trouble("no verdict within the time given");
  limit_time(flags.check.timeout + for_better_words, rendered(late, selection, flags.json));
  signal(SIGPIPE, SIG_IGN);  // TLS writes into connections that may be gone
  const Answer answer = answer_to(flags, selection, Deadline(flags.check.timeout));
  limit_no_longer();
  std::cout << rendered(answer, selection, flags.json) << std::flush;
  return answer.verdict.status;
}

}  // namespace wedged
