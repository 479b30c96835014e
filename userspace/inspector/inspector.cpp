// SPDX-License-Identifier: Apache-2.0
#include "inspector/inspector.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <iterator>
#include <utility>

#include "inspector/protocol.h"

namespace wedged {
namespace {

// A killed child is gone within a millisecond or two, unless it hangs in the kernel.
constexpr Duration dying_takes = std::chrono::milliseconds(100);
constexpr std::size_t longest_progress = 300;

std::string text_of(Duration duration) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%g s", seconds_of(duration));
  return text.data();
}

InspectReply failure_of(const InspectRequest& request, const std::string& reason) {
  InspectReply reply;
  reply.process = request.process;
  reply.failure = reason;
  return reply;
}

// The same question about the same thread, or a newer one: a thread has one set of registers at a time. What
// is asked without them is memory alone, of which a thread may have many pieces.
bool replaces(const InspectThread& newer, const InspectThread& older) {
  return newer == older || (newer.id == older.id && newer.registers && older.registers);
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

Instant now_of_clock() {
  return std::chrono::steady_clock::now();
}

}  // namespace

Inspector::Inspector(std::string executable, InspectorLimits limits)
    : executable_(std::move(executable)), limits_(limits) {}

void Inspector::request(InspectRequest request) {
  if (in_flight_ && in_flight_->request.process == request.process) leave_out_asked(request);
  const auto waiting = waiting_of(request.process);
  if (waiting != queue_.end()) return join(std::move(request.threads), waiting->threads);
  if (in_flight_ && in_flight_->request.process == request.process && request.threads.empty()) return;
  ++stats_.requests;
  queue_.push_back(std::move(request));
}

void Inspector::leave_out_asked(InspectRequest& request) const {
  const auto& asked = in_flight_->request.threads;
  std::erase_if(request.threads, [&asked](const InspectThread& thread) {
    return std::find(asked.begin(), asked.end(), thread) != asked.end();
  });
}

std::deque<InspectRequest>::iterator Inspector::waiting_of(const ProcessId& process) {
  return std::find_if(queue_.begin(), queue_.end(),
                      [&](const InspectRequest& other) { return other.process == process; });
}

std::vector<InspectReply> Inspector::collect(Instant now) {
  reap(now);
  listen(now);
  check_deadline(now);
  while (!in_flight_ && !queue_.empty()) send_next(now);
  if (conversation_) {
    conversation_->push_out();
    attention_.watch_for_room(conversation_->child().socket().get(), conversation_->has_more_to_say());
  }
  return std::exchange(answers_, {});
}

std::vector<InspectReply> Inspector::wait_for_all(Duration at_most) {
  const Instant until = now_of_clock() + at_most;
  auto answers = collect(now_of_clock());
  while ((in_flight_ || !queue_.empty()) && now_of_clock() < until) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - now_of_clock());
    pollfd any{descriptor(), POLLIN, 0};
    ::poll(&any, 1, static_cast<int>(std::clamp<std::int64_t>(left.count(), 1, 100)));
    for (InspectReply& reply : collect(now_of_clock())) answers.push_back(std::move(reply));
  }
  const std::string reason = "not answered within " + text_of(at_most);
  if (in_flight_) discard_child(reason, now_of_clock());
  for (const InspectRequest& request : std::exchange(queue_, {}))
    answers.push_back(failure_of(request, reason));
  for (InspectReply& reply : std::exchange(answers_, {})) answers.push_back(std::move(reply));
  return answers;
}

void Inspector::reap(Instant now) {
  std::erase_if(dying_, [](Dying& dying) { return dying.child.end().has_value(); });
  stats_.unkillable = static_cast<unsigned>(std::count_if(
      dying_.begin(), dying_.end(), [now](const Dying& dying) { return now - dying.since >= dying_takes; }));
}

void Inspector::listen(Instant now) {
  if (!conversation_) return;
  const auto heard = conversation_->hear();
  for (const std::string& message : heard.messages)
    if (conversation_) understand(message, now);
  if (!conversation_) return;
  if (heard.malformed) {
    ++stats_.crashes;
    discard_child("the inspector's answer has no form", now);
  } else if (heard.ended) {
    child_ended(now);
  }
}

