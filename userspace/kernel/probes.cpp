// SPDX-License-Identifier: Apache-2.0
#include "kernel/probes.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <map>

#include "abi.h"
#include "kernel/call_effects.h"
#include "kernel/call_table.h"
#include "kernel/descriptor_calls.h"
#include "kernel/iterator.h"
#include "kernel/libbpf_log.h"
#include "observation/syscall_names.h"
#include "util/fd.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"
#pragma GCC diagnostic ignored "-Wconversion"
#include "wedged.skel.h"
#include "wedged_plain.skel.h"
#pragma GCC diagnostic pop

namespace wedged {
namespace {

static_assert(syscall_table_size == WEDGED_CALLS);

struct DestroySkeleton {
  void operator()(wedged_bpf* skeleton) const { wedged_bpf__destroy(skeleton); }
};
struct DestroyLink {
  void operator()(bpf_link* link) const { bpf_link__destroy(link); }
};
struct FreeRing {
  void operator()(ring_buffer* ring) const { ring_buffer__free(ring); }
};
using Link = std::unique_ptr<bpf_link, DestroyLink>;

constexpr const char* loss_names[WEDGED_LOSSES] = {"storage_create", "storage_missing", "ring_full", "stack",
                                                   "memory"};

// `errno` of the last libbpf call as an Error, with what libbpf said about it. The one place that knows
// libbpf's signs.
Error libbpf_error(const std::string& what) {
  const int number = errno;
  auto error = system_error(number, what);
  const auto log = take_libbpf_log();
  if (!log.empty()) error.message += "\n" + log;
  return error;
}

void set_descriptor_calls(wedged_bpf& skeleton) {
  for (const auto name : descriptor_calls) {
    const auto number = syscall_number(name);
    if (number && *number < WEDGED_CALL_OTHER) skeleton.rodata->first_argument_is_descriptor[*number] = 1;
  }
}

void set_call_effects(wedged_bpf& skeleton) {
  for (const auto& [call, effect] : call_effects) {
    const auto number = syscall_number(call);
    if (number && *number < WEDGED_CALL_OTHER)
      skeleton.rodata->call_effects[*number] = static_cast<__u8>(effect);
  }
  skeleton.rodata->call_effects[WEDGED_CALL_COMPAT] = WEDGED_EFFECT_NONE;  // other numbers
}

void set_scope(wedged_bpf& skeleton, const ProbeScope& scope) {
  skeleton.rodata->scope_by_pid = scope.tgids.empty() ? 0 : 1;
  if (!scope.cgroup) return;
  skeleton.rodata->scope_by_cgroup = 1;
  skeleton.rodata->scope_cgroup_id = scope.cgroup->id;
  skeleton.rodata->scope_cgroup_level = scope.cgroup->level;
}

// Where the kernel has no task iterator, from the object that does not ask for it: see bpf/kernel_types.h.
// Both have the same programs, maps and variables.
wedged_bpf* open_skeleton(bool task_walk) {
  if (task_walk) return wedged_bpf__open();
  // NOLINTNEXTLINE(cppcoreguidelines-no-malloc): as wedged_bpf__open() makes it, for wedged_bpf__destroy()
  auto* skeleton = static_cast<wedged_bpf*>(std::calloc(1, sizeof(wedged_bpf)));
  if (skeleton == nullptr) return nullptr;
  if (wedged_bpf__create_skeleton(skeleton) == 0) {
    skeleton->skeleton->data = wedged_plain_bpf__elf_bytes(&skeleton->skeleton->data_sz);
    if (bpf_object__open_skeleton(skeleton->skeleton, nullptr) == 0) return skeleton;
  }
  wedged_bpf__destroy(skeleton);
  return nullptr;
}

bpf_program* program_named(wedged_bpf& skeleton, const std::string& name) {
  return bpf_object__find_program_by_name(skeleton.obj, name.c_str());
}

LoopProbe::Maps loop_maps(wedged_bpf& skeleton) {
  const auto& maps = skeleton.maps;
  return {bpf_map__fd(maps.loop_processes), bpf_map__fd(maps.loop_samples), bpf_map__fd(maps.loop_returns),
          bpf_map__fd(maps.loop_uses),      bpf_map__fd(maps.loop_epolls),  &skeleton.bss->loop_uses_missed};
}

// What the plan does not name is not loaded.
void choose_programs(wedged_bpf& skeleton, const Plan& plan) {
  bpf_program* program = nullptr;
  bpf_object__for_each_program(program, skeleton.obj) {
    const auto* planned = plan.find(bpf_program__name(program));
    bpf_program__set_autoload(program, planned != nullptr && planned->load);
  }
}

}  // namespace

// One entry of the map `wanted`.
struct Want {
  int tid = 0;
  wedged_wanted value{};
};

struct Probes::State {
  std::unique_ptr<wedged_bpf, DestroySkeleton> skeleton;
  std::vector<Link> links;
  Link scan_link, walk_link, detail_link, fuse_link, end_link, holder_link, registration_link;
  LoopProbe loops;  // after the skeleton and the link: goes first
  int scans_without_walk = 0;
  std::unique_ptr<ring_buffer, FreeRing> ring;
  ByteSink ring_sink;
  CallTable calls;
  std::vector<AttachedProgram> programs;
  std::vector<__u32> watched;                  // keys in the map
  std::optional<std::int64_t> calibration_ns;  // CLOCK_MONOTONIC - sched_clock

