// SPDX-License-Identifier: Apache-2.0
#include "kernel/peers.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <set>
#include <string_view>

#include "kernel/decode.h"
#include "observation/syscall_names.h"

namespace wedged {
namespace {

constexpr std::size_t told_at_most = 4;  // processes that have one end

// Calls that sleep until the other end of their first argument does something. Who accepts or connects has
// no other end yet, but a socket that can be described.
constexpr auto reading_calls =
    std::to_array<std::string_view>({"read", "readv", "preadv", "preadv2", "recvfrom", "recvmsg", "recvmmsg",
                                     "accept", "accept4", "connect"});
constexpr auto writing_calls = std::to_array<std::string_view>(
    {"write", "writev", "pwritev", "pwritev2", "sendto", "sendmsg", "sendmmsg"});

template <std::size_t Count>
bool has(const std::array<std::string_view, Count>& calls, std::string_view name) {
  return std::find(calls.begin(), calls.end(), name) != calls.end();
}

// One descriptor of each process; its own in the last place: others can do something.
template <typename Fits>
void add_holders(const std::vector<EndHolder>& holders, const EndQuestion& question, OtherEnd& other,
                 const Fits& fits) {
  std::map<std::pair<bool, ProcessId>, Peer> processes;
  for (const auto& holder : holders) {
    const bool own = holder.peer.process.tgid == question.task.tgid;
    if (fits(holder)) processes.emplace(std::pair(own, holder.peer.process), holder.peer);
  }
  other.processes = static_cast<unsigned>(processes.size());
  for (auto& [process, peer] : processes) {
    if (other.holders.size() < told_at_most) other.holders.push_back(std::move(peer));
  }
}

// Nobody has the other end: it may wait at a listening socket to be accepted.
void add_listeners(const std::vector<EndHolder>& holders, const FileEnd& end, const EndQuestion& question,
                   OtherEnd& other) {
  add_holders(holders, question, other, [&](const EndHolder& holder) {
    const auto& keys = end.listeners;
    return holder.backlog > 0 && std::find(keys.begin(), keys.end(), holder.key) != keys.end();
  });
  other.pending = other.processes > 0;
}

Result<std::vector<FileEnd>> read_ends(Probes& probes, const std::vector<EndQuestion>& questions) {
  std::map<TaskId, std::vector<int>> descriptors;
  for (const auto& question : questions) descriptors[question.task].push_back(question.descriptor);
  std::vector<TaskDescriptors> asked;
  for (auto& [task, numbers] : descriptors) asked.push_back({task, std::move(numbers)});
  Decoder decoder({});
  if (auto read = probes.ends(asked, [&](std::span<const std::byte> bytes) { decoder.feed(bytes); }); !read)
    return read.error();
  return decoder.take().ends;
}

Result<std::vector<EndHolder>> find_holders(Probes& probes, const std::vector<FileEnd>& ends) {
  std::set<EndKey> sought;
  for (const auto& end : ends) {
    if (end.other && !end.other_closed) sought.insert(*end.other);
  }
  for (const auto& end : ends) {
    for (const auto& listener : end.listeners) {
      if (sought.size() < Probes::most_ends_sought) sought.insert(listener);
    }
  }
  if (sought.empty()) return std::vector<EndHolder>{};
  Decoder decoder({});
  const auto sink = [&](std::span<const std::byte> bytes) { decoder.feed(bytes); };
  if (auto read = probes.holders({sought.begin(), sought.end()}, sink); !read) return read.error();
  return decoder.take().end_holders;
}

}  // namespace

std::optional<EndQuestion> end_question_of(const Task& task) {
  if (task.state != RunState::sleeping || !task.call || task.call->compat || !task.call->arguments)
    return std::nullopt;
  const auto name = syscall_name(task.call->number);
  const bool writes = has(writing_calls, name);
  if (!writes && !has(reading_calls, name)) return std::nullopt;
  const auto descriptor = static_cast<std::uint32_t>(task.call->arguments->front());
  return EndQuestion{task.id, static_cast<int>(descriptor), writes ? Direction::writes : Direction::reads};
}

EndAnswer answer_of(const EndQuestion& question, const FileEnd& end, const std::vector<EndHolder>& holders) {
  EndAnswer answer{question, end.socket, std::nullopt};
  if (!end.other) return answer;
  auto& other = answer.other_end.emplace();
  other.closed = end.other_closed;
  other.exhaustive = end.other_on_host;
  other.pending = end.other_pending;
  if (other.closed) return answer;
  add_holders(holders, question, other, [&](const EndHolder& holder) {
    const bool opposite = question.direction == Direction::reads ? holder.writes : holder.reads;
    return holder.key == *end.other && (!end.is_pipe || opposite);
  });
  if (other.processes == 0 && !end.listeners.empty()) add_listeners(holders, end, question, other);
  return answer;
}

Result<std::vector<EndAnswer>> look_for_other_ends(Probes& probes, std::vector<EndQuestion> questions) {
  std::vector<EndAnswer> answers;
  if (questions.size() > Probes::greatest_end_pass) questions.resize(Probes::greatest_end_pass);
  if (questions.empty()) return answers;
  const auto ends = read_ends(probes, questions);
  if (!ends) return ends.error();
  const auto holders = find_holders(probes, *ends);
  if (!holders) return holders.error();
  for (const auto& end : *ends) {
    const auto asked = std::find_if(questions.begin(), questions.end(), [&](const EndQuestion& question) {
      return question.task.tid == end.tid && question.descriptor == end.descriptor;
    });
    if (asked != questions.end()) answers.push_back(answer_of(*asked, end, *holders));
  }
  return answers;
}

void OtherEnds::complete(Probes& probes, std::vector<Task>& tasks, bool at_any_cost) {
  std::vector<EndQuestion> questions;
  for (const auto& task : tasks) {
    if (auto question = end_question_of(task); question && task.details) questions.push_back(*question);
  }
  const auto now = std::chrono::steady_clock::now();
  if (questions.empty() || (!pass_.is_due(now) && !at_any_cost)) return;
  auto answers = pass_.run(now, [&] { return look_for_other_ends(probes, std::move(questions)); });
  if (!answers) return;  // the waits stand without; the next scan that reads their details asks again
  for (auto& answer : *answers) {
    const auto task = std::find_if(tasks.begin(), tasks.end(),
                                   [&](const Task& one) { return one.id == answer.question.task; });
    task->details->socket = std::move(answer.socket);
    task->details->other_end = std::move(answer.other_end);
  }
}

}  // namespace wedged
