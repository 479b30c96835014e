// SPDX-License-Identifier: Apache-2.0
#include "diagnosis/device_text.h"

namespace wedged {
namespace {

// Of a device or of one below another: they have these members in common.
template <typename Device>
std::vector<std::string> notes_of(const Device& device) {
  std::vector<std::string> notes;
  const auto& condition = device.condition;
  if (device.suspended) notes.emplace_back("suspended");
  if (!condition.state.empty()) notes.push_back(condition.state);
  if (!condition.host_state.empty()) notes.push_back("SCSI host in state " + condition.host_state);
  if (condition.read_only) notes.emplace_back("read-only");
  if (condition.no_size) notes.emplace_back("of size 0");
  if (!condition.backing_file.empty()) notes.push_back("from file " + condition.backing_file);
  if (condition.client_pid > 0)
    notes.push_back("connected by NBD client " + std::to_string(condition.client_pid));
  if (device.in_flight > 0)
    notes.push_back(std::to_string(device.in_flight) +
                    (device.in_flight == 1 ? " request in flight" : " requests in flight"));
  return notes;
}

template <typename Device>
std::string with_notes(const Device& device) {
  std::string notes = device.mapper_name.empty() ? "" : "/dev/mapper/" + device.mapper_name;
  for (const auto& note : notes_of(device)) notes += (notes.empty() ? "" : ", ") + note;
  return device.name + (notes.empty() ? "" : " (" + notes + ")");
}

}  // namespace

std::vector<std::string> device_notes(const DeviceFacts& device) {
  return notes_of(device);
}

std::string describe_lower_devices(const DeviceFacts& device) {
  std::string text;
  unsigned depth = 0;
  for (const auto& lower : device.lower) {
    if (!text.empty()) text += lower.depth == depth ? ", " : " on ";
    text += with_notes(lower);
    depth = lower.depth;
  }
  return text;
}

std::string describe_device(const DeviceFacts& device) {
  const auto lower = describe_lower_devices(device);
  return with_notes(device) + (lower.empty() ? "" : " on " + lower);
}

}  // namespace wedged
