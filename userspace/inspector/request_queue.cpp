// SPDX-License-Identifier: Apache-2.0
#include "inspector/request_queue.h"

#include <algorithm>
#include <utility>

namespace wedged {
namespace {

// A process that is asked about again is asked within half a minute or so; one that is gone is not remembered
// for ever.
constexpr Duration trouble_is_remembered = std::chrono::minutes(5);
constexpr std::size_t most_trouble = 1024;  // processes

// A thread has one set of registers at a time. What is asked without them is memory alone, of which a thread
// may have many pieces.
bool replaces(const InspectThread& newer, const InspectThread& older) {
  if (newer.id != older.id || newer.registers.has_value() != older.registers.has_value()) return false;
  return newer.registers || newer.word_address == older.word_address;
}

void join(std::vector<InspectThread> newer, std::vector<InspectThread>& threads) {
  for (InspectThread& thread : newer) {
    const auto older = std::find_if(threads.begin(), threads.end(),
                                    [&](const InspectThread& other) { return replaces(thread, other); });
    if (older == threads.end())
      threads.push_back(std::move(thread));
    else
      *older = std::move(thread);
  }
}

}  // namespace

bool RequestQueue::add(InspectRequest request) {
  const auto waiting = of(request.process);
  if (waiting == waiting_.end()) {
    waiting_.push_back(std::move(request));
    return true;
  }
  join(std::move(request.threads), waiting->threads);
  return false;
}

void RequestQueue::put_back(InspectRequest request) {
  const auto waiting = of(request.process);
  if (waiting == waiting_.end()) return waiting_.push_back(std::move(request));
  join(std::move(waiting->threads), request.threads);
  waiting->threads = std::move(request.threads);
}

void RequestQueue::forget(const ProcessId& process) {
  const auto waiting = of(process);
  if (waiting != waiting_.end()) waiting_.erase(waiting);
}

std::optional<InspectRequest> RequestQueue::take(const std::function<bool(const ProcessId&)>& may) {
  auto next = waiting_.end();
  for (auto at = waiting_.begin(); at != waiting_.end(); ++at) {
    if (may(at->process) && (next == waiting_.end() || rank(*at) < rank(*next))) next = at;
  }
  if (next == waiting_.end()) return std::nullopt;
  InspectRequest request = std::move(*next);
  waiting_.erase(next);
  return request;
}

std::deque<InspectRequest> RequestQueue::take_all() {
  return std::exchange(waiting_, {});
}

bool RequestQueue::presses(const ProcessId& taken) const {
  return !trouble_.empty() && trouble_.count(taken) == 0 &&
         std::any_of(waiting_.begin(), waiting_.end(),
                     [this](const InspectRequest& other) { return trouble_.count(other.process) == 0; });
}

void RequestQueue::note_trouble(const InspectRequest& request, InVain waited, Instant now) {
  std::erase_if(trouble_,
                [now](const auto& trouble) { return now - trouble.second.since >= trouble_is_remembered; });
  if (trouble_.size() >= most_trouble && trouble_.count(request.process) == 0) return;
  trouble_[request.process] = {now, waited, request.uid};
}

std::deque<InspectRequest>::iterator RequestQueue::of(const ProcessId& process) {
  return std::find_if(waiting_.begin(), waiting_.end(),
                      [&](const InspectRequest& other) { return other.process == process; });
}

int RequestQueue::rank(const InspectRequest& request) const {
  const auto own = trouble_.find(request.process);
  if (own != trouble_.end()) return own->second.waited == InVain::for_long ? 3 : 2;
  const bool of_its_user = std::any_of(trouble_.begin(), trouble_.end(), [&](const auto& trouble) {
    return request.uid && trouble.second.uid == request.uid;
  });
  return of_its_user ? 1 : 0;
}

}  // namespace wedged
