// SPDX-License-Identifier: Apache-2.0
#include "kernel/probes.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <map>

#include "abi.h"
#include "kernel/call_effects.h"
#include "kernel/call_table.h"
#include "kernel/iterator.h"
#include "kernel/libbpf_error.h"
#include "kernel/libbpf_log.h"
#include "kernel/skeleton.h"
#include "util/fd.h"

namespace wedged {
namespace {

static_assert(syscall_table_size == WEDGED_CALLS);

struct DestroyLink {
  void operator()(bpf_link* link) const { bpf_link__destroy(link); }
};
struct FreeRing {
  void operator()(ring_buffer* ring) const { ring_buffer__free(ring); }
};
using Link = std::unique_ptr<bpf_link, DestroyLink>;

constexpr const char* loss_names[WEDGED_LOSSES] = {"storage_create", "storage_missing", "ring_full", "stack",
                                                   "memory"};

bpf_program* program_named(wedged_bpf& skeleton, const std::string& name) {
  return bpf_object__find_program_by_name(skeleton.obj, name.c_str());
}

LoopProbe::Maps loop_maps(wedged_bpf& skeleton) {
  const auto& maps = skeleton.maps;
  return {bpf_map__fd(maps.loop_processes), bpf_map__fd(maps.loop_samples), bpf_map__fd(maps.loop_returns),
          bpf_map__fd(maps.loop_uses),      bpf_map__fd(maps.loop_epolls),  &skeleton.bss->loop_uses_missed};
}

}  // namespace

// One entry of the map `wanted`.
struct Want {
  int tid = 0;
  wedged_wanted value{};
};

struct Probes::State {
  Skeleton skeleton;
  std::vector<Link> links;
  std::map<std::string, Link> iterators;  // by program; those that could not be attached are missing
  LoopProbe loops;                        // after the skeleton and the link: goes first
  int scans_without_walk = 0;
  std::unique_ptr<ring_buffer, FreeRing> ring;
  ByteSink ring_sink;
  CallTable calls;
  std::vector<AttachedProgram> programs;
  ScopeKeeper scope;
  std::vector<__u32> watched;                  // keys in the map
  std::optional<std::int64_t> calibration_ns;  // CLOCK_MONOTONIC - sched_clock

