// SPDX-License-Identifier: Apache-2.0
#include "diagnosis/peer_text.h"

namespace wedged {
namespace {

std::string name_of(const Peer& peer, const ProcessId& process) {
  if (peer.process == process) return "the process itself";
  return peer.comm + "[" + std::to_string(peer.process.tgid) + "]";
}

}  // namespace

std::string describe_socket(const SocketFacts& socket) {
  auto text = socket.protocol;
  const auto add = [&](const std::string& word) { text += word.empty() ? "" : " " + word; };
  add(socket.local);
  if (!socket.remote.empty()) add("-> " + socket.remote);
  add(socket.state);
  return text;
}

std::string names_of(const std::vector<Peer>& holders, std::size_t processes, const ProcessId& process) {
  std::vector<std::string> names;
  for (const auto& peer : holders) names.push_back(name_of(peer, process));
  if (processes > names.size()) names.push_back(std::to_string(processes - names.size()) + " more processes");
  std::string text;
  for (std::size_t at = 0; at < names.size(); ++at)
    text += (at == 0 ? "" : at + 1 == names.size() ? " and " : ", ") + names[at];
  const bool own = names.size() == 1 && holders.front().process == process;
  return own ? text + " alone" : text;
}

std::string describe_holders(const OtherEnd& end, const ProcessId& process) {
  if (end.closed) return "closed";
  if (end.processes > 0)
    return (end.pending ? "not accepted yet by " : "held by ") +
           names_of(end.holders, end.processes, process);
  if (end.pending) return "not accepted yet";
  return end.exhaustive ? "held by nobody" : "";
}

std::string describe_holders(const Task& task) {
  if (!task.details || !task.details->other_end) return {};
  return describe_holders(*task.details->other_end, task.process);
}

std::string describe_end(const Task& task) {
  if (!task.details || !task.details->file) return {};
  auto text = task.details->file->path;
  if (task.details->socket) text += " (" + describe_socket(*task.details->socket) + ")";
  const auto holders = describe_holders(task);
  return holders.empty() ? text : text + ", whose other end is " + holders;
}

void add_end_links(const Task& task, std::vector<BlameLink>& chain) {
  if (task.details && task.details->socket)
    chain.push_back({"which is", describe_socket(*task.details->socket)});
  auto holders = describe_holders(task);
  if (!holders.empty()) chain.push_back({"whose other end is", std::move(holders)});
}

}  // namespace wedged
