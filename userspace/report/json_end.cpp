// SPDX-License-Identifier: Apache-2.0
#include "report/json_end.h"

#include "report/json_task.h"

namespace wedged::json {
namespace {

ordered_json socket_value(const SocketFacts& socket) {
  return {{"protocol", socket.protocol},
          {"local", known(socket.local)},
          {"remote", known(socket.remote)},
          {"state", known(socket.state)}};
}

}  // namespace

ordered_json peers_value(const std::vector<Peer>& peers) {
  ordered_json values = ordered_json::array();
  for (const Peer& peer : peers) {
    values.push_back({{"pid", peer.process.tgid},
                      {"comm", known(peer.comm)},
                      {"start_boottime_ns", peer.process.start_boottime_ns},
                      {"descriptor", peer.descriptor}});
  }
  return values;
}

namespace {

ordered_json other_end_value(const OtherEnd& end) {
  return {{"closed", end.closed},
          {"pending", end.pending},
          {"exhaustive", end.exhaustive},
          {"processes_total", end.processes},
          {"processes", peers_value(end.holders)}};
}

}  // namespace

void add_end(ordered_json& object, const std::optional<SocketFacts>& socket,
             const std::optional<OtherEnd>& other_end) {
  object["socket"] = socket ? socket_value(*socket) : ordered_json();
  object["other_end"] = other_end ? other_end_value(*other_end) : ordered_json();
}

void add_end(ordered_json& object, const TaskDetails& details) {
  add_end(object, details.socket, details.other_end);
}

}  // namespace wedged::json
