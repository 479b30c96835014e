// SPDX-License-Identifier: Apache-2.0
#include "diagnosis/describe.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>

#include "diagnosis/container.h"
#include "diagnosis/device_text.h"
#include "diagnosis/mount_text.h"
#include "diagnosis/peer_text.h"
#include "observation/syscall_names.h"

namespace wedged {
namespace {

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

bool ends_with(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() && text.substr(text.size() - suffix.size()) == suffix;
}

// "submit_bio_wait+0x4b/0x80" -> "submit_bio_wait"; the module stays: "fuse_simple_request [fuse]".
std::string function_of(const std::string& frame) {
  const auto plus = frame.find('+');
  if (plus == std::string::npos) return frame;
  const auto module = frame.find(" [", plus);
  return frame.substr(0, plus) + (module == std::string::npos ? "" : frame.substr(module));
}

// Frames of the scheduler, of interrupts and of generic waiting tell nothing about what is waited for.
bool is_plumbing(std::string_view function) {
  constexpr std::array names{
      "__schedule", "schedule", "io_schedule", "schedule_timeout", "io_schedule_timeout",
      "schedule_preempt_disabled", "wait_for_completion", "wait_for_completion_io",
      "wait_for_completion_io_timeout", "__wait_for_common", "__wait_for_completion_io",
      // put off its CPU for others: x86, then arm64
      "__cond_resched", "preempt_schedule", "preempt_schedule_common", "preempt_schedule_thunk",
      "preempt_schedule_irq", "raw_irqentry_exit_cond_resched", "irqentry_exit_cond_resched", "irqentry_exit",
      "sysvec_apic_timer_interrupt", "asm_sysvec_apic_timer_interrupt", "sysvec_reschedule_ipi",
      "asm_sysvec_reschedule_ipi", "arm64_preempt_schedule_irq", "el1_interrupt", "el1h_64_irq_handler",
      "el1h_64_irq"};
  return std::find(names.begin(), names.end(), function) != names.end();
}

std::string waiting_function(const Task& task) {
  if (!task.details) return {};
  for (const auto& frame : task.details->kernel_stack) {
    auto function = function_of(frame);
    if (!is_plumbing(function)) return function;
  }
  return {};
}

std::string describe_server(const FuseServer& server) {
  return "FUSE server " + server.comm + "[" + std::to_string(server.process.tgid) + "]";
}

std::string describe_file_system(const FileFacts& file) {
  auto text = file.fs_type;
  if (!file.mount_point.empty()) text += " mounted on " + file.mount_point;
  if (!file.mount_source.empty() && file.mount_source != "none") text += " from " + file.mount_source;
  if (file.fs_frozen) text += ", frozen";
  return text;
}

bool is_of_descriptor(const FileFacts* file, const TaskDetails& details) {
  return file != nullptr && details.file && file == &*details.file;
}

void add_file_links(const TaskDetails& details, std::vector<BlameLink>& chain) {
  const auto* file = file_waited_for(details);
  if (file == nullptr) return;
  const bool faults = details.mapped_file && file == &*details.mapped_file;
  chain.push_back({faults ? "in a page fault on" : "for file", file->path});
  if (details.path_walk && file == &details.path_walk->place)
    chain.push_back({"on the way to", details.path_walk->name});
  const bool in_tree = !file->path.empty() && file->path.front() == '/';
  if (in_tree && !file->is_block_device) chain.push_back({"on file system", describe_file_system(*file)});
  if (details.device && !file->fs_frozen) chain.push_back({"on device", describe_device(*details.device)});
  auto server = describe_mount_server(*file);
  if (!server.empty()) chain.push_back({"served by", std::move(server)});
}

// Enough to tell the locks of one host apart. The address itself would show every reader of a log where the
// kernel keeps its memory, which it takes care to hide (Documentation/core-api/printk-formats.rst, %p).
std::string identity_of(const KernelLock& lock) {
  constexpr std::uint64_t odd = 0x9e3779b97f4a7c15;
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "#%04x", static_cast<unsigned>((lock.address * odd) >> 48U));
  return text.data();
}

// By the lock's own word, whoever the owner is.
std::string describe_kernel_lock_wait(const KernelLock& lock) {
  const auto text = describe_kernel_lock(lock);
  if (lock.holder == KernelHolder::gone) return text + ", held by a thread that no longer exists";
  if (lock.holder == KernelHolder::known && lock.owner)
    return text + ", held by thread " + std::to_string(lock.owner->tid);
  return text + ", owner unknown: " + why_owner_is_unknown(lock);
}

bool stack_has(const Task& task, std::initializer_list<std::string_view> parts) {
  if (!task.details) return false;
  const auto& stack = task.details->kernel_stack;
  return std::any_of(stack.begin(), stack.end(), [&](const std::string& frame) {
    return std::any_of(parts.begin(), parts.end(),
                       [&](std::string_view part) { return frame.find(part) != std::string::npos; });
  });
}

}  // namespace

std::string spoken(Duration duration) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration).count();
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
  if (seconds == 0 && milliseconds > 0) return std::to_string(milliseconds) + " ms";
  if (seconds < 120) return std::to_string(seconds) + " s";
  if (seconds < 7200) return std::to_string(seconds / 60) + " min " + std::to_string(seconds % 60) + " s";
  return std::to_string(seconds / 3600) + " h " + std::to_string(seconds % 3600 / 60) + " min";
}

std::string reported_from(Duration threshold) {
  return threshold <= Duration{} ? "" : " (reported from " + spoken(threshold) + " on)";
}

