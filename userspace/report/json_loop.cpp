// SPDX-License-Identifier: Apache-2.0
#include "report/json_loop.h"

#include <string.h>

#include <algorithm>

#include "diagnosis/event_names.h"
#include "diagnosis/loop_text.h"
#include "report/json_end.h"
#include "report/json_task.h"

namespace wedged::json {
namespace {

constexpr std::size_t listed_descriptors = 64;

ordered_json descriptor_number(int descriptor) {
  return descriptor < 0 ? ordered_json() : ordered_json(descriptor);
}

ordered_json error_value(int error) {
  if (error == 0) return nullptr;
  const char* name = strerrorname_np(error);
  return name == nullptr ? ordered_json(error) : ordered_json(name);
}

ordered_json failing_value(const std::optional<FailingCall>& failing) {
  if (!failing) return nullptr;
  return {{"syscall", call_name(failing->number)},
          {"error", error_value(failing->error)},
          {"descriptor", descriptor_number(failing->descriptor)}};
}

ordered_json descriptor_value(const ReadyDescriptor& ready, bool epoll) {
  ordered_json object{{"descriptor", descriptor_number(ready.descriptor)},
                      {"file", known(ready.file)},
                      {"asked", event_names(ready.asked, epoll)},
                      {"reported", event_names(ready.reported, epoll)},
                      {"returned", ready.returned},
                      {"used", ready.used},
                      {"edge_triggered", (ready.asked & event_edge_triggered) != 0}};
  add_end(object, ready.socket, ready.other_end);
  object["held_by"] = peers_value(ready.held_by);
  return object;
}

void add_watch(ordered_json& object, const LoopWatch& watch) {
  object["wait_call"] = watch.wait_call < 0 ? ordered_json() : ordered_json(call_name(watch.wait_call));
  object["epoll"] = descriptor_number(watch.epoll);
  object["registered"] = watch.epoll < 0 ? ordered_json() : ordered_json(watch.registered);
  object["ready_now"] = watch.epoll < 0 ? ordered_json() : ordered_json(watch.ready_now);
  object["complete"] = watch.complete;
  const auto listed = std::min(watch.ready.size(), listed_descriptors);
  for (std::size_t at = 0; at < listed; ++at)
    object["descriptors"].push_back(descriptor_value(watch.ready[at], is_epoll(watch)));
}

}  // namespace

ordered_json loop_value(const Finding& finding) {
  if (!finding.rates || !finding.task.loop) return nullptr;
  const auto& loop = *finding.task.loop;
  ordered_json object{{"wait_call", nullptr},
                      {"epoll", nullptr},
                      {"ready_per_second", finding.rates->ready},
                      {"productive_per_second", finding.rates->productive},
                      {"fruitless_per_second", finding.rates->fruitless},
                      {"failing", failing_value(loop.failing)},
                      {"registered", nullptr},
                      {"ready_now", nullptr},
                      {"complete", nullptr},
                      {"descriptors", ordered_json::array()}};
  if (loop.watch) add_watch(object, *loop.watch);
  return object;
}

}  // namespace wedged::json
