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

bool answers(const InspectedThread& seen, const InspectThread& asked) {
  return seen.id == asked.id && seen.standing == asked.standing && seen.asked == asked.asked;
}

Instant now_of_clock() {
  return std::chrono::steady_clock::now();
}

}  // namespace

Inspector::Inspector(std::string executable, InspectorLimits limits)
    : executable_(std::move(executable)), limits_(limits) {}

void Inspector::request(InspectRequest request) {
  if (in_flight_ && in_flight_->request.process == request.process) leave_out_asked(request);
  if (in_flight_ && in_flight_->request.process == request.process && request.threads.empty()) return;
  if (queue_.add(std::move(request))) ++stats_.requests;
}

void Inspector::leave_out_asked(InspectRequest& request) const {
  const auto& asked = in_flight_->request.threads;
  std::erase_if(request.threads, [&asked](const InspectThread& thread) {
    return std::find(asked.begin(), asked.end(), thread) != asked.end();
  });
}

std::vector<InspectReply> Inspector::collect(Instant now) {
  reap(now);
  listen(now);
  check_deadline(now);
  while (!in_flight_ && send_next(now)) {
  }
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
  for (const InspectRequest& request : queue_.take_all()) answers.push_back(failure_of(request, reason));
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
                        [&seen](const InspectThread& thread) { return answers(seen, thread); });
  });
  ++stats_.replies;
  queue_.note_answer(reply.process);
  if (!reply.failure.empty()) queue_.forget(reply.process);
  answers_.push_back(std::move(reply));
  in_flight_.reset();
  attention_.do_not_wake();
}

void Inspector::check_deadline(Instant now) {
  if (!in_flight_ || now - in_flight_->since < in_flight_->deadline) return;
  if (in_flight_->deadline < limits_.deadline) return try_again_later(now);
  ++stats_.deadlines_missed;
  const std::string& progress = in_flight_->progress;
  const std::string doing = progress.empty() ? "it had not begun" : "it was " + progress;
  discard_child("no answer within " + text_of(limits_.deadline) + ": " + doing, now);
}

const Inspector::Dying* Inspector::dying_over(const ProcessId& process) const {
  const auto found = std::find_if(dying_.begin(), dying_.end(),
                                  [&](const Dying& dying) { return dying.process == process; });
  return found == dying_.end() ? nullptr : &*found;
}

// False: it is nobody's turn. Nothing is asked of a process before the inspector that was killed over it has
// had the time to die.
bool Inspector::send_next(Instant now) {
  auto next = queue_.take([&](const ProcessId& process) {
    const Dying* const dying = dying_over(process);
    return dying == nullptr || now - dying->since >= dying_takes;
  });
  if (!next) {
    if (!queue_.empty()) attention_.wake_at(now + dying_takes);
    return false;
  }
  const Duration deadline = queue_.presses(next->process) ? limits_.deadline / 4 : limits_.deadline;
  in_flight_ = InFlight{std::move(*next), now, {}, deadline};
  begin(now);
  return true;
}

void Inspector::begin(Instant now) {
  if (dying_over(in_flight_->request.process) != nullptr)
    return fail("the inspector that was killed over it does not die");
  if (const Status there = ensure_child(); !there) return fail(there.error().message);
  put_off_beyond_most();
  conversation_->say(encode(Assignment{in_flight_->request, in_flight_->deadline * 3 / 4}));
  attention_.wake_at(now + in_flight_->deadline);
}

void Inspector::put_off_beyond_most() {
  auto& [process, threads, uid] = in_flight_->request;
  if (threads.size() <= most_threads) return;
  const auto beyond = threads.begin() + most_threads;
  queue_.put_back({process, {std::move_iterator(beyond), std::move_iterator(threads.end())}, uid});
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
  const auto process = process_in_flight();
  if (in_flight_) {
    queue_.note_trouble(in_flight_->request, InVain::for_long, now);
    fail(reason);
  }
  conversation_.reset();
  if (end) return;
  child.kill_it();
  dying_.push_back({std::move(child), now, process});
}

void Inspector::discard_child(const std::string& reason, Instant now) {
  if (conversation_) kill_child(now);
  if (!in_flight_) return;
  queue_.note_trouble(in_flight_->request, InVain::for_long, now);
  fail(reason);
}

void Inspector::kill_child(Instant now) {
  ChildProcess child = conversation_->take_child();
  conversation_.reset();
  child.kill_it();
  if (!child.end()) dying_.push_back({std::move(child), now, process_in_flight()});
}

void Inspector::try_again_later(Instant now) {
  ++stats_.put_off;
  kill_child(now);
  queue_.note_trouble(in_flight_->request, InVain::for_a_moment, now);
  queue_.put_back(std::move(in_flight_->request));
  in_flight_.reset();
  attention_.do_not_wake();
}

void Inspector::fail(const std::string& reason) {
  queue_.forget(in_flight_->request.process);
  answers_.push_back(failure_of(in_flight_->request, reason));
  in_flight_.reset();
  attention_.do_not_wake();
}

std::optional<ProcessId> Inspector::process_in_flight() const {
  return in_flight_ ? std::optional(in_flight_->request.process) : std::nullopt;
}

}  // namespace wedged