  Status attach(const Plan& plan);
  Status attach_one(const PlannedProgram& planned);
  [[nodiscard]] bpf_link* iterator(const std::string& program) const;
  Status start_ring();
  Status second_pass(const std::vector<Want>& wants, const ByteSink& sink) const;
  void calibrate();
  void renew_scope();
  bool walk(const ByteSink& sink);
};

namespace {

int pass_record(void* context, void* data, std::size_t size) {
  const auto& sink = *static_cast<ByteSink*>(context);
  sink({static_cast<const std::byte*>(data), size});
  return 0;
}

}  // namespace

Probes::Probes(std::unique_ptr<State> state) : state_(std::move(state)) {}
Probes::Probes(Probes&&) noexcept = default;
Probes& Probes::operator=(Probes&&) noexcept = default;
Probes::~Probes() = default;

Result<Probes> Probes::load(const Plan& plan, const KernelFacts& facts, const ProbeScope& scope) {
  capture_libbpf_log();
  auto loaded = load_skeleton(plan, facts, scope);
  if (!loaded) return loaded.error();
  auto state = std::make_unique<State>();
  state->skeleton = std::move(loaded->skeleton);
  state->scope = ScopeKeeper(scope);
  auto& skeleton = *state->skeleton;
  auto calls = CallTable::map(bpf_map__fd(skeleton.maps.call_stats), facts.possible_cpus);
  if (!calls) return calls.error();
  state->calls = std::move(*calls);
  if (auto attached = state->attach(loaded->plan); !attached) return attached.error();
  if (auto started = state->start_ring(); !started) return started.error();
  state->skeleton->bss->spin_rate = spin_rate;
  state->skeleton->bss->spin_productive_part = spin_productive_part;
  state->skeleton->bss->quiet_period_ns = static_cast<std::uint64_t>((hung_task_timeout() / 2).count());
  malloc_trim(0);  // libbpf has read megabytes of types that nobody needs again
  return Probes{std::move(state)};
}

Status Probes::State::start_ring() {
  ring.reset(ring_buffer__new(bpf_map__fd(skeleton->maps.events), pass_record, &ring_sink, nullptr));
  if (!ring) return libbpf_error("open the ring buffer");
  return Nothing{};
}

bpf_link* Probes::State::iterator(const std::string& program) const {
  const auto found = iterators.find(program);
  return found == iterators.end() ? nullptr : found->second.get();
}

// Iterators first: a first scan gives every thread its storage and calibrates the clocks before any switch is
// seen. The storage exists before sched_switch spills into it, and sched_switch before any call is noted.
Status Probes::State::attach(const Plan& plan) {
  const __u32 no_call_cpus = bpf_map__max_entries(skeleton->maps.call_slots);
  for (__u32 cpu = 0; cpu < no_call_cpus; ++cpu) {
    wedged_call_slot empty{};
    empty.number = WEDGED_NO_CALL;
    bpf_map_update_elem(bpf_map__fd(skeleton->maps.call_slots), &cpu, &empty, BPF_ANY);
  }
  for (const auto& planned : plan.programs) {
    if (auto attached = attach_one(planned); !attached) return attached.error();
    if (planned.name != "sched_process_fork" || iterator("scan_tasks") == nullptr) continue;
    if (auto scanned = read_iterator(iterator("scan_tasks"), [](std::span<const std::byte>) {}); !scanned) {
      return scanned.error().in("first scan");
    }
    calibrate();
  }
  return Nothing{};
}

Status Probes::State::attach_one(const PlannedProgram& planned) {
  AttachedProgram result{planned.name, false, planned.reason, planned.wanted};
  if (planned.load) {
    auto* program = program_named(*skeleton, planned.name);
    if (planned.name == "watch_loops") {  // attached when there is something to watch
      loops = LoopProbe(program, loop_maps(*skeleton));
      loops.set_registrations(iterator("scan_registrations"));
      result.attached = loops.available();
      if (!result.attached) result.reason = "the kernel has no iterator over open files";
      programs.push_back(std::move(result));
      return Nothing{};
    }
    const bool runs_once = planned.name == "walk_tasks" || planned.name == "look_at_candidates";
    Link link{runs_once ? attach_to_own_thread(program) : bpf_program__attach(program)};
    if (!link && planned.required) return libbpf_error("attach BPF program " + planned.name);
    result.attached = link != nullptr;
    if (!link) result.reason = libbpf_error("attach").message;
    if (link && planned.attach) links.push_back(std::move(link));
    if (link) iterators[planned.name] = std::move(link);
  }
  programs.push_back(std::move(result));
  return Nothing{};
}

// The smallest of many is the closest to the truth, but the clocks drift by some ten ppm: let it grow slowly,
// too. Either clock may be ahead of the other.
void Probes::State::calibrate() {
  constexpr std::int64_t drift_allowance_ns = 100'000;
  const auto seen = static_cast<std::int64_t>(skeleton->bss->calibration_ns);
  if (seen == 0) return;
  calibration_ns = calibration_ns ? std::min(seen, *calibration_ns + drift_allowance_ns) : seen;
  skeleton->bss->sched_clock_offset_ns = *calibration_ns;
}

Duration Probes::kernel_clock_difference() const {
  return Duration{state_->calibration_ns.value_or(0)};
}

const std::vector<AttachedProgram>& Probes::programs() const {
  return state_->programs;
}

void Probes::set_limits(const SuspectLimits& limits) {
  auto& bss = *state_->skeleton->bss;
  Duration smallest{};
  for (std::size_t number = 0; number < limits.calls.size(); ++number) {
    const auto limit = limits.calls[number];
    bss.call_limit_ns[number] = static_cast<std::uint64_t>(limit.count());
    if (limit.count() > 0 && (smallest.count() == 0 || limit < smallest)) smallest = limit;
  }
  bss.smallest_call_limit_ns = static_cast<std::uint64_t>(smallest.count());
  bss.suspect_wait_ns = static_cast<std::uint64_t>(limits.wait.count());
  bss.suspect_futex_ns = static_cast<std::uint64_t>(limits.futex.count());
  bss.suspect_loop_ns = static_cast<std::uint64_t>(limits.loop.count());
  bss.suspect_runnable_ns = static_cast<std::uint64_t>(limits.runnable.count());
  bss.suspect_stop_ns = static_cast<std::uint64_t>(limits.stopped.count());
  bss.suspect_spin_ns = static_cast<std::uint64_t>(limits.spin.count());
  bss.spin_interval_ns = static_cast<std::uint64_t>(limits.spin_interval.count());
}

// The quick way; false if it was in vain. Where there are too many threads or candidates now, there will be a
// second later, so it is not tried again at once.
bool Probes::State::walk(const ByteSink& sink) {
  constexpr int pause_in_scans = 30;
  const auto* walk_link = iterator("walk_tasks");
  const auto* look_link = iterator("look_at_candidates");
  if (walk_link == nullptr || look_link == nullptr || scans_without_walk-- > 0) return false;
  auto& bss = *skeleton->bss;
  bss.candidates_noted = WEDGED_WALK_GAVE_UP;  // should it not run
  bool done = read_iterator(walk_link, sink).ok() && bss.candidates_noted != WEDGED_WALK_GAVE_UP;
  std::vector<std::byte> told;  // all of it or nothing
  for (__u32 from = 0; done && from < bss.candidates_noted; from += WEDGED_CANDIDATES_AT_ONCE) {
    bss.candidates_from = from;
    done = read_iterator(look_link, [&](auto bytes) {
             told.insert(told.end(), bytes.begin(), bytes.end());
           }).ok();
  }
  if (done && !told.empty()) sink(told);
  scans_without_walk = done ? 0 : pause_in_scans;
  return done;
}

void Probes::State::renew_scope() {
  const auto news = scope.look();
  if (news.cgroup_id) skeleton->bss->scope_cgroup_id = *news.cgroup_id;
  for (const int tgid : news.replaced) {
    const auto key = static_cast<__u32>(tgid);
    bpf_map_delete_elem(bpf_map__fd(skeleton->maps.scope_pids), &key);
  }
}

Status Probes::scan(const ByteSink& sink) {
  state_->renew_scope();
  auto& oldest = state_->skeleton->bss->oldest_entered_ns;
  std::fill(std::begin(oldest), std::end(oldest), 0);
  if (state_->walk(sink)) {
    state_->calibrate();
    return Nothing{};
  }
  auto scanned = read_iterator(state_->iterator("scan_tasks"), sink);
  if (scanned) state_->calibrate();
  return scanned;
}

Status Probes::State::second_pass(const std::vector<Want>& wants, const ByteSink& sink) const {
  const int map = bpf_map__fd(skeleton->maps.wanted);
  Status read = Nothing{};
  for (const auto& want : wants) {
    const auto key = static_cast<__u32>(want.tid);
    if (bpf_map_update_elem(map, &key, &want.value, BPF_ANY) != 0) read = libbpf_error("ask for a thread");
  }
  // Whoever was not asked for would look like one that does not exist.
  if (read) read = read_iterator(iterator("detail_tasks"), sink);
  for (const auto& want : wants) {
    const auto key = static_cast<__u32>(want.tid);
    bpf_map_delete_elem(map, &key);
  }
  return read;
}

Status Probes::details(const std::vector<TaskId>& wanted, const ByteSink& sink) {
  std::vector<Want> wants;
  for (const auto& id : wanted) wants.push_back({id.tid, {id.start_boottime_ns, 0, WEDGED_WANT_DETAIL, 0}});
  return state_->second_pass(wants, sink);
}

Status Probes::set_aside(const std::vector<Wait>& waits) {
  std::vector<Want> wants;
  for (const auto& wait : waits) {
    wants.push_back(
        {wait.task.tid, {wait.task.start_boottime_ns, wait.switch_count, WEDGED_WANT_SET_ASIDE, 0}});
  }
  return state_->second_pass(wants, [](std::span<const std::byte>) {});
}

void Probes::begin_aside_epoch() {
  state_->skeleton->bss->aside_epoch += 1;
}

void Probes::set_watched(const std::vector<ProcessId>& processes) {
  const int map = bpf_map__fd(state_->skeleton->maps.watched);
  for (const auto key : state_->watched) bpf_map_delete_elem(map, &key);
  state_->watched.clear();
  for (const auto& process : processes) {
    const auto key = static_cast<__u32>(process.tgid);
    if (bpf_map_update_elem(map, &key, &process.start_boottime_ns, BPF_ANY) == 0)
      state_->watched.push_back(key);
  }
  state_->skeleton->bss->watched_processes = static_cast<__u32>(state_->watched.size());
}

Status Probes::fuse_servers(const ByteSink& sink) {
  const auto* link = state_->iterator("scan_fuse_servers");
  if (link == nullptr) return Error{ErrorKind::unsupported, "the kernel has no iterator over open files"};
  return read_iterator(link, sink);
}

Status Probes::census(const ByteSink& sink) {
  const auto* link = state_->iterator("census_tasks");
  if (link == nullptr) return Error{ErrorKind::unsupported, "the program census_tasks was not loaded"};
  return read_iterator(link, sink);
}

namespace {

// Lets an iterator run that looks for what is in a map, which is filled before and emptied after.
template <typename Key, typename Value>
Status read_for(const bpf_link* link, const bpf_map* map, const std::map<Key, Value>& wanted,
                const ByteSink& sink) {
  if (link == nullptr) return Error{ErrorKind::unsupported, "the kernel has no iterator over open files"};
  const int fd = bpf_map__fd(map);
  Status read = Nothing{};
  for (const auto& [key, value] : wanted) {
    if (bpf_map_update_elem(fd, &key, &value, BPF_ANY) != 0) read = libbpf_error("ask for ends");
  }
  if (read) read = read_iterator(link, sink);
  for (const auto& [key, value] : wanted) bpf_map_delete_elem(fd, &key);
  return read;
}

}  // namespace

Status Probes::ends(const std::vector<TaskDescriptors>& asked, const ByteSink& sink) {
  static_assert(greatest_end_pass == WEDGED_END_QUESTIONS && most_descriptors == WEDGED_END_DESCRIPTORS);
  std::map<__u32, wedged_end_question> questions;
  for (const auto& [task, descriptors] : asked) {
    auto& question = questions[static_cast<__u32>(task.tid)];
    question.start_boottime_ns = task.start_boottime_ns;
    for (const int descriptor : descriptors) {
      if (question.count < most_descriptors)
        question.descriptors[question.count++] = static_cast<__u32>(descriptor);
    }
  }
  return read_for(state_->iterator("read_ends"), state_->skeleton->maps.end_questions, questions, sink);
}

Status Probes::holders(const std::vector<EndKey>& sought, const ByteSink& sink) {
  static_assert(most_ends_sought == WEDGED_ENDS_SOUGHT);
  std::map<EndKey, __u32> keys;
  for (const auto& key : sought) keys.emplace(key, 1);
  return read_for(state_->iterator("scan_holders"), state_->skeleton->maps.ends_sought, keys, sink);
}

LoopProbe& Probes::loops() {
  return state_->loops;
}

void Probes::drain(const ByteSink& sink) {
  state_->ring_sink = sink;
  ring_buffer__consume(state_->ring.get());
  state_->ring_sink = nullptr;
}

const WatchedScope& Probes::scope() const {
  return state_->scope.scope();
}
std::uint64_t Probes::threads_scanned() const {
  return state_->skeleton->bss->threads_scanned;
}
std::uint64_t Probes::hung_task_reports() const {
  return state_->skeleton->bss->hung_task_reports;
}

LossesByReason Probes::losses() const {
  LossesByReason losses;
  std::vector<std::uint64_t> per_cpu(static_cast<std::size_t>(libbpf_num_possible_cpus()));
  for (__u32 reason = 0; reason < WEDGED_LOSSES; ++reason) {
    auto& sum = losses[loss_names[reason]];
    if (bpf_map_lookup_elem(bpf_map__fd(state_->skeleton->maps.losses), &reason, per_cpu.data()) != 0)
      continue;
    for (const auto count : per_cpu) sum += count;
  }
  return losses;
}

SyscallTable Probes::syscalls() const {
  return state_->calls.read();
}

std::vector<OldestCall> Probes::oldest_calls() const {
  std::vector<OldestCall> oldest;
  const auto& entered = state_->skeleton->bss->oldest_entered_ns;
  for (int number = 0; number < WEDGED_CALL_OTHER; ++number) {
    if (entered[number] != 0) oldest.push_back({number, instant_of_ns(entered[number])});
  }
  return oldest;
}

}  // namespace wedged
