// SPDX-License-Identifier: Apache-2.0
#include "report/finding_text.h"

#include <algorithm>

#include "diagnosis/call_text.h"
#include "diagnosis/container.h"
#include "diagnosis/device_text.h"
#include "diagnosis/peer_text.h"
#include "observation/lock.h"
#include "report/call_age.h"
#include "report/escape.h"
#include "report/format.h"
#include "report/stack_text.h"
#include "report/subject.h"

namespace wedged {
namespace {

void add_times(TextBlock& block, const Finding& finding, const ClockPair& now) {
  block.line("state", state_text(finding.task.state));
  block.line("since", std::string(finding.since_exact ? "" : "at least ") +
                          time_text(now.wall_of(finding.since)) + " (" + duration_text(finding.lasted) + ")");
  if (!finding.task.call) return;
  const CallAge age = age_of_call(finding, now);
  std::string text = printable(call_text(finding.task));
  if (age.age) text += std::string(", for ") + (age.exact ? "" : "at least ") + duration_text(*age.age);
  block.line("call", text);
}

std::string device_number(std::uint32_t major, std::uint32_t minor) {
  return std::to_string(major) + ":" + std::to_string(minor);
}

// Only where the wait is told for certain: what a futex may be is no help.
std::string lock_line(const Task& task) {
  const auto lock = lock_of(task, CLibrary::unknown);
  if (!lock || lock->kind == LockKind::unknown) return {};
  const bool itself = lock->owner && task.namespace_tid != 0 && *lock->owner == task.namespace_tid;
  return lock_text(*lock, itself ? "this thread itself" : "");
}

void add_file(TextBlock& block, const FileFacts& file) {
  block.line("file", printable(file.path));
  std::string mount = printable(file.fs_type);
  if (!file.mount_source.empty()) mount += " " + printable(file.mount_source);
  if (!file.mount_point.empty()) mount += " on " + printable(file.mount_point);
  if (file.fs_frozen) mount += ", frozen";
  block.line("mount", mount);
}

void add_device(TextBlock& block, const DeviceFacts& device) {
  std::string text = printable(device.name);
  if (!device.mapper_name.empty()) text += " (" + printable(device.mapper_name) + ")";
  text += " " + device_number(device.major, device.minor);
  for (const auto& note : device_notes(device)) text += ", " + printable(note);
  block.line("device", text);
  block.line("made of", printable(describe_lower_devices(device)));
}

// "main[123], which is left": who stands for the subject.
std::string teller_text(const Finding& finding, const Task& told) {
  const bool is_left = stuck_task(finding).id != told.id && told.state != RunState::dead;
  return thread_text(told) + (is_left ? ", which is left" : ", another thread");
}

// Before what is of another thread than the one that the finding is known by.
void add_teller(TextBlock& block, const Finding& finding) {
  const Task* told = told_by(finding);
  if (told == nullptr) return;
  block.line("told by", teller_text(finding, *told) +
                            ": its state, its call and its stacks follow, not those of " +
                            subject_text(finding));
}

// Each is headed with whose it is, where that may be mistaken: a survivor's is not the place of a crash.
void add_stacks(TextBlock& block, const Finding& finding) {
  const Task& task = finding.task;
  std::string whose;
  if (const Task* told = told_by(finding))
    whose = "of " + teller_text(finding, *told) + ", not of " + subject_text(finding) + ":";
  if (task.user_side) {
    if (!task.user_side->stack.empty()) block.line("user", whose);
    add_user_stack(block, *task.user_side, {});
  }
  if (!task.details || task.details->kernel_stack.empty()) return;
  block.line("stack", whose);
  add_kernel_stack(block, task.details->kernel_stack, {shown_frames, 0});
}

// Neither who tells, nor who is the subject and has nothing more to tell, since it has ended.
void add_other_threads(TextBlock& block, const Finding& finding) {
  const TaskId& stuck = stuck_task(finding).id;
  std::size_t shown = 0;
  std::size_t total = 0;
  for (const StuckThread& thread : finding.threads) {
    if (thread.task.id == finding.task.id || thread.task.id == stuck) continue;
    ++total;
    if (shown == shown_threads) continue;
    ++shown;
    std::string text = thread_text(thread.task) + " " + letter_of(thread.task.state);
    if (thread.waiting > Duration::zero()) text += ", for " + duration_text(thread.waiting);
    if (thread.task.call) text += ", in " + call_name(*thread.task.call);
    if (!thread.waits_for.empty()) text += ": " + printable(thread.waits_for);
    block.line("also", text);
  }
  if (shown < total) block.line("also", and_more(total, shown));
}

std::string victims_text(const Finding& finding) {
  if (finding.victims.empty()) return {};
  const std::size_t total = finding.victims.size();
  return std::to_string(total) + (total == 1 ? " thread waits" : " threads wait") +
         " for it: " + names_of(finding.victims, finding.task.process, shown_victims);
}

std::string container_line(const std::string& cgroup) {
  const auto container = container_of(cgroup);
  if (!container) return {};
  std::string text = container->id.empty() ? "of none but the pod" : printable(container->name());
  if (!container->pod.empty()) text += ", pod " + printable(container->pod);
  return text;
}

}  // namespace

void add_identity(TextBlock& block, const Finding& finding) {
  const Task& task = finding.task;
  std::string process = process_text(task);
  if (task.kernel_thread) process += " (kernel thread)";
  if (task.details && !task.details->exe.empty()) process += " " + printable(task.details->exe);
  if (task.uid) process += ", uid " + std::to_string(*task.uid);
  block.line("process", process);
  block.line("unit", printable(finding.unit));
  if (task.details) block.line("container", container_line(task.details->cgroup));
  block.line("thread", subject_text(finding));
}

void add_details(TextBlock& block, const Task& task) {
  const TaskDetails& details = *task.details;
  if (const auto* file = file_waited_for(details)) add_file(block, *file);
  if (details.socket) block.line("socket", printable(describe_socket(*details.socket)));
  block.line("other end", printable(describe_holders(task)));
  if (details.device) add_device(block, *details.device);
  if (details.server) {
    const FuseServer& server = *details.server;
    block.line("served by", printable(server.comm) + "[" + std::to_string(server.process.tgid) + "]");
  }
}

std::vector<std::string> chain_steps(const std::vector<BlameLink>& chain) {
  std::vector<std::string> steps;
  for (std::size_t at = 0; at < chain.size(); ++at) {
    std::string step = (at == 0 ? "" : "-> ") + printable(chain[at].what) + " " + printable(chain[at].detail);
    if (at + 1 == chain.size()) step += "  <- root";
    steps.push_back(std::move(step));
  }
  return steps;
}

std::string names_of(const std::vector<StuckThread>& threads, const ProcessId& home, std::size_t most) {
  const std::size_t shown = std::min(threads.size(), most);
  std::string names;
  for (std::size_t at = 0; at < shown; ++at) {
    const Task& task = threads[at].task;
    names += (at == 0 ? "" : ", ") + thread_text(task);
    if (task.process != home && task.id.tid != task.process.tgid) names += " of " + process_text(task);
  }
  if (shown < threads.size()) names += ", " + and_more(threads.size(), shown);
  return names;
}

std::string finding_block(const Finding& finding, const ClockPair& now, const EventStyle& style) {
  TextBlock block(style);
  add_identity(block, finding);
  add_teller(block, finding);
  add_times(block, finding, now);
  block.line("lock", lock_line(finding.task));
  if (finding.task.details) add_details(block, finding.task);
  for (const std::string& step : chain_steps(finding.chain)) block.line("chain", step);
  add_stacks(block, finding);
  for (const std::string& fact : finding.evidence) block.line("evidence", "- " + printable(fact));
  add_other_threads(block, finding);
  block.line("victims", victims_text(finding));
  for (const std::string& advice : finding.advice) block.line("to do", "- " + printable(advice));
  return block.take();
}

}  // namespace wedged