void Inspector::understand(const std::string& message, Instant now) {
  auto said = decode_from_child(message);
  if (!said) {
    ++stats_.crashes;
    return discard_child("the inspector's answer cannot be read: " + said.error().message, now);
  }
  if (auto* const reply = std::get_if<InspectReply>(&*said)) return accept(std::move(*reply), now);
  if (in_flight_) in_flight_->progress = std::get<Progress>(*said).text.substr(0, longest_progress);
}

// The child may have been taken over by a file it read: it speaks for nobody it was not asked about.
void Inspector::accept(InspectReply reply, Instant now) {
  if (!in_flight_ || !(reply.process == in_flight_->request.process)) {
    ++stats_.crashes;
    return discard_child("the inspector answered for another process", now);
  }
  const auto& asked = in_flight_->request.threads;
  std::erase_if(reply.threads, [&asked](const InspectedThread& seen) {
    return std::none_of(asked.begin(), asked.end(),
                        [&seen](const InspectThread& thread) { return thread.id == seen.id; });
  });
  ++stats_.replies;
  if (!reply.failure.empty()) forget_waiting();
  answers_.push_back(std::move(reply));
  in_flight_.reset();
  attention_.do_not_wake();
}

void Inspector::check_deadline(Instant now) {
  if (!in_flight_ || now - in_flight_->since < limits_.deadline) return;
  ++stats_.deadlines_missed;
  const std::string& progress = in_flight_->progress;
  const std::string doing = progress.empty() ? "it had not begun" : "it was " + progress;
  discard_child("no answer within " + text_of(limits_.deadline) + ": " + doing, now);
}

void Inspector::send_next(Instant now) {
  in_flight_ = InFlight{std::move(queue_.front()), now, {}};
  queue_.pop_front();
  if (const Status there = ensure_child(); !there) return fail(there.error().message);
  put_off_beyond_most();
  conversation_->say(encode(Assignment{in_flight_->request, limits_.deadline * 3 / 4}));
  attention_.wake_at(now + limits_.deadline);
}

void Inspector::put_off_beyond_most() {
  auto& [process, threads] = in_flight_->request;
  if (threads.size() <= most_threads) return;
  const auto beyond = threads.begin() + most_threads;
  queue_.push_back({process, {std::move_iterator(beyond), std::move_iterator(threads.end())}});
  threads.erase(beyond, threads.end());
}

Status Inspector::ensure_child() {
  if (conversation_) return Nothing{};
  if (stats_.unkillable >= limits_.unkillable_children)
    return Error{ErrorKind::system, "no inspector is started: " + std::to_string(stats_.unkillable) +
                                        " that were killed do not die"};
  auto started = Conversation::start(executable_);
  if (!started) return started.error().in("the inspector cannot be started");
  ++stats_.started;
  conversation_ = std::move(*started);
  attention_.watch(conversation_->child().socket().get());
  return Nothing{};
}

void Inspector::child_ended(Instant now) {
  ++stats_.crashes;
  ChildProcess child = conversation_->take_child();
  // Its end of the socket is closed a moment before it can be reaped.
  const auto end = child.end_within(std::chrono::milliseconds(20));
  std::string reason = "the inspector " + end.value_or("has fallen silent");
  if (in_flight_ && !in_flight_->progress.empty()) reason += " while it was " + in_flight_->progress;
  if (in_flight_) fail(reason);
  conversation_.reset();
  if (end) return;
  child.kill_it();
  dying_.push_back({std::move(child), now});
}

void Inspector::discard_child(const std::string& reason, Instant now) {
  if (in_flight_) fail(reason);
  if (conversation_) kill_child(now);
}

void Inspector::kill_child(Instant now) {
  ChildProcess child = conversation_->take_child();
  conversation_.reset();
  child.kill_it();
  if (!child.end()) dying_.push_back({std::move(child), now});
}

void Inspector::fail(const std::string& reason) {
  forget_waiting();
  answers_.push_back(failure_of(in_flight_->request, reason));
  in_flight_.reset();
  attention_.do_not_wake();
}

void Inspector::forget_waiting() {
  const auto waiting = waiting_of(in_flight_->request.process);
  if (waiting != queue_.end()) queue_.erase(waiting);
}

}  // namespace wedged
