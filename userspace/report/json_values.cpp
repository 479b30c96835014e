// SPDX-License-Identifier: Apache-2.0
#include "report/json_values.h"

#include <algorithm>

#include "diagnosis/container.h"
#include "diagnosis/describe.h"
#include "observation/lock.h"
#include "report/call_age.h"
#include "report/format.h"
#include "report/json_end.h"
#include "report/json_loop.h"
#include "report/json_task.h"
#include "report/subject.h"

namespace wedged::json {
namespace {

ordered_json container_value(const std::string& cgroup) {
  const auto container = container_of(cgroup);
  if (!container) return nullptr;
  return {
      {"runtime", known(container->runtime)}, {"id", known(container->id)}, {"pod", known(container->pod)}};
}

ordered_json process_value(const Finding& finding) {
  const Task& task = finding.task;
  const TaskDetails details = task.details.value_or(TaskDetails{});
  return {{"pid", task.process.tgid},
          {"comm", known(task.process_comm.empty() ? task.comm : task.process_comm)},
          {"exe", known(details.exe)},
          {"unit", known(finding.unit)},
          {"cgroup", known(details.cgroup)},
          {"container", container_value(details.cgroup)},
          {"uid", task.uid ? ordered_json(*task.uid) : ordered_json()},
          {"start_boottime_ns", task.process.start_boottime_ns},
          {"kernel_thread", task.kernel_thread}};
}

ordered_json name_value(const Task& task) {
  return {{"tid", task.id.tid}, {"comm", known(task.comm)}};
}

// That the finding is known by; its name is not known any more where it has left.
ordered_json subject_value(const Finding& finding) {
  const Task& subject = subject_of(finding);
  if (subject.id == finding.key.task) return name_value(subject);
  return {{"tid", finding.key.task.tid}, {"comm", nullptr}};
}

ordered_json thread_value(const StuckThread& thread) {
  const std::optional<SystemCall>& call = thread.task.call;
  const std::string cgroup = thread.task.details ? thread.task.details->cgroup : std::string();
  return {{"tid", thread.task.id.tid},
          {"pid", thread.task.process.tgid},
          {"comm", known(thread.task.comm)},
          {"unit", known(unit_of(cgroup))},
          {"cgroup", known(cgroup)},
          {"state", std::string(state_name(thread.task.state))},
          {"waiting_seconds", seconds_of(thread.waiting)},
          {"in_call_seconds", seconds_of(thread.in_call)},
          {"syscall", call ? ordered_json(call_name(*call)) : ordered_json()},
          {"waits_for", known(thread.waits_for)}};
}

void add_situation(ordered_json& object, const Finding& finding, const ClockPair& now) {
  const TaskDetails details = finding.task.details.value_or(TaskDetails{});
  object["state"] = std::string(state_name(finding.task.state));
  object["syscall"] = call_value(finding.task, age_of_call(finding, now));
  object["lock"] = lock_value(lock_of(finding.task, CLibrary::unknown));
  object["file"] = file_value(details);
  object["device"] = details.device ? device_value(*details.device) : ordered_json();
  object["server"] = details.server ? server_value(*details.server) : ordered_json();
  add_end(object, details);
  object["loop"] = loop_value(finding);
  object["evidence"] = finding.evidence;
  object["chain"] = ordered_json::array();
  for (const BlameLink& link : finding.chain) {
    object["chain"].push_back({{"what", link.what}, {"detail", link.detail}});
  }
  object["kernel_stack"] = details.kernel_stack;
  object["user_stack"] = user_stack_value(finding.task.user_side);
}

void add_threads(ordered_json& object, const std::string& name, const std::vector<StuckThread>& threads,
                 std::size_t most) {
  object[name + "_total"] = threads.size();
  object[name] = ordered_json::array();
  const std::size_t listed = std::min(threads.size(), most);
  for (std::size_t at = 0; at < listed; ++at) object[name].push_back(thread_value(threads[at]));
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
  object["thread"] = subject_value(finding);
  return object;
}

ordered_json finding_value(const Finding& finding, const ClockPair& now, std::size_t listed) {
  ordered_json object = finding_key_value(finding, now);
  const Task* told = told_by(finding);
  object["told_by"] = told != nullptr ? name_value(*told) : ordered_json();
  add_situation(object, finding, now);
  add_threads(object, "threads", finding.threads, listed);
  add_threads(object, "victims", finding.victims, listed);
  object["advice"] = finding.advice;
  return object;
}

std::string line_of(const ordered_json& value) {
  return value.dump(-1, ' ', true, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace wedged::json
