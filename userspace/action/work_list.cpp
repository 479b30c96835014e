// SPDX-License-Identifier: Apache-2.0
#include "action/work_list.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

namespace wedged {

std::optional<std::string> WorkList::full() const {
  const auto hanging =
      std::count_if(entries_.begin(), entries_.end(), [](const Entry& one) { return one.told; });
  const auto running = entries_.size() - static_cast<std::size_t>(hanging);
  if (running >= at_once) return "too many jobs: " + std::to_string(running) + " are running already";
  if (static_cast<std::size_t>(hanging) >= hanging_at_most)
    return "too many jobs hang: " + std::to_string(hanging) + " have not ended though they were killed";
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

void WorkList::abandon() {
  for (const auto& entry : entries_) entry.work->end();
  constexpr std::chrono::milliseconds moment(5);
  for (int moments = 200; moments > 0; --moments) {
    for (auto& entry : entries_) entry.told = true;
    forget_the_over();
    if (entries_.empty()) return;
    std::this_thread::sleep_for(moment);
  }
  entries_.clear();
}

void WorkList::forget_the_over() {
  entries_.erase(std::remove_if(entries_.begin(), entries_.end(),
                                [](const Entry& one) { return one.told && one.work->over(); }),
                 entries_.end());
}

}  // namespace wedged
