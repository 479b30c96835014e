// SPDX-License-Identifier: Apache-2.0
#include "report/json_values.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "observation/syscall_names.h"
#include "report/call_age.h"
#include "report/format.h"

namespace wedged::json {
namespace {

ordered_json known(const std::string& text) {
  return text.empty() ? ordered_json() : ordered_json(text);
}

// Hexadecimal, since JSON readers keep 53 bits of a number and pointers have more.
std::string hex(std::uint64_t value) {
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "0x%llx", static_cast<unsigned long long>(value));
  return text.data();
}

ordered_json process_value(const Finding& finding) {
  const Task& task = finding.task;
  const TaskDetails details = task.details.value_or(TaskDetails{});
  return {{"pid", task.process.tgid},
          {"comm", known(task.process_comm.empty() ? task.comm : task.process_comm)},
          {"exe", known(details.exe)},
          {"unit", known(finding.unit)},
          {"cgroup", known(details.cgroup)},
          {"uid", task.uid ? ordered_json(*task.uid) : ordered_json()},
          {"start_boottime_ns", task.process.start_boottime_ns},
          {"kernel_thread", task.kernel_thread}};
}

ordered_json call_value(const std::optional<SystemCall>& call, const CallAge& age) {
  if (!call) return nullptr;
  const std::string_view name = call->compat ? std::string_view() : syscall_name(call->number);
  ordered_json arguments;
  if (call->arguments) {
    arguments = ordered_json::array();
    for (const std::uint64_t argument : *call->arguments) arguments.push_back(hex(argument));
  }
  return {{"name", known(std::string(name))},
          {"number", call->number},
          {"compat", call->compat},
          {"age_seconds", age.age ? ordered_json(seconds_of(*age.age)) : ordered_json()},
          {"age_exact", age.exact},
          {"args", arguments}};
}

ordered_json device_value(const DeviceFacts& device) {
  return {{"name", known(device.name)},    {"mapper_name", known(device.mapper_name)},
          {"major", device.major},         {"minor", device.minor},
          {"suspended", device.suspended}, {"in_flight", device.in_flight}};
}

ordered_json server_value(const FuseServer& server) {
  return {{"pid", server.process.tgid},
          {"comm", known(server.comm)},
          {"start_boottime_ns", server.process.start_boottime_ns}};
}

ordered_json file_value(const TaskDetails& details) {
  if (!details.file) return nullptr;
  const FileFacts& file = *details.file;
  return {{"path", known(file.path)},
          {"fs_type", known(file.fs_type)},
          {"mount_source", known(file.mount_source)},
          {"mount_point", known(file.mount_point)},
          {"device", std::to_string(file.device_major) + ":" + std::to_string(file.device_minor)},
          {"is_block_device", file.is_block_device},
          {"fs_frozen", file.fs_frozen},
          {"inode", file.inode}};
}

ordered_json thread_value(const StuckThread& thread) {
  const std::optional<SystemCall>& call = thread.task.call;
  return {{"tid", thread.task.id.tid},
          {"pid", thread.task.process.tgid},
          {"comm", known(thread.task.comm)},
          {"state", std::string(state_name(thread.task.state))},
          {"waiting_seconds", seconds_of(thread.waiting)},
          {"in_call_seconds", seconds_of(thread.in_call)},
          {"syscall", call ? ordered_json(call_name(*call)) : ordered_json()},
          {"waits_for", known(thread.waits_for)}};
}

void add_situation(ordered_json& object, const Finding& finding, const ClockPair& now) {
  const TaskDetails details = finding.task.details.value_or(TaskDetails{});
  object["state"] = std::string(state_name(finding.task.state));
  object["syscall"] = call_value(finding.task.call, age_of_call(finding, now));
  object["file"] = file_value(details);
  object["device"] = details.device ? device_value(*details.device) : ordered_json();
  object["server"] = details.server ? server_value(*details.server) : ordered_json();
  object["evidence"] = finding.evidence;
  object["chain"] = ordered_json::array();
  for (const BlameLink& link : finding.chain) {
    object["chain"].push_back({{"what", link.what}, {"detail", link.detail}});
  }
  object["kernel_stack"] = details.kernel_stack;
}

void add_threads(ordered_json& object, const std::vector<StuckThread>& threads) {
  object["threads_total"] = threads.size();
  object["threads"] = ordered_json::array();
  const std::size_t listed = std::min(threads.size(), listed_threads);
  for (std::size_t at = 0; at < listed; ++at) object["threads"].push_back(thread_value(threads[at]));
}

}  // namespace

std::string time_value(WallTime at) {
  return time_text(at);
}

ordered_json finding_key_value(const Finding& finding, const ClockPair& now) {
  ordered_json object;
  object["cause"] = std::string(name_of(finding.key.cause));
  object["certainty"] = std::string(name_of(finding.certainty));
  object["since"] = time_value(now.wall_of(finding.since));
  object["since_exact"] = finding.since_exact;
  object["lasted_seconds"] = seconds_of(finding.lasted);
  object["summary"] = finding.summary;
  object["process"] = process_value(finding);
  object["thread"] = {{"tid", finding.task.id.tid}, {"comm", known(finding.task.comm)}};
  return object;
}

ordered_json finding_value(const Finding& finding, const ClockPair& now) {
  ordered_json object = finding_key_value(finding, now);
  add_situation(object, finding, now);
  add_threads(object, finding.threads);
  return object;
}

std::string line_of(const ordered_json& value) {
  return value.dump(-1, ' ', true, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace wedged::json
