// SPDX-License-Identifier: Apache-2.0
// The writing side, and what becomes of Instants in another boot.
#include "state/ledger_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "state/ledger_reader.h"
#include "state/plain_text.h"
#include "state/seal.h"

namespace wedged {
namespace {

using nlohmann::ordered_json;

std::int64_t ns_of(Instant at) {
  return at.time_since_epoch().count();
}

ordered_json value_of(const LedgerState::Action& action) {
  return {{"rule", to_plain(action.rule)},
          {"unit", to_plain(action.unit)},
          {"at_ns", ns_of(action.at)},
          {"dry", action.dry}};
}

ordered_json value_of(const LedgerState::Intent& intent) {
  return {{"rule", to_plain(intent.rule)},
          {"pid", intent.process.tgid},
          {"start_boottime_ns", intent.process.start_boottime_ns},
          {"at_ns", ns_of(intent.at)},
          {"dry", intent.dry}};
}

ordered_json value_of(const TakenRung& taken) {
  return {{"rung", to_plain(taken.rung)}, {"touched", taken.touched}, {"dry", taken.dry}};
}

ordered_json value_of(const std::pair<std::string, ProcessId>& whose, const Climb& climb) {
  auto taken = ordered_json::array();
  for (const TakenRung& rung : climb.taken) taken.push_back(value_of(rung));
  return {{"rule", to_plain(whose.first)},
          {"pid", whose.second.tgid},
          {"start_boottime_ns", whose.second.start_boottime_ns},
          {"taken", std::move(taken)},
          {"at_ns", ns_of(climb.at)},
          {"grace_ns", climb.grace.count()},
          {"running", climb.running}};
}

ordered_json value_of(const LedgerState& state) {
  ordered_json value{{"actions", ordered_json::array()},
                     {"intents", ordered_json::array()},
                     {"climbs", ordered_json::array()},
                     {"suspension", nullptr}};
  for (const auto& action : state.actions) value["actions"].push_back(value_of(action));
  for (const auto& intent : state.intents) value["intents"].push_back(value_of(intent));
  for (const auto& [whose, climb] : state.climbs) value["climbs"].push_back(value_of(whose, climb));
  if (const auto& suspension = state.suspension)
    value["suspension"] = {{"since_ns", ns_of(suspension->since)}, {"reason", to_plain(suspension->reason)}};
  return value;
}

// How long the host was between the writing and this boot. A wall clock that ran backwards tells nothing, and
// one that went further than a day was wrong, or nobody minds that limits bind once more: no time counts
// then, and limits bind longer.
Duration time_between(const ClockPair& written, const ClockPair& now) {
  constexpr Duration longest_believed = std::chrono::hours(24);
  const auto boot_began = now.wall.time_since_epoch() - now.monotonic.time_since_epoch();
  const Duration between = boot_began - written.wall.time_since_epoch();
  return between > Duration::zero() && between <= longest_believed ? between : Duration::zero();
}

// Before this boot, and at least as long ago as it was when it was written.
LedgerState after_reboot(LedgerState state, const ClockPair& written, const ClockPair& now) {
  state.intents.clear();
  state.climbs.clear();
  const Duration between = time_between(written, now);
  const auto moved = [&](Instant at) {
    return Instant{std::min(at - written.monotonic, Duration::zero()) - between};
  };
  for (auto& action : state.actions) action.at = moved(action.at);
  if (state.suspension) state.suspension->since = moved(state.suspension->since);
  return state;
}

LedgerState none_in_the_future(LedgerState state, Instant now) {
  for (auto& action : state.actions) action.at = std::min(action.at, now);
  for (auto& intent : state.intents) intent.at = std::min(intent.at, now);
  for (auto& [whose, climb] : state.climbs) climb.at = std::min(climb.at, now);
  if (state.suspension) state.suspension->since = std::min(state.suspension->since, now);
  return state;
}

// What tells two texts apart, without reading the long part of them.
struct Parts {
  std::string boot;
  Duration clock_offset{};
  std::string_view ledger;
};

std::optional<Parts> parts_of(std::string_view text) {
  constexpr std::string_view separator = R"(,"ledger":)";
  const auto at = text.find(separator);
  if (at == std::string_view::npos) return std::nullopt;
  const auto head = nlohmann::json::parse(std::string(text.substr(0, at)) + "}", nullptr, false);
  if (head.is_discarded()) return std::nullopt;
  const auto& written = head.at("written");
  const Duration wall{written.at("wall_ns").get<std::int64_t>()};
  const Duration monotonic{written.at("monotonic_ns").get<std::int64_t>()};
  return Parts{head.at("boot").get<std::string>(), wall - monotonic, text.substr(at)};
}

}  // namespace

std::string to_text(const LedgerState& state, const BootInfo& boot) {
  const ordered_json body{
      {"boot", to_plain(boot.boot_id)},
      {"written",
       {{"monotonic_ns", ns_of(boot.now.monotonic)}, {"wall_ns", boot.now.wall.time_since_epoch().count()}}},
      {"ledger", value_of(state)}};
  const std::string object = body.dump();
  return sealed(std::string_view(object).substr(1, object.size() - 2));
}

Result<LedgerState> ledger_from_text(std::string_view text, const BootInfo& boot) {
  auto read = read_ledger(text);
  if (!read) return read.error();
  if (!boot.boot_id.empty() && read->boot_id == boot.boot_id)
    return none_in_the_future(std::move(read->state), boot.now.monotonic);
  return after_reboot(std::move(read->state), read->written, boot.now);
}

// Two clocks that stand to each other as before say the same in the next boot: that one reckons with it.
bool same_ledger(std::string_view one, std::string_view other) {
  constexpr Duration slack = std::chrono::seconds(1);  // a wall clock that is slewed
  const auto left = parts_of(one);
  const auto right = parts_of(other);
  if (!left || !right || left->boot != right->boot || left->ledger != right->ledger) return false;
  const Duration drift = left->clock_offset - right->clock_offset;
  return -slack < drift && drift < slack;
}

}  // namespace wedged
