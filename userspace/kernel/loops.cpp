// SPDX-License-Identifier: Apache-2.0
#include "kernel/loops.h"

#include <algorithm>

#include "kernel/decode.h"
#include "kernel/peers.h"

namespace wedged {
namespace {

constexpr std::size_t told_at_most = 8;  // descriptors of a loop
constexpr unsigned some_scans = 3;
constexpr unsigned sure_passes = 2;  // that each loop gets, however long those before it took

bool is_open_here(const Registration& registration, const LoopThread& thread) {
  return registration.process == thread.process;
}

ReadyDescriptor described(const ReturnKey& key, const LoopReturn& returned,
                          const std::vector<Registration>& registrations, const LoopThread& thread,
                          const LoopNotes& notes) {
  ReadyDescriptor ready;
  ready.returned = returned.count;
  ready.asked = returned.asked;
  ready.reported = returned.reported;
  if (key.epoll == 0) ready.descriptor = static_cast<int>(key.data);
  if (key.epoll != 0) ready.data = key.data;
  for (const auto& registration : registrations) {
    if (registration.key != key) continue;
    if (key.epoll != 0) ready.asked = registration.asked;
    ready.file = registration.file;
    if (!is_open_here(registration, thread)) {
      ready.held_by.push_back({registration.process, registration.comm, registration.descriptor});
      continue;
    }
    if (ready.descriptor < 0) ready.descriptor = registration.descriptor;
    const auto used = notes.uses.find({thread.process.tgid, registration.descriptor});
    if (used != notes.uses.end()) ready.used += used->second;
  }
  if (ready.descriptor >= 0) ready.held_by.clear();
  return ready;
}

// Whose end of a pipe it is: who writes to it hears of readers that are gone.
Direction direction_of(const ReadyDescriptor& ready) {
  const auto all = ready.asked | ready.reported;
  return (all & event_in) == 0 && (all & (event_out | event_err)) != 0 ? Direction::writes : Direction::reads;
}

}  // namespace

LoopWatch watch_of(const LoopNotes& notes, const std::vector<Registration>& registrations,
                   const LoopThread& thread, Instant since) {
  LoopWatch watch;
  watch.since = since;
  watch.complete = !notes.uses_missed;
  const auto sample = notes.samples.find(thread.tid);
  if (sample == notes.samples.end()) return watch;
  watch.wait_call = sample->second.wait_call;
  if (const auto epoll = notes.epolls.find(sample->second.epoll); epoll != notes.epolls.end()) {
    watch.epoll = epoll->second.descriptor;
    watch.registered = epoll->second.registered;
    watch.ready_now = epoll->second.ready;
  }
  for (const auto& [key, returned] : notes.returns) {
    if (key.tgid != thread.process.tgid || key.epoll != sample->second.epoll || returned.count == 0) continue;
    watch.ready.push_back(described(key, returned, registrations, thread, notes));
  }
  std::stable_sort(watch.ready.begin(), watch.ready.end(),
                   [](const auto& a, const auto& b) { return a.returned > b.returned; });
  if (watch.ready.size() > told_at_most) watch.ready.resize(told_at_most);
  return watch;
}

void Loops::complete(Probes& probes, std::vector<Task>& tasks, Instant now) {
  auto& probe = probes.loops();
  if (!probe.available()) return;
  Spinning spinning;
  for (auto& task : tasks) {
    if (task.loop && task.loop->spinning_since) spinning[task.process].push_back(&task);
  }
  end_others(probe, spinning);
  if (spinning.empty()) return;
  read(probes, spinning, now);
  for (const auto& [process, its_tasks] : spinning) {
    attend(probe, process, its_tasks, now);
    const auto watched = watched_.find(process);
    if (watched == watched_.end()) continue;
    for (auto* task : its_tasks) tell(watched->second, *task);
  }
}

void Loops::end_others(LoopProbe& probe, const Spinning& spinning) {
  for (auto at = watched_.begin(); at != watched_.end();) {
    if (spinning.count(at->first) != 0) {
      ++at;
      continue;
    }
    probe.end(at->first);
    at = watched_.erase(at);
  }
}

// Those that it does not watch yet.
void Loops::begin(LoopProbe& probe, const ProcessId& process, Watched& watched,
                  const std::vector<Task*>& tasks) {
  std::size_t in_all = 0;
  for (const auto& other : watched_) in_all += other.second.resting ? 0 : other.second.threads.size();
  std::vector<LoopThread> threads;
  for (const auto* task : tasks) {
    if (in_all < LoopProbe::most_threads && watched.threads.insert(task->id.tid).second) {
      threads.push_back({process, task->id.tid});
      ++in_all;
    }
  }
  // If it fails the loop stands without; the next scan tries again.
  if (!threads.empty() && !probe.begin(threads)) watched.threads.clear();
}

void Loops::attend(LoopProbe& probe, const ProcessId& process, const std::vector<Task*>& tasks, Instant now) {
  auto known = watched_.find(process);
  if (known == watched_.end()) {
    const auto active = std::count_if(watched_.begin(), watched_.end(),
                                      [](const auto& other) { return !other.second.resting; });
    if (static_cast<std::size_t>(active) >= LoopProbe::most_processes) return;
    known = watched_.emplace(process, Watched{}).first;
    known->second.since = now;
  }
  auto& watched = known->second;
  ++watched.scans;
  if (!watched.resting && watched.scans > watched_for) {
    probe.end(process);
    watched.resting = true;
    watched.scans = 0;
    watched.threads.clear();
  } else if (watched.resting && watched.scans > rest_for) {
    watched.resting = false;
    watched.again = true;
    watched.scans = 0;
    watched.passes = 0;
    watched.since = now;
    watched.ends.clear();
  }
  if (!watched.resting) begin(probe, process, watched, tasks);
}

std::set<std::pair<int, int>> Loops::failing_descriptors(const Spinning& spinning) {
  std::set<std::pair<int, int>> descriptors;
  for (const auto& [process, tasks] : spinning) {
    for (const auto* task : tasks) {
      if (task->loop->failing) descriptors.emplace(process.tgid, task->loop->failing->descriptor);
    }
  }
  return descriptors;
}

bool Loops::wants_pass() const {
  return std::any_of(watched_.begin(), watched_.end(), [](const auto& one) {
    const Watched& watched = one.second;
    return !watched.resting && watched.passes < sure_passes;
  });
}

void Loops::pass(LoopProbe& probe, const Spinning& spinning, Instant now) {
  Decoder decoder({});
  const auto sink = [&](std::span<const std::byte> bytes) { decoder.feed(bytes); };
  const auto passed =
      pass_.run(now, [&] { return probe.registrations(failing_descriptors(spinning), sink); });
  if (!passed) return;
  registrations_ = decoder.take().registrations;
  for (auto& [process, watched] : watched_) {
    if (!watched.resting) ++watched.passes;
  }
}

void Loops::read(Probes& probes, const Spinning& spinning, Instant now) {
  const bool any =
      std::any_of(watched_.begin(), watched_.end(), [](const auto& one) { return !one.second.resting; });
  if (!any) return;
  if (pass_.is_due(now) || wants_pass()) pass(probes.loops(), spinning, now);
  const auto& registrations = registrations_;
  auto notes = probes.loops().read();
  for (const auto& [process, tasks] : spinning) {
    const auto known = watched_.find(process);
    if (known == watched_.end() || known->second.resting) continue;
    auto& watched = known->second;
    // What another turn saw is better than what the first moments of this one show.
    if (watched.again && watched.scans < some_scans) continue;
    for (const auto* task : tasks) {
      const auto sample = notes.samples.find(task->id.tid);
      if (sample == notes.samples.end()) continue;
      auto& seen = watched.seen[task->id.tid];
      seen.watch = watch_of(notes, registrations, {process, task->id.tid}, watched.since);
      seen.watch.until = now;
      if (task->loop->failing)
        seen.watch.failing =
            described({0, static_cast<std::uint64_t>(task->loop->failing->descriptor), process.tgid}, {},
                      registrations, {process, task->id.tid}, notes);
      seen.registers = sample->second.registers;
      seen.stack = std::move(sample->second.stack);
    }
    ask_for_ends(probes, watched, tasks, registrations);
  }
}

void Loops::ask_for_ends(Probes& probes, Watched& watched, const std::vector<Task*>& tasks,
                         const std::vector<Registration>& registrations) {
  std::vector<EndQuestion> questions;
  for (const auto& [tid, seen] : watched.seen) {
    auto all = seen.watch.ready;
    if (seen.watch.failing) all.push_back(*seen.watch.failing);
    for (const auto& ready : all) {
      const bool has_ends = std::any_of(registrations.begin(), registrations.end(), [&](const auto& one) {
        return one.descriptor == ready.descriptor && one.process == tasks.front()->process &&
               (one.is_pipe || one.is_socket);
      });
      if (!has_ends || watched.ends.count(ready.descriptor) != 0) continue;
      if (questions.size() >= Probes::most_descriptors) break;
      watched.ends[ready.descriptor];
      questions.push_back({tasks.front()->id, ready.descriptor, direction_of(ready)});
    }
  }
  if (questions.empty()) return;
  const auto answers = look_for_other_ends(probes, std::move(questions));
  if (!answers) return;
  for (const auto& answer : *answers)
    watched.ends[answer.question.descriptor] = {answer.socket, answer.other_end};
}

void Loops::tell(const Watched& watched, Task& task) {
  const auto seen = watched.seen.find(task.id.tid);
  if (seen == watched.seen.end()) return;
  task.loop->watch = seen->second.watch;
  const auto add_ends = [&](ReadyDescriptor& ready) {
    const auto ends = watched.ends.find(ready.descriptor);
    if (ends == watched.ends.end()) return;
    ready.socket = ends->second.first;
    ready.other_end = ends->second.second;
  };
  for (auto& ready : task.loop->watch->ready) add_ends(ready);
  if (task.loop->watch->failing) add_ends(*task.loop->watch->failing);
  if (!task.details || !seen->second.registers) return;
  task.details->registers = seen->second.registers;
  task.details->stack_copy = seen->second.stack;
}

}  // namespace wedged
