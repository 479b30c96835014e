// SPDX-License-Identifier: Apache-2.0
#include "kernel/observer.h"

#include <algorithm>
#include <ctime>
#include <set>
#include <tuple>

#include "kernel/devices.h"
#include "kernel/relatives.h"
#include "observation/futex.h"

namespace wedged {
namespace {

// One pass of the second kind asks for at most so many tasks, each with its parent (the map `wanted`).
constexpr std::size_t details_per_pass = 512;
static_assert(2 * details_per_pass <= Probes::greatest_pass);

// A scan begins no further one after so much CPU time in them; whoever is left waits for the next scan.
constexpr Duration passes_at_most = std::chrono::milliseconds(100);

// Of a watched process with no more threads than this, all that wait in a futex are read, not only those at a
// lock.
constexpr unsigned small_process = 256;

bool waits_for_fuse(const Task& task) {
  if (!task.details) return false;
  const auto* file = file_waited_for(*task.details);
  if (file != nullptr && file->connection != 0) return true;
  const auto& stack = task.details->kernel_stack;
  return std::any_of(stack.begin(), stack.end(), [](const auto& frame) {
    return frame.find("[fuse]") != std::string::npos || frame.rfind("fuse_", 0) == 0 ||
           frame.rfind("request_wait_answer", 0) == 0;
  });
}

Duration time_of(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

// The clock that went on is read first: a moment between the two cannot look like a suspend.
Duration suspended_so_far() {
  const auto boottime = time_of(CLOCK_BOOTTIME);
  return std::max(boottime - time_of(CLOCK_MONOTONIC), Duration::zero());
}

// Many tasks wait for few devices: sysfs is asked once for each.
void complete_devices(std::vector<Task>& tasks) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::optional<DeviceFacts>> devices;
  for (auto& task : tasks) {
    const auto* file = file_waited_for(*task.details);
    if (file == nullptr || file->device_major == 0) continue;
    const std::pair number(file->device_major, file->device_minor);
    auto known = devices.find(number);
    if (known == devices.end())
      known = devices.emplace(number, read_device(number.first, number.second)).first;
    task.details->device = known->second;
  }
}

// Of one that runs, or has moved between the two passes, what is not about its wait holds all the same; the
// rest only if it is still in the same call.
std::optional<TaskDetails> what_holds(const Task& suspect, const Task& fresh) {
  const bool same_wait = suspect.switch_count == fresh.switch_count;
  const bool same_call =
      suspect.call && suspect.call->entered && fresh.call && suspect.call->same_as(*fresh.call);
  if (same_wait || same_call) return fresh.details;
  TaskDetails kept;
  kept.exe = fresh.details->exe;
  kept.cgroup = fresh.details->cgroup;
  kept.descriptor_limit = fresh.details->descriptor_limit;
  return kept;
}

}  // namespace

Observer::Observer(Probes probes, DecodeFacts facts) : probes_(std::move(probes)), facts_(facts) {}

Result<Snapshot> Observer::scan(const ClockPair& now) {
  Decoder decoder(facts_);
  const auto sink = [&](std::span<const std::byte> bytes) { decoder.feed(bytes); };
  if (auto scanned = probes_.scan(sink); !scanned) return scanned.error();
  auto records = decoder.take();
  probes_.drain(sink);
  auto from_ring = decoder.take();
  malformed_ += records.malformed + from_ring.malformed;

  Snapshot snapshot;
  snapshot.taken = now;
  snapshot.suspended = suspended_so_far();
  snapshot.threads_scanned = probes_.threads_scanned();
  snapshot.hung_task_reports = probes_.hung_task_reports();
  snapshot.deaths = std::move(from_ring.deaths);
  snapshot.crashes = std::move(from_ring.crashes);
  snapshot.suspects = std::move(records.tasks);
  std::sort(snapshot.suspects.begin(), snapshot.suspects.end(),
            [](const Task& a, const Task& b) { return a.id < b.id; });
  complete(snapshot.suspects);
  loops_.complete(probes_, snapshot.suspects, now.monotonic);
  add_relatives(snapshot.suspects, records.kernel_waits,
                [this](const std::vector<TaskId>& wanted) { return read_records(wanted); });
  snapshot.complete = complete_processes(snapshot.suspects);
  snapshot.losses = probes_.losses();
  snapshot.losses["malformed_record"] = malformed_;
  snapshot.losses["details_deferred"] = details_missing_;
  return snapshot;
}

void Observer::watch(std::vector<ProcessId> processes, bool with_details) {
  std::sort(processes.begin(), processes.end());
  details_of_watched_ = with_details;
  if (processes == watched_) return;
  watched_ = std::move(processes);
  probes_.set_watched(watched_);
}

void Observer::set_aside(const std::vector<Wait>& waits) {
  for (std::size_t at = 0; at < waits.size(); at += Probes::greatest_pass) {
    const auto count = std::min(Probes::greatest_pass, waits.size() - at);
    const auto begin = waits.begin() + static_cast<std::ptrdiff_t>(at);
    // If it fails they only come again.
    (void)probes_.set_aside({begin, begin + static_cast<std::ptrdiff_t>(count)});
  }
}

// All threads that the kernel counts were seen. A leader that has exited is counted and seen.
std::vector<ProcessId> Observer::complete_processes(const std::vector<Task>& tasks) const {
  std::map<ProcessId, unsigned> seen;
  std::map<ProcessId, unsigned> counted;
  for (const auto& task : tasks) {
    if (!std::binary_search(watched_.begin(), watched_.end(), task.process)) continue;
    ++seen[task.process];
    counted[task.process] = std::max(counted[task.process], task.process_threads);
  }
  std::vector<ProcessId> complete;
  for (const auto& [process, threads] : seen) {
    if (threads == counted[process]) complete.push_back(process);
  }
  return complete;
}

bool Observer::wants_details(const Task& task) const {
  if (task.state == RunState::dead) return false;
  // Whoever is left of a process that has lost a thread stands for it in findings and before the policy.
  if (task.suspect || details_of_watched_ || task.crashed_thread_seen || task.death_seen) return true;
  if (leaderless_.count(task.process) != 0) return true;
  if (!task.call || task.state != RunState::sleeping) return false;
  const auto wait = futex_wait_of(*task.call);
  return wait && !wait->has_timeout && (looks_like_lock(*wait) || task.process_threads <= small_process);
}

// Whether it was forked from a process with several threads is not known: then what its parent is like now
// says something.
static bool asks_for_parent(const Task& task) {
  if (!task.forked_without_exec || task.forked_from_threads || !task.call || task.id.tid != task.id.tgid)
    return false;
  const auto wait = futex_wait_of(*task.call);
  return wait && !wait->has_timeout;
}

// Old details stand until they have been read again, for which there may be no time in this scan.
bool Observer::apply_known(Task& task) {
  const auto found = known_.find(task.id);
  if (found == known_.end()) return false;
  auto& known = found->second;
  const int call = task.call ? task.call->number : -1;
  if (known.switch_count != task.switch_count || known.call_number != call) return false;
  task.details = known.details;
  return ++known.age < details_live_for;
}

// Those in D state first, of them who has waited longest: that is whom a finding is about. Whose details are
// known and are only read again can wait.
static bool comes_before(const Task* a, const Task* b) {
  const auto rank = [](const Task& task) {
    if (task.details) return 2;
    return in_d_state(task.state) ? 0 : 1;
  };
  const auto since = [](const Task& task) { return task.off_cpu_since.value_or(Instant::max()); };
  return std::tuple(rank(*a), since(*a), a->id) < std::tuple(rank(*b), since(*b), b->id);
}

// Pass after pass, the last one filled up with tasks whose details are known. Returns how many are left of
// the others. `read` says whether a pass succeeded.
template <typename Read>
static std::size_t read_in_passes(std::vector<Task*> tasks, const Read& read) {
  std::sort(tasks.begin(), tasks.end(), comes_before);
  const auto known = std::find_if(tasks.begin(), tasks.end(), [](const Task* task) { return task->details; });
  const auto unknown = static_cast<std::size_t>(known - tasks.begin());
  const auto begun = time_of(CLOCK_THREAD_CPUTIME_ID);
  std::size_t done = 0;
  do {
    std::vector<TaskId> pass;
    for (const auto end = std::min(tasks.size(), done + details_per_pass); done < end; ++done) {
      pass.push_back(tasks[done]->id);
      if (asks_for_parent(*tasks[done])) pass.push_back({0, tasks[done]->parent_tgid, 0});
    }
    if (!pass.empty() && !read(pass)) break;
  } while (done < unknown && time_of(CLOCK_THREAD_CPUTIME_ID) - begun < passes_at_most);
  return unknown - std::min(unknown, done);
}

static void note_parents(std::vector<Task>& detailed) {
  std::map<int, unsigned> threads_of;
  for (const auto& fresh : detailed) threads_of[fresh.id.tid] = fresh.process_threads;
  for (auto& fresh : detailed) {
    if (asks_for_parent(fresh) && threads_of.count(fresh.parent_tgid) != 0)
      fresh.details->parent_threads = threads_of[fresh.parent_tgid];
  }
}

void Observer::complete(std::vector<Task>& suspects) {
  std::vector<Task*> wanted;
  std::map<TaskId, Known> still_known;
  leaderless_.clear();
  for (const auto& task : suspects) {
    const bool dead_leader = task.id.tid == task.id.tgid && task.state == RunState::dead;
    if (dead_leader && task.process_threads > 1) leaderless_.insert(task.process);
  }
  for (auto& task : suspects) {
    if (!wants_details(task)) continue;
    if (!apply_known(task)) wanted.push_back(&task);
    if (task.details) still_known.insert(known_.extract(task.id));
  }
  known_ = std::move(still_known);
  details_missing_ += read_in_passes(std::move(wanted), [&](const std::vector<TaskId>& pass) {
    auto detailed = read_details(pass);
    if (!detailed) return false;  // the suspects stand without details; the next scan asks again
    other_ends_.complete(probes_, *detailed, details_of_watched_);
    note_parents(*detailed);
    for (auto& fresh : *detailed) {
      const auto at = std::lower_bound(suspects.begin(), suspects.end(), fresh.id,
                                       [](const Task& task, const TaskId& id) { return task.id < id; });
      if (at == suspects.end() || at->id != fresh.id) continue;
      at->details = what_holds(*at, fresh);
      known_.erase(fresh.id);
      if (at->switch_count != fresh.switch_count) continue;
      known_[fresh.id] = {fresh.switch_count, fresh.call ? fresh.call->number : -1, 0, *at->details};
    }
    return true;
  });
}

Result<std::vector<Task>> Observer::read_details(const std::vector<TaskId>& wanted) {
  auto records = read_records(wanted);
  if (!records) return records.error();
  return std::move(records->detailed);
}

Result<DecodedRecords> Observer::read_records(const std::vector<TaskId>& wanted) {
  Decoder decoder(facts_);
  if (auto read = probes_.details(wanted, [&](std::span<const std::byte> bytes) { decoder.feed(bytes); });
      !read) {
    return read.error();
  }
  auto records = decoder.take();
  malformed_ += records.malformed;
  complete_devices(records.detailed);
  std::vector<Task*> fuse_clients;
  for (auto& task : records.detailed) {
    if (waits_for_fuse(task)) fuse_clients.push_back(&task);
  }
  if (!fuse_clients.empty()) complete_servers(fuse_clients);
  return records;
}

// A server is named if the addresses agree, or if there is only one process that can be it.
void Observer::complete_servers(std::vector<Task*>& tasks) {
  Decoder decoder(facts_);
  if (!probes_.fuse_servers([&](std::span<const std::byte> bytes) { decoder.feed(bytes); })) return;
  const auto holders = decoder.take().fuse_holders;
  for (auto* task : tasks) {
    const auto* file = file_waited_for(*task->details);
    const auto wanted = file != nullptr ? file->connection : 0;
    for (const auto& holder : holders) {
      const auto& candidates = holder.connections;
      const bool serves =
          wanted != 0 && std::find(candidates.begin(), candidates.end(), wanted) != candidates.end();
      const bool only_one =
          wanted == 0 && std::all_of(holders.begin(), holders.end(),
                                     [&](const auto& other) { return other.process == holder.process; });
      if (serves || only_one) {
        task->details->server = FuseServer{holder.process, holder.comm, wanted};
        break;
      }
    }
  }
}

Result<std::map<int, ProcessId>> Observer::look_up(const std::vector<int>& tids, bool exited_too) {
  const std::set<int> different(tids.begin(), tids.end());
  std::map<int, ProcessId> processes;
  std::vector<TaskId> wanted;
  for (auto at = different.begin(); at != different.end();) {
    wanted.push_back({0, *at, 0});
    if (++at != different.end() && wanted.size() < Probes::greatest_pass) continue;
    auto detailed = read_details(wanted);
    if (!detailed) return detailed.error();
    for (const auto& task : *detailed) {
      if (exited_too || task.state != RunState::dead) processes[task.id.tid] = task.process;
    }
    wanted.clear();
  }
  return processes;
}

Result<Task> Observer::sample_again(const TaskId& id) {
  auto detailed = read_details({id});
  if (!detailed) return detailed.error();
  if (detailed->empty())
    return Error{ErrorKind::gone, "thread " + std::to_string(id.tid) + " no longer exists"};
  return std::move(detailed->front());
}

}  // namespace wedged
