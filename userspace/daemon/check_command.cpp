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
#include "daemon/commands.h"
#include "daemon/http_client.h"
#include "daemon/look_now.h"
#include "kernel/procfs.h"
#include "report/check_reader.h"
#include "report/check_text.h"

namespace wedged {
namespace {

constexpr const char* findings_path = "/api/v1/findings";

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
  CheckSource source = CheckSource::daemon;
};

Answer trouble(const std::string& what, CheckSource source = CheckSource::daemon) {
  return {cannot_tell(what), source};
}

CheckLevels levels_of(const CheckFlags& flags) {
  return {flags.warning, flags.critical, flags.lasting};
}

// What a server says of itself that lets in only who has a password, or only TLS; nothing if it is another.
std::string barrier_of(const HttpPlace& place, const HttpReply& reply) {
  constexpr int unauthorized = 401;
  const std::string who = "the daemon at " + place.text();
  if (reply.status == unauthorized && place.credentials.empty())
    return who + " wants a password; with --url http://USER:PASSWORD@HOST:PORT it is told";
  if (reply.status == unauthorized) return who + " does not accept this user and password";
  if (reply.body.find("HTTP request to an HTTPS server") != std::string::npos)
    return who + " speaks TLS, which this command does not";
  return {};
}

// A verdict, or why none is to be had there.
using Asked = std::variant<CheckVerdict, std::string>;

Asked ask(const HttpPlace& place, const CheckSelection& selection, const CheckFlags& flags) {
  const auto reply = http_get(place, flags.timeout);
  if (!reply && reply.error().kind == ErrorKind::gone) return "nobody listens at " + place.text();
  const std::string who = "the daemon at " + place.text();
  if (!reply) return cannot_tell(who + ": " + reply.error().message);
  if (std::string barrier = barrier_of(place, *reply); !barrier.empty()) return barrier;
  constexpr int not_yet = 503;
  if (reply->status != 200 && reply->status != not_yet)
    return cannot_tell(who + " answers " + std::to_string(reply->status) + "; is it a wedged?");
  const auto findings = read_findings_page(reply->body);
  if (!findings) return cannot_tell(who + " answers something else: " + findings.error().message);
  return judge(selection, levels_of(flags), *findings);
}

Answer look(const Settings& settings, const CheckSelection& selection, const CheckFlags& flags,
            const std::string& why) {
  const auto seen = look_now(settings);
  if (!seen) return trouble(why + seen.error().message, CheckSource::own_look);
  return {judge(selection, levels_of(flags), checked(seen->findings)), CheckSource::own_look};
}

Answer ask_at_url(const CheckSelection& selection, const CheckFlags& flags) {
  const auto place = parse_http_url(*flags.url, findings_path);
  if (!place) return trouble("--url: " + place.error().message);
  const auto asked = ask(*place, selection, flags);
  const auto* verdict = std::get_if<CheckVerdict>(&asked);
  return verdict != nullptr ? Answer{*verdict} : trouble(std::get<std::string>(asked));
}

Answer ask_here(const Flags& all, CheckSelection& selection) {
  const CheckFlags& flags = all.check;
  const auto loaded = load_settings(all);
  const auto* settings = std::get_if<Settings>(&loaded);
  if (settings == nullptr) return trouble(std::get<ConfigProblems>(loaded).front().text());
  if (auto found = look_up(selection, flags); !found) return trouble(found.error().message);
  std::string why;
  if (!flags.local && settings->web) {
    const auto place = place_of(*settings->web, findings_path);
    const auto asked = ask(place, selection, flags);
    if (const auto* verdict = std::get_if<CheckVerdict>(&asked)) return {*verdict};
    why = std::get<std::string>(asked);
  } else if (!flags.local) {
    why = "the configuration has no web server";
  }
  if (flags.no_local) return trouble(why);
  return look(*settings, selection, flags, why.empty() ? why : why + "; ");
}

// An exit code of 1 for what nobody expected would be a WARNING.
Answer answer_to(const Flags& flags, CheckSelection& selection) {
  try {
    return flags.check.url ? ask_at_url(selection, flags.check) : ask_here(flags, selection);
  } catch (const std::exception& error) {
    return trouble(error.what());
  }
}

std::string rendered(const Answer& answer, const CheckSelection& selection, bool json) {
  return json ? check_json(answer.verdict, selection, answer.source)
              : check_line(answer.verdict, selection, answer.source);
}

}  // namespace

CheckStatus check_command(const Flags& flags) {
  constexpr Duration for_better_words = std::chrono::milliseconds(100);
  CheckSelection selection = selection_of(flags.check);
  const auto late = trouble("no verdict within the time given");
  limit_time(flags.check.timeout + for_better_words, rendered(late, selection, flags.json));
  const Answer answer = answer_to(flags, selection);
  limit_no_longer();
  std::cout << rendered(answer, selection, flags.json) << std::flush;
  return answer.verdict.status;
}

}  // namespace wedged
