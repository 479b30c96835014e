// SPDX-License-Identifier: Apache-2.0
#include "action/work_list.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

namespace wedged {

namespace {

bool is_dump(const Rung& rung) {
  return rung.action == ActionKind::dump;
}

}  // namespace

std::size_t WorkList::count(bool dumps, bool hanging) const {
  return static_cast<std::size_t>(std::count_if(entries_.begin(), entries_.end(), [&](const Entry& one) {
    return is_dump(one.decision.rung) == dumps && one.told == hanging;
  }));
}

Room WorkList::room() const {
  const auto left = [](std::size_t places, std::size_t taken) { return places - std::min(places, taken); };
  return {left(jobs_at_once, count(false, false)), left(dumps_at_once, count(true, false))};
}

std::optional<std::string> WorkList::full(const Rung& rung) const {
  const bool dump = is_dump(rung);
  const std::string what = dump ? "dumps" : "jobs";
  const auto running = count(dump, false), hanging = count(dump, true);
  if (running >= (dump ? dumps_at_once : jobs_at_once))
    return "too many " + what + ": " + std::to_string(running) + " are running already";
  if (hanging >= (dump ? hanging_dumps_at_most : hanging_jobs_at_most))
    return "too many " + what + " hang: " + std::to_string(hanging) +
           " have not ended though they were killed";
  return std::nullopt;
}

void WorkList::add(const Decision& decision, std::unique_ptr<Work> work) {
  entries_.push_back({decision, std::move(work)});
}

std::vector<Outcome> WorkList::finished(Instant now) {
  std::vector<Outcome> outcomes;
  for (auto& [decision, work, told] : entries_) {
    if (told) continue;
    const auto answer = work->poll(now);
    if (!answer) continue;
    told = true;
    outcomes.push_back({decision, answer->kind, answer->detail, now});
  }
  forget_the_over();
  return outcomes;
}

std::vector<Outcome> WorkList::abandon(Instant now) {
  auto outcomes = finished(now);
  for (auto& [decision, work, told] : entries_) {
    work->end();
    if (!std::exchange(told, true))
      outcomes.push_back(
          {decision, OutcomeKind::failed, "the monitor was stopped, and did not wait for its end", now});
  }
  constexpr std::chrono::milliseconds moment(5);
  for (int moments = 200; moments > 0 && !entries_.empty(); --moments) {
    forget_the_over();
    if (!entries_.empty()) std::this_thread::sleep_for(moment);
  }
  entries_.clear();
  return outcomes;
}

void WorkList::forget_the_over() {
  entries_.erase(std::remove_if(entries_.begin(), entries_.end(),
                                [](const Entry& one) { return one.told && one.work->over(); }),
                 entries_.end());
}

}  // namespace wedged