std::string describe_state(RunState state) {
  switch (state) {
    case RunState::running: return "R (running)";
    case RunState::sleeping: return "S (sleeping)";
    case RunState::uninterruptible: return "D (disk sleep)";
    case RunState::killable: return "D (disk sleep, killable)";
    case RunState::idle: return "I (idle)";
    case RunState::frozen: return "frozen";
    case RunState::stopped: return "T (stopped)";
    case RunState::traced: return "t (tracing stop)";
    case RunState::dead: return "Z (dead)";
    case RunState::unknown: return "unknown";
  }
  return "unknown";
}

std::string describe_task(const Task& task) {
  if (task.kernel_thread) return "kernel thread " + task.comm + "[" + std::to_string(task.id.tid) + "]";
  auto text = task.process_comm + "[" + std::to_string(task.id.tgid) + "]";
  if (task.id.tid == task.id.tgid) return text;
  text += " thread " + std::to_string(task.id.tid);
  return task.comm == task.process_comm ? text : text + " (" + task.comm + ")";
}

std::string describe_call(const Task& task) {
  if (!task.call) return {};
  if (task.call->compat) return "a 32-bit call " + std::to_string(task.call->number);
  const auto name = syscall_name(task.call->number);
  return name.empty() ? "call " + std::to_string(task.call->number) : std::string(name);
}

bool waits_for_file_server(const Task& task) {
  if (!task.details) return false;
  const auto* file = file_waited_for(*task.details);
  if (file != nullptr && (!describe_mount_server(*file).empty() || starts_with(file->fs_type, "fuse")))
    return true;
  return stack_has(task, {"request_wait_answer", "[fuse]", "fuse_simple_request", "rpc_wait_bit_killable",
                          "[sunrpc]", "[nfsv4]"});
}

std::string describe_kernel_lock(const KernelLock& lock) {
  return std::string(name_of(lock.kind)) + " " + identity_of(lock);
}

std::string why_owner_is_unknown(const KernelLock& lock) {
  if (lock.kind == KernelLockKind::semaphore) return "semaphores name none";
  if (lock.readers > 0)
    return std::to_string(lock.readers) + (lock.readers == 1 ? " reader has it" : " readers have it") +
           ", and the lock does not name them";
  return lock.owner_address == 0 ? "the lock names none" : "it could not be made sure of";
}

std::string describe_root(const Task& task) {
  if (!task.details) return "something unknown (no details could be read)";
  const auto& details = *task.details;
  if (details.kernel_lock) return describe_kernel_lock_wait(*details.kernel_lock);
  if (details.vfork_child)
    return "its vfork child " + std::to_string(*details.vfork_child) + " to exec or to exit";
  const auto* file = file_waited_for(details);
  if (details.server) return "an answer of " + describe_server(*details.server);
  if (file != nullptr && file->fs_frozen) return "the frozen file system on " + file->mount_point;
  const auto mount_server = file != nullptr ? describe_mount_server(*file) : std::string{};
  if (!mount_server.empty()) return "an answer of " + mount_server;
  if (details.device) return "device " + describe_device(*details.device);
  if (stack_has(task, {"rpc_wait_bit_killable"})) return "an answer of an NFS server (sunrpc)";
  if (stack_has(task, {"request_wait_answer"})) return "an answer of a FUSE server that could not be told";
  if (file != nullptr) return is_of_descriptor(file, details) ? describe_end(task) : file->path;
  const auto function = waiting_function(task);
  return function.empty() ? "something unknown (no kernel stack)" : "the kernel in " + function;
}

std::vector<BlameLink> blame_chain(const Task& task) {
  std::vector<BlameLink> chain;
  const auto call = describe_call(task);
  if (!call.empty()) chain.push_back({"in system call", call});
  if (!task.details) return chain;
  const auto function = waiting_function(task);
  if (!function.empty()) chain.push_back({"waits in", function});
  // What the call is about is not what a thread that waits for a lock waits for.
  if (task.details->kernel_lock || task.details->vfork_child) {
    chain.push_back({"waits for", describe_root(task)});
    return chain;
  }
  add_file_links(*task.details, chain);
  if (is_of_descriptor(file_waited_for(*task.details), *task.details)) add_end_links(task, chain);
  if (task.details->server) {
    chain.push_back({"served by", describe_server(*task.details->server)});
  } else if (file_waited_for(*task.details) == nullptr && stack_has(task, {"rpc_wait_bit_killable"})) {
    chain.push_back({"served by", "an NFS server (sunrpc waits for its answer)"});
  }
  return chain;
}

namespace {

// Below a container's own cgroup the units are of a systemd inside of it, which the host's does not know.
std::string unit_outside_containers(const std::string& cgroup) {
  std::size_t end = cgroup.size();
  while (end > 0) {
    const auto slash = cgroup.rfind('/', end - 1);
    const auto begin = slash == std::string::npos ? 0 : slash + 1;
    const auto part = std::string_view(cgroup).substr(begin, end - begin);
    for (const std::string_view suffix : {".service", ".scope", ".socket", ".mount", ".swap"}) {
      if (ends_with(part, suffix)) return std::string(part);
    }
    if (slash == std::string::npos) break;
    end = slash;
  }
  const auto leaf = cgroup.substr(cgroup.rfind('/') == std::string::npos ? 0 : cgroup.rfind('/') + 1);
  return ends_with(leaf, ".slice") ? std::string{} : leaf;
}

}  // namespace

std::string unit_of(const std::string& cgroup) {
  const auto container = container_of(cgroup);
  if (!container || container->id.empty()) return unit_outside_containers(cgroup);
  const auto unit = unit_of_container(cgroup);
  return unit.empty() ? container->name() : unit;
}

StuckThread stuck_thread(const Change& change) {
  return {change.task, change.waiting, change.in_call, describe_root(change.task)};
}

}  // namespace wedged
