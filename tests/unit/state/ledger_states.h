// SPDX-License-Identifier: Apache-2.0
// Ledgers to write and read again: one with something of everything, and random ones.
#pragma once

#include <random>
#include <string>

#include "state/ledger_text.h"

namespace wedged::test {

using namespace std::chrono_literals;

inline const std::string this_boot_id = "0b6a5f2e-7d9c-4e0f-9f43-2d6a1f0c8e11";
inline const std::string other_boot_id = "5c1d2e3f-0000-4e0f-9f43-2d6a1f0c8e22";

inline Instant at_second(int second) {
  return Instant{std::chrono::seconds(second)};
}

inline ClockPair clocks(Duration monotonic, Duration wall) {
  return {Instant{monotonic}, WallTime{wall}};
}

inline constexpr Duration some_day = std::chrono::seconds(1'714'533'165);

// Written 1000 s after the boot.
inline BootInfo this_boot() {
  return {this_boot_id, clocks(1000s, some_day)};
}

inline LedgerState a_ledger() {
  LedgerState state;
  state.actions = {{"fence", "db@1.service", at_second(900), false}, {"kill", "", at_second(950), true}};
  state.intents = {{"fence", {77, 123'456'789}, at_second(890), true}};
  state.climbs[{"fence", {77, 123'456'789}}] = {
      {{"log", false, false}, {"SIGTERM", true, true}}, at_second(900), 5s, true};
  state.climbs[{"fence", {78, 1}}] = {{{"log", false, false}}, {}, {}, false};
  state.suspension = LedgerState::Suspension{at_second(960), "21 decisions in 1 minute"};
  return state;
}

class RandomLedgers {
 public:
  explicit RandomLedgers(unsigned seed) : random_(seed) {}

  LedgerState next() {
    LedgerState state;
    for (int count = upto(6); count > 0; --count) state.actions.push_back({name(), name(), at(), coin()});
    for (int count = upto(6); count > 0; --count) state.intents.push_back({name(), process(), at(), coin()});
    for (int count = upto(6); count > 0; --count) {
      Climb& climb = state.climbs[{name(), process()}];
      climb = {{}, at(), Duration{upto(1 << 30)}, coin()};
      for (int taken = upto(9); taken >= 0; --taken) climb.taken.push_back({name(), coin(), coin()});
    }
    if (coin()) state.suspension = LedgerState::Suspension{at(), name()};
    return state;
  }

  int upto(int most) { return static_cast<int>(random_() % (static_cast<unsigned>(most) + 1)); }
  bool coin() { return upto(1) == 1; }
  // Any bytes: a cgroup may be called anything but "/" and the null byte.
  std::string name() {
    std::string bytes;
    for (int count = upto(12); count > 0; --count) bytes += static_cast<char>(upto(255));
    return bytes;
  }
  ProcessId process() { return {upto(1 << 22), std::uint64_t{random_()} << 32U | random_()}; }
  Instant at() { return Instant{Duration{upto(1000)} * 1'000'000'000 - Duration{upto(1 << 30)}}; }

 private:
  std::mt19937 random_;
};

}  // namespace wedged::test
