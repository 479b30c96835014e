// SPDX-License-Identifier: Apache-2.0
#include "diagnosis/spin_text.h"

#include <algorithm>
#include <cerrno>

#include "diagnosis/describe.h"
#include "diagnosis/event_names.h"
#include "diagnosis/loop_text.h"
#include "diagnosis/peer_text.h"
#include "diagnosis/thresholds.h"

namespace wedged {
namespace {

constexpr std::size_t told_descriptors = 6;

// As long as it counts: "for 4 s", and reported from 5 s on, would be read as a mistake.
Duration spun(const Spin& spin) {
  const auto spinning = *spin.change->spinning;
  return spinning < std::chrono::seconds(1) ? spinning : spinning + punctuality;
}

std::string done_beside(const Spin& spin) {
  if (spin.rates.productive <= 0) return "nothing was done";
  if (spin.rates.productive < 1) return "next to nothing was done";
  return "only " + spoken_rate(spin.rates.productive) + " calls/s did anything";
}

std::string describe_events_of(const ReadyDescriptor& ready, bool epoll) {
  constexpr std::uint32_t flags = event_exclusive | event_oneshot | event_edge_triggered;
  return "ready with " + describe_events(ready.reported, epoll) + ", asked for " +
         describe_events(ready.asked & ~flags, epoll);
}

std::string describe_culprits(const Spin& spin) {
  if (spin.culprits.empty()) return {};
  const auto& worst = spin.culprits.front();
  const auto others = spin.culprits.size() - 1;
  const bool epoll = is_epoll(*watch_of(spin.change->task));
  auto text = "; " + describe_descriptor(worst) +
              (spin.certainty == Certainty::certain && worst.used == 0 ? " is always "
                                                                       : " is returned over and over as ") +
              describe_events_of(worst, epoll);
  if (others == 0) return text;
  text += ", and so " + std::string(others == 1 ? "is descriptor " : "are descriptors ");
  for (std::size_t at = 1; at <= std::min(others, told_descriptors); ++at)
    text += (at == 1 ? "" : ", ") + std::to_string(spin.culprits[at].descriptor);
  return others > told_descriptors ? text + ", ..." : text;
}

// Beside waits.
std::string describe_failing_beside(const Spin& spin) {
  const auto& failing = *spin.failing;
  const bool known = !spin.culprits.empty() && failing.descriptor >= 0 &&
                     spin.culprits.front().descriptor == failing.descriptor;
  if (known) return "each " + call_name(failing.number) + " on it " + outcome_of(failing);
  return describe_failing(failing, spin.change->task) + " " + spoken_rate(spin.rates.fruitless) + " times/s";
}

std::string evidence_of_descriptor(const ReadyDescriptor& ready, bool epoll) {
  return describe_descriptor(ready) + ": asked for " + describe_events(ready.asked, epoll) + ", reported " +
         describe_events(ready.reported, epoll) + "; returned " + spoken_count(ready.returned) +
         " times, used " + spoken_count(ready.used) + " times";
}

void add_watch(const Spin& spin, std::vector<std::string>& evidence) {
  const auto* watch = watch_of(spin.change->task);
  if (watch == nullptr || watch->ready.empty()) {
    if (spin.waits) evidence.emplace_back("the descriptors that it waits for could not be looked at");
    return;
  }
  auto text = "looked at for " + spoken(watch->until - watch->since);
  if (watch->epoll >= 0)
    text += "; open descriptors registered: " + spoken_count(watch->registered) +
            ", of these ready now: " + spoken_count(watch->ready_now);
  evidence.push_back(text);
  if (!watch->complete) evidence.emplace_back("not all of it could be noted: more may have been used");
  const auto told = std::min(watch->ready.size(), told_descriptors);
  for (std::size_t at = 0; at < told; ++at)
    evidence.push_back(evidence_of_descriptor(watch->ready[at], is_epoll(*watch)));
  if (told < watch->ready.size())
    evidence.push_back(std::to_string(watch->ready.size() - told) + " more descriptors were returned");
}

void add_descriptor_links(const ReadyDescriptor& ready, const Task& task, std::vector<BlameLink>& chain) {
  auto text = ready.descriptor < 0 ? std::string("one that is closed here and open elsewhere")
                                   : std::to_string(ready.descriptor);
  chain.push_back({"for descriptor", text + enclosed(ready.file)});
  if (ready.descriptor < 0)
    chain.push_back({"which is open in", names_of(ready.held_by, ready.held_by.size(), task.process)});
  if (ready.socket) chain.push_back({"which is", describe_socket(*ready.socket)});
  auto holders = ready.other_end ? describe_holders(*ready.other_end, task.process) : std::string{};
  if (!holders.empty()) chain.push_back({"whose other end is", std::move(holders)});
}

}  // namespace

std::string describe_spin(const Spin& spin) {
  if (spin.waits) return "spins in " + describe_wait_call(spin.change->task);
  return (merely_polls(*spin.failing) ? "polls with " : "spins in ") + call_name(spin.failing->number);
}

std::string spin_summary(const Spin& spin) {
  const auto& task = spin.change->task;
  const auto lasted = " for " + spoken(spun(spin));
  const auto who = describe_task(task);
  const bool polls = spin.failing && merely_polls(*spin.failing);
  if (!spin.waits)
    return who + (polls ? " polls: " : " spins: ") + describe_failing(*spin.failing, task) + ", " +
           spoken_rate(spin.rates.fruitless) + " times/s" + lasted + ", and " + done_beside(spin);
  auto text = who + (spin.certainty == Certainty::possible ? " polls: " : " spins: ") +
              describe_wait_call(task) + " returned " + spoken_rate(spin.rates.ready) + " times/s" + lasted +
              " and " + done_beside(spin) + describe_culprits(spin);
  return spin.failing ? text + "; " + describe_failing_beside(spin) : text;
}

std::vector<std::string> spin_evidence(const Spin& spin, Duration threshold) {
  const auto& task = spin.change->task;
  const auto limit = " (limit " + spoken_rate(static_cast<double>(spin_rate)) + "/s)";
  std::vector<std::string> evidence;
  evidence.push_back("it has spun for " + spoken(spun(spin)) + reported_from(threshold));
  if (spin.waits)
    evidence.push_back(describe_wait_call(task) + " returned with something ready " +
                       spoken_rate(spin.rates.ready) + " times/s" + limit);
  if (spin.failing)
    evidence.push_back(describe_failing(*spin.failing, task) +
                       "; such calls: " + spoken_rate(spin.rates.fruitless) + "/s" + limit);
  evidence.push_back(spin.rates.productive <= 0
                         ? "no call consumed, delivered or changed anything"
                         : "useful work goes on beside it: " + spoken_rate(spin.rates.productive) +
                               " calls/s consumed, delivered or changed something, less than 2 % as many");
  if (spin.failing && spin.failing->error == EMFILE && task.details && task.details->descriptor_limit)
    evidence.push_back("limit of open descriptors (RLIMIT_NOFILE): " +
                       spoken_count(*task.details->descriptor_limit));
  add_watch(spin, evidence);
  return evidence;
}

std::vector<BlameLink> spin_chain(const Spin& spin) {
  const auto& task = spin.change->task;
  std::vector<BlameLink> chain;
  if (spin.waits) {
    const auto* watch = watch_of(task);
    const bool epoll = watch != nullptr && watch->epoll >= 0;
    chain.push_back({"waits with", describe_wait_call(task) +
                                       (epoll ? " on descriptor " + std::to_string(watch->epoll) : "")});
    if (!spin.culprits.empty()) add_descriptor_links(spin.culprits.front(), task, chain);
  }
  if (!spin.failing) return chain;
  chain.push_back({"calls", describe_failing_call(*spin.failing)});
  if (spin.culprits.empty()) chain.push_back({"on", describe_failing_descriptor(*spin.failing, task)});
  return chain;
}

}  // namespace wedged
