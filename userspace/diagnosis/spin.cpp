// SPDX-License-Identifier: Apache-2.0
#include "diagnosis/spin.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

#include "observation/syscall_names.h"

namespace wedged {
namespace {

constexpr double constant_part = 0.9;
constexpr double used_part = 1.0 / spin_productive_part;
constexpr Duration long_enough = std::chrono::seconds(1);  // looked at, to call anything certain

template <std::size_t Count>
bool one_of(int call, const std::array<std::string_view, Count>& names) {
  return std::find(names.begin(), names.end(), syscall_name(call)) != names.end();
}

CallRates rates_of(const LoopFacts& loop, Instant now) {
  const double seconds = std::chrono::duration<double>(now - *loop.spinning_since).count();
  if (seconds <= 0) return {};
  const auto rate = [&](std::uint64_t count) { return static_cast<double>(count) / seconds; };
  return {rate(loop.spinning.ready), rate(loop.spinning.productive), rate(loop.spinning.fruitless)};
}

double part_of(std::uint64_t count, double part) {
  return static_cast<double>(count) * part;
}

// Those whose data is fetched from a ring in shared memory, without any call: perf_event_open(2),
// io_uring(7), bpf(2), packet(7), Documentation/networking/af_xdp.rst, and devices that are mapped.
bool worked_off_in_memory(const ReadyDescriptor& ready) {
  constexpr std::array<std::string_view, 9> files{"anon_inode:[perf_event]",
                                                  "anon_inode:[io_uring]",
                                                  "anon_inode:bpf",
                                                  "/dev/snd/",
                                                  "/dev/dri/",
                                                  "/dev/video",
                                                  "/dev/uio",
                                                  "/dev/vfio",
                                                  "/dev/infiniband/"};
  constexpr std::array<std::string_view, 2> protocols{"family 17", "family 44"};  // AF_PACKET, AF_XDP
  constexpr std::uint32_t gone = event_err | event_hup | event_invalid;
  if ((ready.reported & gone) != 0) return false;
  if (ready.socket)
    return std::find(protocols.begin(), protocols.end(), ready.socket->protocol) != protocols.end();
  return std::any_of(files.begin(), files.end(),
                     [&](std::string_view prefix) { return ready.file.starts_with(prefix); });
}

// An edge-triggered one is returned once for each thing that happens to it: epoll(7).
bool is_idle(const ReadyDescriptor& ready) {
  const bool level_triggered = (ready.asked & event_edge_triggered) == 0;
  return level_triggered && part_of(ready.returned, used_part) > static_cast<double>(ready.used) &&
         !worked_off_in_memory(ready);
}

// Neither here nor elsewhere: whether it was used is not known either.
bool is_unknown(const ReadyDescriptor& ready) {
  return ready.descriptor < 0 && ready.held_by.empty();
}

// A socket of which nobody could say what it is may be one whose data is in shared memory.
bool is_told(const ReadyDescriptor& ready) {
  return ready.socket || !ready.file.starts_with("socket:");
}

// By practically every wait; where a wait returns only some of them, the kernel takes turns.
bool is_constant(const ReadyDescriptor& ready, const LoopWatch& watch) {
  std::uint64_t most = 0;
  for (const auto& other : watch.ready) most = std::max(most, other.returned);
  return static_cast<double>(ready.returned) >= part_of(most, constant_part);
}

// The untouched ones that every wait returned; without any, all that are hardly ever used.
std::vector<ReadyDescriptor> culprits_of(const LoopWatch& watch) {
  std::vector<ReadyDescriptor> untouched;
  std::vector<ReadyDescriptor> idle;
  for (const auto& ready : watch.ready) {
    if (is_unknown(ready) || !is_idle(ready)) continue;
    idle.push_back(ready);
    if (ready.used == 0 && is_constant(ready, watch)) untouched.push_back(ready);
  }
  return untouched.empty() ? idle : untouched;
}

bool returns_unknown(const LoopWatch& watch) {
  return std::any_of(watch.ready.begin(), watch.ready.end(), [&](const ReadyDescriptor& ready) {
    return is_unknown(ready) && is_idle(ready) && is_constant(ready, watch);
  });
}

// It is readable, and whoever reads finds nothing: somebody else was faster. One that is ready for anything
// else is not worked off by a read.
bool is_contested(const ReadyDescriptor& ready, const std::optional<FailingCall>& failing) {
  return failing && merely_polls(*failing) && failing->descriptor == ready.descriptor &&
         ready.reported == event_in;
}

Certainty certainty_of_culprits(const Spin& spin, const LoopWatch& watch) {
  const auto& worst = spin.culprits.front();
  if (is_contested(worst, spin.failing)) return Certainty::possible;
  const bool untouched = worst.used == 0 && is_constant(worst, watch) && is_told(worst);
  return untouched && watch.complete && watch.until - watch.since >= long_enough ? Certainty::certain
                                                                                 : Certainty::likely;
}

// A read of 0 bytes that is no end of a file: an empty datagram, rings in shared memory whose calls only kick
// the kernel.
bool has_no_end(const ReadyDescriptor& ready) {
  if (ready.socket) return ready.socket->protocol != "tcp" && ready.socket->state.empty();
  return worked_off_in_memory(ready);
}

// It returns 0 when it has been hung up, and also to who polls it (VMIN of 0, termios(3)).
bool is_terminal(const ReadyDescriptor& ready) {
  constexpr std::array<std::string_view, 3> names{"/dev/tty", "/dev/pts/", "/dev/hvc"};
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view prefix) { return ready.file.starts_with(prefix); });
}

