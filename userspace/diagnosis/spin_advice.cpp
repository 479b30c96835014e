// SPDX-License-Identifier: Apache-2.0
// Sources: epoll(7) (questions 6 and 9, edge and level), epoll_ctl(2), poll(2), accept(2), getrlimit(2),
// systemd.exec(5), timerfd_create(2), eventfd(2), signalfd(2), inotify(7), pidfd_open(2).
#include "diagnosis/spin_advice.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

#include "diagnosis/event_names.h"
#include "diagnosis/loop_text.h"
#include "diagnosis/peer_text.h"

namespace wedged {
namespace {

constexpr std::uint32_t reported_unasked = event_err | event_hup;

using FileAdvice = std::pair<std::string_view, const char*>;
constexpr std::array<FileAdvice, 6> advice_by_file{
    {{"[timerfd]", "Read the timer (8 bytes) each time it has fired: until then it stays ready."},
     {"[eventfd]", "Read the eventfd (8 bytes) each time: until its counter is 0 it stays ready."},
     {"[signalfd]", "Read the signalfd until EAGAIN: it stays ready while one of its signals is pending."},
     {"inotify", "Read the events of inotify each time: it stays ready while one is queued."},
     {"fanotify", "Read the events of fanotify each time: it stays ready while one is queued."},
     {"[pidfd]",
      "Reap the child (waitid with P_PIDFD) and close the pidfd: once its process has ended it stays "
      "ready."}}};

bool is_listener(const ReadyDescriptor& ready) {
  return ready.socket && ready.socket->state == "LISTEN";
}

// The sender is done: what is left to read is 0.
bool is_at_end(const ReadyDescriptor& ready) {
  const bool closed_by_peer = ready.socket && ready.socket->state == "CLOSE_WAIT";
  const bool no_writer = ready.other_end && ready.other_end->closed;
  return (ready.reported & event_rdhup) != 0 || closed_by_peer || no_writer;
}

std::string unasked(const ReadyDescriptor& ready, bool epoll) {
  const auto events = describe_events(ready.reported & reported_unasked & ~ready.asked, epoll);
  return "Take " + events +
         " as readable and writable: the kernel reports it whether asked for or not. Then a read or write "
         "returns the error, or 0, and the descriptor can be closed.";
}

std::string of_readiness(const ReadyDescriptor& ready, bool epoll) {
  const auto name = [&](std::uint32_t event) { return describe_events(event, epoll); };
  if ((ready.reported & event_invalid) != 0)
    return "Take the descriptor out of the set: " + name(event_invalid) + " says that it is not open.";
  if ((ready.reported & reported_unasked & ~ready.asked) != 0) return unasked(ready, epoll);
  for (const auto& [part, advice] : advice_by_file) {
    if (ready.file.find(part) != std::string::npos) return advice;
  }
  if (ready.reported == event_out)
    return "Ask for " + name(event_out) +
           " only while data is queued for the descriptor: with room in its buffer it is always writable.";
  if (is_listener(ready))
    return "Accept what waits at the listening socket, or stop asking for " + name(event_in) +
           " while no connection can be taken.";
  if (is_at_end(ready))
    return "The other end has closed: read until read returns 0, then close the descriptor or remove it.";
  return "Read or write what the descriptor is ready for, or stop asking for " + name(ready.reported) + ".";
}

std::string of_closed_one(const ReadyDescriptor& ready, const ProcessId& process) {
  return "Call epoll_ctl with EPOLL_CTL_DEL before close: " +
         names_of(ready.held_by, ready.held_by.size(), process) +
         " has a duplicate of the descriptor, and epoll reports the file until the last one is closed. Open "
         "with O_CLOEXEC what a child does not need.";
}

void add_for_descriptor_limit(const FailingCall& failing, std::vector<std::string>& advice) {
  if (failing.error == EMFILE)
    advice.emplace_back(
        "Raise the limit of open descriptors (RLIMIT_NOFILE; `LimitNOFILE=` of the unit), and look "
        "with `lsof -p PID` for descriptors that are never closed.");
  else
    advice.emplace_back(
        "Raise the host's limit of open files (`sysctl fs.file-max`), and look who has so many of them.");
  advice.emplace_back(
      "Keep a spare descriptor: when accept fails so, close it, accept, close the connection and open the "
      "spare again; or stop asking for the listening socket until a descriptor is free.");
}

void add_for_failing(const FailingCall& failing, std::vector<std::string>& advice) {
  switch (failing.error) {
    case EMFILE:
    case ENFILE:
      if (accepts(failing)) return add_for_descriptor_limit(failing, advice);
      break;
    case 0:
      if (!reads(failing)) break;
      advice.emplace_back(
          "End of file: a read that returns 0 will do so for ever. Close the descriptor, or remove it from "
          "what is waited for.");
      return;
    case EBADF:
      advice.emplace_back(
          "The descriptor is not open: somebody closed it, or its number was never set. Take it out where "
          "it is closed.");
      return;
    case EAGAIN:
      advice.emplace_back(
          "Wait for the descriptor with poll or epoll and a timeout in place of asking over and over. If it "
          "polls on purpose, nothing is wrong.");
      return;
    default: break;
  }
  advice.push_back(
      "Look at the error of " + describe_failing_call(failing) +
      " in the program: it tries again at once and will get the same answer. Close the descriptor "
      "on such an error.");
}

void add_once(std::string line, std::vector<std::string>& advice) {
  if (std::find(advice.begin(), advice.end(), line) == advice.end()) advice.push_back(std::move(line));
}

}  // namespace

std::vector<std::string> spin_advice(const Spin& spin) {
  constexpr std::size_t kinds = 4;
  const auto* watch = watch_of(spin.change->task);
  std::vector<std::string> advice;
  if (spin.failing) add_for_failing(*spin.failing, advice);
  for (const auto& culprit : spin.culprits) {
    if (advice.size() >= kinds) break;
    const bool told = spin.failing && spin.failing->descriptor == culprit.descriptor;
    if (culprit.descriptor < 0)
      add_once(of_closed_one(culprit, spin.change->task.process), advice);
    else if (!told)
      add_once(of_readiness(culprit, watch != nullptr && is_epoll(*watch)), advice);
  }
  return advice;
}

}  // namespace wedged
