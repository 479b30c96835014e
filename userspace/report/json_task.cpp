// SPDX-License-Identifier: Apache-2.0
#include "report/json_task.h"

#include <array>
#include <cstdio>

#include "diagnosis/call_text.h"
#include "observation/syscall_names.h"
#include "report/stack_text.h"

namespace wedged::json {
namespace {

ordered_json frame_value(const UserFrame& frame) {
  return {{"address", hex(frame.address)},
          {"function", known(frame.function)},
          {"offset", hex(frame.offset)},
          {"module", known(frame.module)}};
}

// Drivers that have no such state leave it out of sysfs: what is null is healthy or not known.
void add_condition(ordered_json& object, const DeviceCondition& condition) {
  object["state"] = known(condition.state);
  object["host_state"] = known(condition.host_state);
  object["read_only"] = condition.read_only;
  object["no_size"] = condition.no_size;
  object["backing_file"] = known(condition.backing_file);
  object["client_pid"] = condition.client_pid > 0 ? ordered_json(condition.client_pid) : ordered_json();
}

ordered_json lower_value(const LowerDevice& device) {
  ordered_json object{{"depth", device.depth},
                      {"name", known(device.name)},
                      {"mapper_name", known(device.mapper_name)},
                      {"suspended", device.suspended},
                      {"in_flight", device.in_flight}};
  add_condition(object, device.condition);
  return object;
}

}  // namespace

ordered_json known(const std::string& text) {
  return text.empty() ? ordered_json() : ordered_json(text);
}

std::string hex(std::uint64_t value) {
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "0x%llx", static_cast<unsigned long long>(value));
  return text.data();
}

ordered_json call_value(const Task& task, const CallAge& age) {
  const auto& call = task.call;
  if (!call) return nullptr;
  const std::string_view name = call->compat ? std::string_view() : syscall_name(call->number);
  ordered_json arguments;
  if (call->arguments) {
    arguments = ordered_json::array();
    for (const std::uint64_t argument : *call->arguments) arguments.push_back(hex(argument));
  }
  return {{"name", known(std::string(name))},
          {"text", call_text(task)},
          {"number", call->number},
          {"compat", call->compat},
          {"age_seconds", age.age ? ordered_json(seconds_of(*age.age)) : ordered_json()},
          {"age_exact", age.exact},
          {"args", arguments}};
}

ordered_json device_value(const DeviceFacts& device) {
  ordered_json object{{"name", known(device.name)},    {"mapper_name", known(device.mapper_name)},
                      {"major", device.major},         {"minor", device.minor},
                      {"suspended", device.suspended}, {"in_flight", device.in_flight}};
  add_condition(object, device.condition);
  object["lower"] = ordered_json::array();
  for (const LowerDevice& lower : device.lower) object["lower"].push_back(lower_value(lower));
  return object;
}

ordered_json server_value(const FuseServer& server) {
  return {{"pid", server.process.tgid},
          {"comm", known(server.comm)},
          {"start_boottime_ns", server.process.start_boottime_ns}};
}

ordered_json file_value(const TaskDetails& details) {
  const auto* waited_for = file_waited_for(details);
  if (waited_for == nullptr) return nullptr;
  const FileFacts& file = *waited_for;
  return {{"path", known(file.path)},
          {"fs_type", known(file.fs_type)},
          {"mount_source", known(file.mount_source)},
          {"mount_point", known(file.mount_point)},
          {"device", std::to_string(file.device_major) + ":" + std::to_string(file.device_minor)},
          {"is_block_device", file.is_block_device},
          {"fs_frozen", file.fs_frozen},
          {"inode", file.inode}};
}

ordered_json user_stack_value(const std::optional<UserSide>& side) {
  if (!side) return nullptr;
  ordered_json frames = ordered_json::array();
  for (const UserFrame& frame : side->stack) frames.push_back(frame_value(frame));
  return {{"frames", frames}, {"complete", side->stack_complete}, {"missing", side->missing}};
}

ordered_json lock_value(const std::optional<Lock>& lock) {
  if (!lock) return nullptr;
  return {{"kind", std::string(kind_name(lock->kind))},
          {"address", hex(lock->address)},
          {"type", known(lock->type)},
          {"function", known(lock->function)},
          {"process_private", lock->process_private},
          {"has_timeout", lock->has_timeout},
          {"robust", lock->robust},
          {"recursive", lock->recursive},
          {"owner", lock->owner ? ordered_json(*lock->owner) : ordered_json()},
          {"no_owner_reason", known(lock->no_owner_reason)},
          {"layout_certain", lock->layout_certain}};
}

}  // namespace wedged::json