// Of what is read to its end: nobody knows it, it may just be polled, or that was it.
Certainty certainty_of_end(const std::optional<LoopWatch>& watch) {
  if (!watch || !watch->failing || watch->failing->file.empty()) return Certainty::likely;
  return is_terminal(*watch->failing) ? Certainty::possible : Certainty::certain;
}

Certainty certainty_of(const Spin& spin, const std::optional<LoopWatch>& watch) {
  auto certainty = Certainty::possible;
  if (spin.waits) certainty = spin.culprits.empty() ? Certainty::likely : certainty_of_culprits(spin, *watch);
  if (!spin.failing || merely_polls(*spin.failing)) return certainty;
  if (spin.failing->error == 0 && reads(*spin.failing)) return std::max(certainty, certainty_of_end(watch));
  return std::max(certainty, fails_for_good(*spin.failing) ? Certainty::certain : Certainty::likely);
}

bool is_honest(const FailingCall& failing, const LoopFacts& loop) {
  return failing.error == 0 && loop.watch && loop.watch->failing && has_no_end(*loop.watch->failing);
}

bool shares(const ReadyDescriptor& one, const ReadyDescriptor& other) {
  return one.descriptor == other.descriptor && (one.descriptor >= 0 || one.data == other.data);
}

}  // namespace

bool reads(const FailingCall& failing) {
  constexpr std::array<std::string_view, 8> names{"read",    "readv",    "pread64", "preadv",
                                                  "preadv2", "recvfrom", "recvmsg", "recvmmsg"};
  return one_of(failing.number, names);
}

bool accepts(const FailingCall& failing) {
  constexpr std::array<std::string_view, 2> names{"accept", "accept4"};
  return one_of(failing.number, names);
}

bool merely_polls(const FailingCall& failing) {
  return failing.error == EAGAIN || failing.error == EWOULDBLOCK;
}

bool fails_for_good(const FailingCall& failing) {
  switch (failing.error) {
    case EMFILE:
    case ENFILE: return accepts(failing) && failing.descriptor >= 0;
    case EBADF: return true;
    case ECONNRESET:
    case EPIPE:
    case ENOTCONN:
    case ENOTSOCK:
    case EINVAL: return failing.descriptor >= 0;
    default: return false;
  }
}

std::optional<Spin> spin_of(const Change& change, Instant now) {
  const auto& task = change.task;
  const bool over = task.exiting || task.state == RunState::dead || task.kernel_thread;
  if (over || !change.same_spin || !change.spinning) return std::nullopt;
  const auto& loop = *task.loop;
  Spin spin;
  spin.change = &change;
  spin.rates = rates_of(loop, now);
  spin.waits = spin.rates.ready > static_cast<double>(spin_rate);
  if (spin.rates.fruitless > static_cast<double>(spin_rate)) spin.failing = loop.failing;
  if (spin.failing && is_honest(*spin.failing, loop)) spin.failing.reset();
  if (spin.waits && loop.watch && !loop.watch->ready.empty()) {
    spin.culprits = culprits_of(*loop.watch);
    spin.waits = !spin.culprits.empty() || returns_unknown(*loop.watch);
    // Who is too late for what others work off, now and then, does not poll.
    if (!spin.waits && spin.failing && merely_polls(*spin.failing)) spin.failing.reset();
  }
  if (!spin.waits && !spin.failing) return std::nullopt;
  spin.certainty = certainty_of(spin, loop.watch);
  return spin;
}

bool same_root(const Spin& one, const Spin& other) {
  const auto& task = one.change->task;
  const auto& second = other.change->task;
  if (task.process != second.process) return false;
  const auto& watch = task.loop->watch;
  const auto& second_watch = second.loop->watch;
  const bool one_epoll = one.waits && other.waits && watch && second_watch && watch->epoll >= 0 &&
                         watch->epoll == second_watch->epoll;
  const bool one_failing = one.failing && one.failing == other.failing;
  return one_epoll || one_failing ||
         std::any_of(one.culprits.begin(), one.culprits.end(), [&](const ReadyDescriptor& culprit) {
           return std::any_of(other.culprits.begin(), other.culprits.end(),
                              [&](const ReadyDescriptor& its) { return shares(culprit, its); });
         });
}

}  // namespace wedged
