// SPDX-License-Identifier: Apache-2.0
#include "kernel/decode.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "abi.h"

namespace wedged {
namespace {

// include/linux/sched.h; not in BTF because they are macros. Unchanged since v5.10 except where
// kernel/facts.h says so.
constexpr std::uint32_t task_interruptible = 0x1;
constexpr std::uint32_t task_uninterruptible = 0x2;
constexpr std::uint32_t task_stopped = 0x4;
constexpr std::uint32_t task_traced = 0x8;
constexpr std::uint32_t task_dead = 0x80;
constexpr std::uint32_t task_wakekill = 0x100;
constexpr std::uint32_t task_noload = 0x400;
constexpr std::uint32_t task_frozen = 0x8000;
constexpr std::uint32_t pf_exiting = 0x4;
constexpr std::uint32_t pf_forknoexec = 0x40;
constexpr std::uint32_t pf_frozen = 0x10000;
constexpr std::uint32_t pf_kthread = 0x200000;

RunState run_state(const wedged_task_record& record, const DecodeFacts& facts) {
  const auto state = record.state;
  if (record.exit_state != 0 || (state & task_dead) != 0) return RunState::dead;
  if (facts.frozen_state ? (state & task_frozen) != 0 : (record.flags & pf_frozen) != 0)
    return RunState::frozen;
  if ((state & task_stopped) != 0) return RunState::stopped;
  if ((state & task_traced) != 0) return RunState::traced;
  if ((state & task_uninterruptible) != 0) {
    if ((state & task_noload) != 0) return RunState::idle;
    return (state & task_wakekill) != 0 ? RunState::killable : RunState::uninterruptible;
  }
  if ((state & task_interruptible) != 0) return RunState::sleeping;
  return state == 0 ? RunState::running : RunState::unknown;
}

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
  task.crashed_thread_seen = (record.facts & WEDGED_FACT_CRASH_SEEN) != 0;
}

Task task_of(const wedged_task_record& record, const DecodeFacts& facts) {
  Task task;
  task.id = {static_cast<int>(record.tgid), static_cast<int>(record.tid), record.start_boottime_ns};
  task.process = {static_cast<int>(record.tgid), record.process_start_boottime_ns};
  task.comm = text_of(record.comm);
  task.process_comm = text_of(record.process_comm);
  task.uid = record.uid;
  task.parent_tgid = static_cast<int>(record.parent_tgid);
  task.state = run_state(record, facts);
  task.kernel_thread = (record.flags & pf_kthread) != 0;
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
  add_registers(record, task);
  add_process_facts(record, task);
  return task;
}

// The packed names, leaf first, as a path.
std::string path_of(const wedged_packed_path& packed) {
  std::string path;
  const std::size_t used = std::min<std::size_t>(packed.used, sizeof(packed.names));
  for (std::size_t at = 0; at < used;) {
    const std::size_t length = strnlen(packed.names + at, used - at);
    path.insert(0, "/" + std::string(packed.names + at, length));
    at += length + 1;
  }
  if (packed.complete == 0) return path.empty() ? "" : "..." + path;
  return path.empty() ? "/" : path;
}

std::string joined(const std::string& mount_point, const std::string& path) {
  if (mount_point == "/" || mount_point.empty()) return path;
  if (path == "/") return mount_point;
  return mount_point + (path.empty() || path.front() == '/' ? "" : "/") + path;
}

// What lives in no mounted tree: pipes, sockets, anonymous inodes.
std::string pseudo_path(const std::string& fs_type, const std::string& name, std::uint64_t inode) {
  if (fs_type == "pipefs") return "pipe:[" + std::to_string(inode) + "]";
  if (fs_type == "sockfs") return "socket:[" + std::to_string(inode) + "]";
  if (fs_type == "anon_inodefs") return "anon_inode:" + (name.rfind('/', 0) == 0 ? name.substr(1) : name);
  return {};
}

std::optional<FileFacts> file_of(const wedged_file_record& record) {
  if (record.present == 0) return std::nullopt;
  FileFacts file;
  file.fs_type = text_of(record.fs_type);
  file.mount_source = text_of(record.mount_source);
  file.mount_point = path_of(record.mount_point);
  file.inode = record.inode;
  const auto path = path_of(record.path);
  const auto pseudo = pseudo_path(file.fs_type, path, record.inode);
  file.path = pseudo.empty() ? joined(file.mount_point, path) : pseudo;
  file.is_block_device = S_ISBLK(record.mode);
  const auto device = file.is_block_device ? record.node_device : record.device;
  file.device_major = device >> 20;  // MKDEV, include/linux/kdev_t.h
  file.device_minor = device & 0xfffff;
  file.fs_frozen = record.frozen != 0;
  if (file.fs_type == "fuse" || file.fs_type == "fuseblk" || file.fs_type == "virtiofs")
    file.connection = record.connection;
  return file;
}

std::string whole_path(const wedged_packed_path& packed) {
  return packed.used == 0 && packed.complete == 0 ? std::string{} : path_of(packed);
}

TaskDetails details_of(const wedged_detail_record& record) {
  TaskDetails details;
  for (std::uint32_t i = 0; i < std::min<std::uint32_t>(record.frames, WEDGED_STACK_DEPTH); ++i) {
    details.kernel_stack.push_back(text_of(record.stack[i]));
  }
  details.file = file_of(record.file);
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
  return {{static_cast<int>(record.tgid), static_cast<int>(record.tid), record.start_boottime_ns},
          text_of(record.comm),
          record.call_number,
          record.exit_code,
          record.group_exit != 0,
          instant_of_ns(record.at_ns)};
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
    default: return 0;
  }
}

}  // namespace

void Decoder::decode_record(std::span<const std::byte> record, std::uint16_t kind) {
  switch (kind) {
    case WEDGED_RECORD_TASK:
      records_.tasks.push_back(task_of(copy_of<wedged_task_record>(record), facts_));
      break;
    case WEDGED_RECORD_DETAIL: {
      const auto detail = copy_of<wedged_detail_record>(record);
      records_.detailed.push_back(task_of(detail.task, facts_));
      records_.detailed.back().details = details_of(detail);
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
