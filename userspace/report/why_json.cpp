// SPDX-License-Identifier: Apache-2.0
#include "report/why_json.h"

#include "report/format.h"
#include "report/json_end.h"
#include "report/json_task.h"
#include "report/json_values.h"

namespace wedged::json {
namespace {

ordered_json process_value(const Why& why) {
  return {{"pid", why.process.tgid},
          {"start_boottime_ns", why.process.start_boottime_ns},
          {"comm", known(why.comm)},
          {"exe", known(why.exe)},
          {"command_line", known(why.command_line)},
          {"unit", known(why.unit)},
          {"uid", why.uid ? ordered_json(*why.uid) : ordered_json()},
          {"threads_total", why.threads_total}};
}

CallAge age_of(const Task& task, const ClockPair& now) {
  if (!task.call || !task.call->entered) return {};
  return {now.monotonic - *task.call->entered, true};
}

ordered_json holder_value(const std::optional<TaskId>& holder) {
  if (!holder) return nullptr;
  return {{"pid", holder->tgid}, {"tid", holder->tid}, {"start_boottime_ns", holder->start_boottime_ns}};
}

void add_details(ordered_json& object, const TaskDetails& details) {
  object["file"] = file_value(details);
  object["device"] = details.device ? device_value(*details.device) : ordered_json();
  object["server"] = details.server ? server_value(*details.server) : ordered_json();
  add_end(object, details);
  object["kernel_stack"] = details.kernel_stack;
}

ordered_json thread_value(const WhyThread& thread, const ClockPair& now) {
  const Task& task = thread.task;
  const bool waits = thread.waiting > Duration::zero();
  ordered_json object = {
      {"tid", task.id.tid},
      {"start_boottime_ns", task.id.start_boottime_ns},
      {"namespace_tid", task.namespace_tid == 0 ? ordered_json() : ordered_json(task.namespace_tid)},
      {"comm", known(task.comm)},
      {"stuck", thread.stuck},
      {"does", known(thread.does)},
      {"state", std::string(state_name(task.state))},
      {"waiting_since",
       waits ? ordered_json(time_value(now.wall_of(now.monotonic - thread.waiting))) : ordered_json()},
      {"waiting_seconds", seconds_of(thread.waiting)},
      {"waiting_exact", thread.waiting_exact},
      {"syscall", call_value(task, age_of(task, now))},
      {"lock", lock_value(thread.lock)},
      {"holder", holder_value(thread.holder)},
      {"user_stack", user_stack_value(task.user_side)}};
  add_details(object, task.details.value_or(TaskDetails{}));
  return object;
}

}  // namespace

std::string why(const Why& why, const ClockPair& now) {
  ordered_json document;
  document["schema"] = schema;
  document["time"] = time_value(now.wall);
  document["process"] = process_value(why);
  document["verdict"] = why.verdict;
  document["findings"] = ordered_json::array();
  for (const Finding& finding : why.findings) document["findings"].push_back(finding_value(finding, now));
  document["threads"] = ordered_json::array();
  for (const WhyThread& thread : why.threads) document["threads"].push_back(thread_value(thread, now));
  document["unknown"] = why.unknown;
  return line_of(document);
}

}  // namespace wedged::json