  Status attach(const Plan& plan);
  Status attach_one(const PlannedProgram& planned);
  Status start_ring();
  Status second_pass(const std::vector<Want>& wants, const ByteSink& sink) const;
  void calibrate();
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
  auto state = std::make_unique<State>();
  state->skeleton.reset(open_skeleton(facts.task_walk));
  if (!state->skeleton) return libbpf_error("open BPF programs");
  auto& skeleton = *state->skeleton;
  choose_programs(skeleton, plan);
  set_scope(skeleton, scope);
  set_descriptor_calls(skeleton);
  set_call_effects(skeleton);
  skeleton.rodata->track_calls = plan.track_calls ? 1 : 0;
  bpf_map__set_max_entries(skeleton.maps.call_slots, facts.possible_cpus);
  bpf_map__set_max_entries(skeleton.maps.call_stats, facts.possible_cpus * WEDGED_CALLS);
  if (wedged_bpf__load(&skeleton) != 0) return libbpf_error("load BPF programs");
  const __u32 yes = 1;
  for (const int tgid : scope.tgids) {
    const auto key = static_cast<__u32>(tgid);
    if (bpf_map_update_elem(bpf_map__fd(skeleton.maps.scope_pids), &key, &yes, BPF_ANY) != 0) {
      return libbpf_error("set the scope to process " + std::to_string(tgid));
    }
  }
  auto calls = CallTable::map(bpf_map__fd(skeleton.maps.call_stats), facts.possible_cpus);
  if (!calls) return calls.error();
  state->calls = std::move(*calls);
  if (auto attached = state->attach(plan); !attached) return attached.error();
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
    if (planned.name != "sched_process_fork" || !scan_link) continue;
    if (auto scanned = read_iterator(scan_link.get(), [](std::span<const std::byte>) {}); !scanned) {
      return scanned.error().in("first scan");
    }
    calibrate();
  }
  return Nothing{};
}

Status Probes::State::attach_one(const PlannedProgram& planned) {
  AttachedProgram result{planned.name, false, planned.reason};
  if (planned.load) {
    auto* program = program_named(*skeleton, planned.name);
    if (planned.name == "watch_loops") {  // attached when there is something to watch
      loops = LoopProbe(program, loop_maps(*skeleton));
      loops.set_registrations(registration_link.get());
      result.attached = loops.available();
      if (!result.attached) result.reason = "the kernel has no iterator over open files";
      programs.push_back(std::move(result));
      return Nothing{};
    }
    const bool walks = planned.name == "walk_tasks";
    Link link{walks ? attach_to_map(program, skeleton->maps.candidates) : bpf_program__attach(program)};
    if (!link && planned.required) return libbpf_error("attach BPF program " + planned.name);
    result.attached = link != nullptr;
    if (!link) result.reason = libbpf_error("attach").message;
    if (planned.name == "scan_tasks") {
      scan_link = std::move(link);
    } else if (walks) {
      walk_link = std::move(link);
    } else if (planned.name == "detail_tasks") {
      detail_link = std::move(link);
    } else if (planned.name == "scan_fuse_servers") {
      fuse_link = std::move(link);
    } else if (planned.name == "read_ends") {
      end_link = std::move(link);
    } else if (planned.name == "scan_holders") {
      holder_link = std::move(link);
    } else if (planned.name == "scan_registrations") {
      registration_link = std::move(link);
    } else if (link) {
      links.push_back(std::move(link));
    }
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
  if (!walk_link || scans_without_walk-- > 0) return false;
  const bool done =
      read_iterator(walk_link.get(), sink).ok() && skeleton->bss->candidates_noted != WEDGED_WALK_GAVE_UP;
  scans_without_walk = done ? 0 : pause_in_scans;
  return done;
}

Status Probes::scan(const ByteSink& sink) {
  auto& oldest = state_->skeleton->bss->oldest_entered_ns;
  std::fill(std::begin(oldest), std::end(oldest), 0);
  if (state_->walk(sink)) {
    state_->calibrate();
    return Nothing{};
  }
  auto scanned = read_iterator(state_->scan_link.get(), sink);
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
  if (read) read = read_iterator(detail_link.get(), sink);
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
  if (!state_->fuse_link) return Error{ErrorKind::unsupported, "the kernel has no iterator over open files"};
  return read_iterator(state_->fuse_link.get(), sink);
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
  return read_for(state_->end_link.get(), state_->skeleton->maps.end_questions, questions, sink);
}

Status Probes::holders(const std::vector<EndKey>& sought, const ByteSink& sink) {
  static_assert(most_ends_sought == WEDGED_ENDS_SOUGHT);
  std::map<EndKey, __u32> keys;
  for (const auto& key : sought) keys.emplace(key, 1);
  return read_for(state_->holder_link.get(), state_->skeleton->maps.ends_sought, keys, sink);
}

LoopProbe& Probes::loops() {
  return state_->loops;
}

void Probes::drain(const ByteSink& sink) {
  state_->ring_sink = sink;
  ring_buffer__consume(state_->ring.get());
  state_->ring_sink = nullptr;
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
