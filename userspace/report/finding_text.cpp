// SPDX-License-Identifier: Apache-2.0
#include "report/finding_text.h"

#include <algorithm>

#include "report/call_age.h"
#include "report/escape.h"
#include "report/format.h"

namespace wedged {
namespace {

constexpr std::size_t label_columns = 10;

std::string and_more(std::size_t total, std::size_t shown) {
  return "... and " + std::to_string(total - shown) + " more";
}

void add_times(TextBlock& block, const Finding& finding, const ClockPair& now) {
  block.line("state", state_text(finding.task.state));
  block.line("since", std::string(finding.since_exact ? "" : "at least ") +
                          time_text(now.wall_of(finding.since)) + " (" + duration_text(finding.lasted) + ")");
  if (!finding.task.call) return;
  const CallAge age = age_of_call(finding, now);
  std::string text = call_name(*finding.task.call);
  if (age.age) text += std::string(", for ") + (age.exact ? "" : "at least ") + duration_text(*age.age);
  block.line("call", text);
}

std::string device_number(std::uint32_t major, std::uint32_t minor) {
  return std::to_string(major) + ":" + std::to_string(minor);
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
  if (device.suspended) text += ", suspended";
  if (device.in_flight > 0) text += ", " + std::to_string(device.in_flight) + " requests in flight";
  block.line("device", text);
}

void add_details(TextBlock& block, const TaskDetails& details) {
  if (details.file) add_file(block, *details.file);
  if (details.device) add_device(block, *details.device);
  if (details.server) {
    const FuseServer& server = *details.server;
    block.line("served by", printable(server.comm) + "[" + std::to_string(server.process.tgid) + "]");
  }
}

void add_chain(TextBlock& block, const std::vector<BlameLink>& chain) {
  for (std::size_t at = 0; at < chain.size(); ++at) {
    std::string text = (at == 0 ? "" : "-> ") + printable(chain[at].what) + " " + printable(chain[at].detail);
    if (at + 1 == chain.size()) text += "  <- root";
    block.line("chain", text);
  }
}

void add_stack(TextBlock& block, const std::vector<std::string>& stack) {
  const std::size_t shown = std::min(stack.size(), shown_frames);
  for (std::size_t at = 0; at < shown; ++at) block.line("stack", printable(stack[at]));
  if (shown < stack.size()) block.line("stack", and_more(stack.size(), shown));
}

void add_other_threads(TextBlock& block, const Finding& finding) {
  std::size_t shown = 0;
  std::size_t total = 0;
  for (const StuckThread& thread : finding.threads) {
    if (thread.task.id == finding.task.id) continue;
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

}  // namespace

void TextBlock::line(const std::string& label, const std::string& text) {
  if (text.empty()) return;
  const std::string shown = label == last_label_ ? "" : label;
  text_ += "    " + painted(padded(shown, label_columns), shown.empty() ? Colour::none : Colour::dim, style_);
  text_ += text + "\n";
  last_label_ = label;
}

void add_identity(TextBlock& block, const Finding& finding) {
  const Task& task = finding.task;
  std::string process = process_text(task);
  if (task.kernel_thread) process += " (kernel thread)";
  if (task.details && !task.details->exe.empty()) process += " " + printable(task.details->exe);
  if (task.uid) process += ", uid " + std::to_string(*task.uid);
  block.line("process", process);
  block.line("unit", printable(finding.unit));
  block.line("thread", thread_text(task));
}

std::string finding_block(const Finding& finding, const ClockPair& now, const EventStyle& style) {
  TextBlock block(style);
  add_identity(block, finding);
  add_times(block, finding, now);
  if (finding.task.details) add_details(block, *finding.task.details);
  add_chain(block, finding.chain);
  if (finding.task.details) add_stack(block, finding.task.details->kernel_stack);
  for (const std::string& fact : finding.evidence) block.line("evidence", "- " + printable(fact));
  add_other_threads(block, finding);
  return block.take();
}

}  // namespace wedged
