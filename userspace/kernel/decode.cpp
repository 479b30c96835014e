// SPDX-License-Identifier: Apache-2.0
#include "kernel/decode.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "abi.h"
#include "kernel/decode_files.h"

namespace wedged {
namespace {

// include/linux/sched.h; not in BTF because they are macros.
constexpr std::uint32_t pf_exiting = 0x4;
constexpr std::uint32_t pf_io_worker = 0x10;
constexpr std::uint32_t pf_forknoexec = 0x40;

template <std::size_t size>
std::string text_of(const char (&field)[size]) {
  return {field, strnlen(field, size)};
}

std::optional<Instant> instant_if_known(std::uint64_t ns) {
  if (ns == 0) return std::nullopt;
  return instant_of_ns(ns);
}

std::optional<SystemCall> call_of(const wedged_task_record& record) {
  if ((record.facts & WEDGED_FACT_CALL_KNOWN) == 0 || record.call_number < 0) return std::nullopt;
  SystemCall call;
  call.number = record.call_number;
  call.compat = (record.facts & WEDGED_FACT_COMPAT) != 0;
  call.entered = instant_if_known(record.call_entered_ns);
  if (record.call_sequence != 0) call.sequence = record.call_sequence;
  if ((record.facts & WEDGED_FACT_REGISTERS) != 0) {
    call.arguments.emplace();
    std::copy(std::begin(record.arguments), std::end(record.arguments), call.arguments->begin());
  }
  return call;
}

void add_registers(const wedged_task_record& record, Task& task) {
  if ((record.facts & WEDGED_FACT_REGISTERS) == 0) return;
  task.registers = UserRegisters{record.instruction_pointer, record.stack_pointer};
}

void add_process_facts(const wedged_task_record& record, Task& task) {
  task.namespace_tid = static_cast<int>(record.namespace_tid);
  task.pid_namespace = record.pid_namespace;
  task.process_threads = record.process_threads;
  task.suspect = (record.facts & WEDGED_FACT_MEMBER) == 0;
  task.forked_without_exec = (record.flags & pf_forknoexec) != 0;
  if ((record.facts & WEDGED_FACT_FORK_SEEN) != 0)
    task.forked_from_threads = (record.facts & WEDGED_FACT_FORKED_FROM_THREADS) != 0;
  task.shares_memory = (record.facts & WEDGED_FACT_SHARES_MEMORY) != 0;
  task.crashed_thread_seen = (record.facts & WEDGED_FACT_CRASH_SEEN) != 0;
  task.death_seen = (record.facts & WEDGED_FACT_DEATH_SEEN) != 0;
  task.group_exiting = (record.facts & WEDGED_FACT_GROUP_EXITING) != 0;
}

Scheduling scheduling_of(const wedged_task_record& record) {
  Scheduling scheduling;
  scheduling.runnable_since = instant_if_known(record.runnable_since_ns);
  scheduling.looping_since = instant_if_known(record.looping_since_ns);
  scheduling.throttled = (record.facts & WEDGED_FACT_THROTTLED) != 0;
  scheduling.cpu = static_cast<int>(record.cpu);
  scheduling.policy = static_cast<int>(record.policy);
  scheduling.rt_priority = static_cast<int>(record.rt_priority);
  if (record.cpu_occupant != 0) scheduling.cpu_occupant = static_cast<int>(record.cpu_occupant);
  return scheduling;
}

LockGuess guess_of(const wedged_lock_guess& guess) {
  return {
      guess.lock,
      guess.owner,
      guess.flags,
      {static_cast<int>(guess.owner_tgid), static_cast<int>(guess.owner_tid), guess.owner_start_boottime_ns}};
}

std::optional<KernelWait> kernel_wait_of(const wedged_kernel_wait& wait) {
  if (wait.waiters == 0 && wait.rt_mutex.lock == 0) return std::nullopt;
  KernelWait known{
      wait.blocker, wait.waiters, guess_of(wait.mutex), guess_of(wait.rwsem), guess_of(wait.rt_mutex), {}};
  for (const auto& function : wait.functions) {
    if (function[0] != '\0') known.functions.push_back(text_of(function));
  }
  return known;
}

Task task_of(const wedged_task_record& record, const DecodeFacts& facts) {
  Task task;
  task.id = {static_cast<int>(record.tgid), static_cast<int>(record.tid), record.start_boottime_ns};
  task.process = {static_cast<int>(record.tgid), record.process_start_boottime_ns};
  task.comm = text_of(record.comm);
  task.process_comm = text_of(record.process_comm);
  task.uid = record.uid;
  task.parent_tgid = static_cast<int>(record.parent_tgid);
  task.state = run_state({record.state, record.exit_state, record.flags}, facts);
  task.kernel_thread = is_kernel_thread(record.flags);
  task.io_worker = (record.flags & pf_io_worker) != 0;
  task.exiting = (record.flags & pf_exiting) != 0;
  task.kill_pending = (record.facts & WEDGED_FACT_KILL_PENDING) != 0;
  task.dumping_core = (record.facts & WEDGED_FACT_DUMPING_CORE) != 0;
  task.switch_count = record.switch_count;
  task.system_time_ns = record.system_time_ns;
  task.user_time_ns = record.user_time_ns;
  task.off_cpu_since = instant_if_known(record.off_cpu_since_ns);
  task.off_cpu_since_exact = (record.facts & WEDGED_FACT_OFF_CPU_EXACT) != 0;
  task.kill_pending_since = instant_if_known(record.kill_seen_ns);
  task.kill_pending_exact = (record.facts & WEDGED_FACT_KILL_EXACT) != 0;
  task.call = call_of(record);
  task.address = record.address;
  task.cgroup_frozen = (record.facts & WEDGED_FACT_CGROUP_FROZEN) != 0;
  task.tracer_tgid = static_cast<int>(record.tracer_tgid);
  task.scheduling = scheduling_of(record);
  task.loop = loop_of(record);
  add_registers(record, task);
  add_process_facts(record, task);
  return task;
}

TaskDetails details_of(const wedged_detail_record& record) {
  TaskDetails details;
  for (std::uint32_t i = 0; i < std::min<std::uint32_t>(record.frames, WEDGED_STACK_DEPTH); ++i) {
    details.kernel_stack.push_back(text_of(record.stack[i]));
  }
  details.file = file_of(record.files[WEDGED_FILE_DESCRIPTOR]);
  details.mapped_file = file_of(record.files[WEDGED_FILE_MAPPED]);
  if (const auto place = file_of(record.files[WEDGED_FILE_WALK]))
    details.path_walk = PathWalk{text_of(record.walk_name), *place};
  if (record.vfork_child != 0) details.vfork_child = static_cast<int>(record.vfork_child);
  if (record.descriptor_limit != 0) details.descriptor_limit = record.descriptor_limit;
  details.exe = whole_path(record.exe);
  details.cgroup = whole_path(record.cgroup);
  static_assert(dwarf_registers == WEDGED_REGISTERS);
  if (record.has_registers != 0) {
    details.registers.emplace();
    std::copy(std::begin(record.registers), std::end(record.registers), details.registers->begin());
  }
  return details;
}

Death death_of(const wedged_death_record& record) {
  Death death;
  death.id = {static_cast<int>(record.tgid), static_cast<int>(record.tid), record.start_boottime_ns};
  death.process = {static_cast<int>(record.tgid), record.process_start_boottime_ns};
  death.comm = text_of(record.comm);
  death.process_comm = text_of(record.process_comm);
  death.address = record.address;
  death.call_number = record.call_number;
  death.exit_code = record.exit_code;
  death.group_exit = record.group_exit != 0;
  death.at = instant_of_ns(record.at_ns);
  return death;
}

Crash crash_of(const wedged_crash_record& record) {
  Crash crash;
  crash.id = {static_cast<int>(record.tgid), static_cast<int>(record.tid), record.start_boottime_ns};
  crash.process = {static_cast<int>(record.tgid), record.process_start_boottime_ns};
  crash.comm = text_of(record.comm);
  crash.process_comm = text_of(record.process_comm);
  crash.signal = static_cast<int>(record.signal);
  crash.delivered = instant_of_ns(record.delivered_ns);
  crash.exited = instant_of_ns(record.exited_ns);
  return crash;
}

FuseHolder holder_of(const wedged_fuse_server_record& record) {
  return {{static_cast<int>(record.tgid), record.start_boottime_ns},
          text_of(record.comm),
          {std::begin(record.connections), std::end(record.connections)}};
}

// Copies the bytes into an object of the record's type, so that alignment does not matter.
template <typename Record>
Record copy_of(std::span<const std::byte> bytes) {
  Record record{};
  std::memcpy(&record, bytes.data(), sizeof(record));
  return record;
}

std::size_t size_of_kind(std::uint16_t kind) {
  switch (kind) {
    case WEDGED_RECORD_TASK: return sizeof(wedged_task_record);
    case WEDGED_RECORD_DETAIL: return sizeof(wedged_detail_record);
    case WEDGED_RECORD_DEATH: return sizeof(wedged_death_record);
    case WEDGED_RECORD_FUSE_SERVER: return sizeof(wedged_fuse_server_record);
    case WEDGED_RECORD_CRASH: return sizeof(wedged_crash_record);
    case WEDGED_RECORD_END: return sizeof(wedged_end_record);
    case WEDGED_RECORD_HOLDER: return sizeof(wedged_holder_record);
    case WEDGED_RECORD_REGISTRATION: return sizeof(wedged_registration_record) + sizeof(wedged_file_record);
    case WEDGED_RECORD_CENSUS: return sizeof(wedged_census_record);
    case WEDGED_RECORD_CGROUP: return sizeof(wedged_cgroup_record);
    default: return 0;
  }
}

}  // namespace

void Decoder::note_wait(const TaskId& id, const wedged_kernel_wait& record) {
  if (const auto wait = kernel_wait_of(record)) records_.kernel_waits[id] = *wait;
}

void Decoder::decode_record(std::span<const std::byte> record, std::uint16_t kind) {
  switch (kind) {
    case WEDGED_RECORD_TASK: {
      const auto task = copy_of<wedged_task_record>(record);
      records_.tasks.push_back(task_of(task, facts_));
      note_wait(records_.tasks.back().id, task.kernel_wait);
      break;
    }
    case WEDGED_RECORD_DETAIL: {
      const auto detail = copy_of<wedged_detail_record>(record);
      records_.detailed.push_back(task_of(detail.task, facts_));
      records_.detailed.back().details = details_of(detail);
      note_wait(records_.detailed.back().id, detail.task.kernel_wait);
      break;
    }
    case WEDGED_RECORD_DEATH:
      records_.deaths.push_back(death_of(copy_of<wedged_death_record>(record)));
      break;
    case WEDGED_RECORD_FUSE_SERVER:
      records_.fuse_holders.push_back(holder_of(copy_of<wedged_fuse_server_record>(record)));
      break;
    case WEDGED_RECORD_CRASH:
      records_.crashes.push_back(crash_of(copy_of<wedged_crash_record>(record)));
      break;
    case WEDGED_RECORD_END: records_.ends.push_back(end_of(copy_of<wedged_end_record>(record))); break;
    case WEDGED_RECORD_HOLDER:
      records_.end_holders.push_back(end_holder_of(copy_of<wedged_holder_record>(record)));
      break;
    case WEDGED_RECORD_REGISTRATION:
      records_.registrations.push_back(
          registration_of(copy_of<wedged_registration_record>(record),
                          copy_of<wedged_file_record>(record.subspan(sizeof(wedged_registration_record)))));
      break;
    case WEDGED_RECORD_CENSUS:
      records_.census.push_back(census_thread_of(copy_of<wedged_census_record>(record), facts_));
      break;
    case WEDGED_RECORD_CGROUP:
      records_.cgroup_paths.push_back(cgroup_path_of(copy_of<wedged_cgroup_record>(record)));
      break;
    default: break;
  }
}

// Decodes the first record if it is complete; returns how many bytes it took, 0 if more are needed.
std::size_t Decoder::decode_front(std::span<const std::byte> bytes) {
  if (bytes.size() < sizeof(wedged_record_header)) return 0;
  const auto header = copy_of<wedged_record_header>(bytes);
  if (header.version != WEDGED_ABI_VERSION || header.size != size_of_kind(header.kind) || header.size == 0) {
    lost_ = true;
    ++records_.malformed;
    return 0;
  }
  if (bytes.size() < header.size) return 0;
  decode_record(bytes.first(header.size), header.kind);
  return header.size;
}

void Decoder::feed(std::span<const std::byte> bytes) {
  if (lost_) return;
  pending_.insert(pending_.end(), bytes.begin(), bytes.end());
  std::span<const std::byte> rest{pending_};
  while (const auto taken = decode_front(rest)) rest = rest.subspan(taken);
  pending_.erase(pending_.begin(), pending_.end() - static_cast<std::ptrdiff_t>(rest.size()));
}

DecodedRecords Decoder::take() {
  if (!pending_.empty() && !lost_) ++records_.malformed;
  pending_.clear();
  lost_ = false;
  return std::exchange(records_, {});
}

}  // namespace wedged
