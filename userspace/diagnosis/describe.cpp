// SPDX-License-Identifier: Apache-2.0
#include "diagnosis/describe.h"

#include <algorithm>
#include <array>
#include <string_view>

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

// Frames of the scheduler and of generic waiting tell nothing about what is waited for.
bool is_plumbing(std::string_view function) {
  constexpr std::array names{"__schedule",
                             "schedule",
                             "io_schedule",
                             "schedule_timeout",
                             "io_schedule_timeout",
                             "schedule_preempt_disabled",
                             "wait_for_completion",
                             "wait_for_completion_io",
                             "wait_for_completion_io_timeout",
                             "__wait_for_common",
                             "__wait_for_completion_io"};
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

bool is_network_fs(const std::string& fs_type) {
  return fs_type == "nfs" || fs_type == "nfs4" || fs_type == "cifs" || fs_type == "smb3";
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

void add_file_links(const TaskDetails& details, std::vector<BlameLink>& chain) {
  if (!details.file) return;
  chain.push_back({"for file", details.file->path});
  const bool in_tree = !details.file->path.empty() && details.file->path.front() == '/';
  if (in_tree && !details.file->is_block_device)
    chain.push_back({"on file system", describe_file_system(*details.file)});
  if (details.device && !details.file->fs_frozen)
    chain.push_back({"on device", describe_device(*details.device)});
  if (is_network_fs(details.file->fs_type))
    chain.push_back({"served by", "NFS or SMB server " + details.file->mount_source});
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

std::string describe_device(const DeviceFacts& device) {
  std::string notes;
  const auto note = [&](const std::string& text) { notes += (notes.empty() ? "" : ", ") + text; };
  if (!device.mapper_name.empty()) note("/dev/mapper/" + device.mapper_name);
  if (device.suspended) note("suspended");
  if (device.in_flight > 0) note(std::to_string(device.in_flight) + " requests in flight");
  return device.name + (notes.empty() ? "" : " (" + notes + ")");
}

bool waits_for_file_server(const Task& task) {
  if (!task.details) return false;
  const auto& file = task.details->file;
  if (file && (is_network_fs(file->fs_type) || starts_with(file->fs_type, "fuse"))) return true;
  return stack_has(task, {"request_wait_answer", "[fuse]", "fuse_simple_request", "rpc_wait_bit_killable",
                          "[sunrpc]", "[nfsv4]"});
}

std::string describe_root(const Task& task) {
  if (!task.details) return "something unknown (no details could be read)";
  const auto& details = *task.details;
  if (details.server) return "an answer of " + describe_server(*details.server);
  if (details.file && details.file->fs_frozen)
    return "the frozen file system on " + details.file->mount_point;
  if (details.file && is_network_fs(details.file->fs_type))
    return "an answer of the server of " + details.file->mount_source;
  if (details.device) return "device " + describe_device(*details.device);
  if (stack_has(task, {"rpc_wait_bit_killable"})) return "an answer of an NFS server (sunrpc)";
  if (stack_has(task, {"request_wait_answer"})) return "an answer of a FUSE server that could not be told";
  if (details.file) return details.file->path;
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
  add_file_links(*task.details, chain);
  if (task.details->server) {
    chain.push_back({"served by", describe_server(*task.details->server)});
  } else if (!task.details->file && stack_has(task, {"rpc_wait_bit_killable"})) {
    chain.push_back({"served by", "an NFS server (sunrpc waits for its answer)"});
  }
  return chain;
}

std::string unit_of(const std::string& cgroup) {
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

StuckThread stuck_thread(const Change& change) {
  return {change.task, change.waiting, change.in_call, describe_root(change.task)};
}

}  // namespace wedged
