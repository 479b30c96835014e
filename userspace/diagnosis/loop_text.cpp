// SPDX-License-Identifier: Apache-2.0
#include "diagnosis/loop_text.h"

#include <string.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "diagnosis/describe.h"
#include "diagnosis/peer_text.h"
#include "diagnosis/spin.h"
#include "observation/syscall_names.h"

namespace wedged {
namespace {

bool is_wait(std::string_view call) {
  constexpr std::array<std::string_view, 8> names{
      "epoll_wait", "epoll_pwait", "epoll_pwait2", "epoll_wait_old", "poll", "ppoll", "select", "pselect6"};
  return std::find(names.begin(), names.end(), call) != names.end();
}

std::string error_name(int error) {
  const char* name = strerrorname_np(error);
  return name == nullptr ? "error " + std::to_string(error) : name;
}

const ReadyDescriptor* returned_descriptor(const Task& task, int descriptor) {
  const auto* watch = watch_of(task);
  if (watch == nullptr || descriptor < 0) return nullptr;
  if (watch->failing && watch->failing->descriptor == descriptor && !watch->failing->file.empty())
    return &*watch->failing;
  const auto at = std::find_if(watch->ready.begin(), watch->ready.end(),
                               [&](const ReadyDescriptor& ready) { return ready.descriptor == descriptor; });
  return at == watch->ready.end() ? nullptr : &*at;
}

// What was read of the call that it happened to be in tells of its own descriptor only.
bool is_in(const Task& task, const FailingCall& failing) {
  const auto& call = task.call;
  return call && !call->compat && call->number == failing.number && call->arguments &&
         static_cast<int>(static_cast<std::uint32_t>(call->arguments->front())) == failing.descriptor &&
         task.details && task.details->file && file_waited_for(*task.details) == &*task.details->file;
}

}  // namespace

const LoopWatch* watch_of(const Task& task) {
  return task.loop && task.loop->watch ? &*task.loop->watch : nullptr;
}

std::string enclosed(const std::string& text) {
  return text.empty() ? text : " (" + text + ")";
}

bool is_epoll(const LoopWatch& watch) {
  return watch.epoll >= 0 || syscall_name(watch.wait_call).starts_with("epoll");
}

std::string spoken_count(std::uint64_t count) {
  auto text = std::to_string(count);
  for (auto at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

std::string spoken_rate(double per_second) {
  if (per_second <= 0) return "no";
  if (per_second < 1) return "less than 1";
  per_second = std::min(per_second, 1e15);
  std::uint64_t unit = 1;
  while (per_second / static_cast<double>(unit) >= 1000) unit *= 10;
  return spoken_count(static_cast<std::uint64_t>(std::llround(per_second / static_cast<double>(unit))) *
                      unit);
}

std::string describe_wait_call(const Task& task) {
  const auto* watch = watch_of(task);
  if (watch != nullptr && watch->wait_call >= 0) return call_name(watch->wait_call);
  const auto call = describe_call(task);
  return is_wait(call) ? call : "its wait for events";
}

std::string describe_descriptor(const ReadyDescriptor& ready) {
  const auto what = enclosed(ready.socket ? describe_socket(*ready.socket) : ready.file);
  if (ready.descriptor < 0)
    return ready.held_by.empty()
               ? "something that is open nowhere to be seen" + what
               : "a descriptor that is closed here and open " + describe_elsewhere(ready) + what;
  return "descriptor " + std::to_string(ready.descriptor) + what;
}

std::string describe_elsewhere(const ReadyDescriptor& ready) {
  if (ready.held_by.empty()) return "elsewhere";
  const auto& peer = ready.held_by.front();
  auto text = "in " + peer.comm + "[" + std::to_string(peer.process.tgid) + "] as descriptor " +
              std::to_string(peer.descriptor);
  const auto others = ready.held_by.size() - 1;
  return others == 0 ? text : text + " and in " + std::to_string(others) + " more";
}

std::string call_name(int number) {
  const auto name = syscall_name(number);
  return name.empty() ? "call " + std::to_string(number) : std::string(name);
}

std::string describe_failing_descriptor(const FailingCall& failing, const Task& task) {
  auto text = "descriptor " + std::to_string(failing.descriptor);
  if (const auto* ready = returned_descriptor(task, failing.descriptor)) return describe_descriptor(*ready);
  if (!is_in(task, failing)) return text;
  const auto& socket = task.details->socket;
  return text + enclosed(socket ? describe_socket(*socket) : task.details->file->path);
}

std::string outcome_of(const FailingCall& failing) {
  if (failing.error != 0) return "fails with " + error_name(failing.error);
  return reads(failing) ? "returns 0 (end of file)" : "returns 0";
}

std::string describe_failing(const FailingCall& failing, const Task& task) {
  return call_name(failing.number) + " on " + describe_failing_descriptor(failing, task) + " " +
         outcome_of(failing);
}

std::string describe_failing_call(const FailingCall& failing) {
  return call_name(failing.number) + ", which " + outcome_of(failing);
}

}  // namespace wedged
