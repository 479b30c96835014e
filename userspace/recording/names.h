// SPDX-License-Identifier: Apache-2.0
// How enumerations and times stand in a recording. Part of the file format: names are added, never changed.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "observation/user_side.h"
#include "util/clock.h"

namespace wedged::recorded {

template <typename Value>
struct Name {
  Value value;
  std::string_view name;
};

inline constexpr std::array<Name<RunState>, 10> state_names{{{RunState::running, "running"},
                                                             {RunState::sleeping, "sleeping"},
                                                             {RunState::uninterruptible, "uninterruptible"},
                                                             {RunState::killable, "killable"},
                                                             {RunState::idle, "idle"},
                                                             {RunState::frozen, "frozen"},
                                                             {RunState::stopped, "stopped"},
                                                             {RunState::traced, "traced"},
                                                             {RunState::dead, "dead"},
                                                             {RunState::unknown, "unknown"}}};
inline constexpr std::array<Name<CLibrary>, 3> libc_names{
    {{CLibrary::unknown, "unknown"}, {CLibrary::glibc, "glibc"}, {CLibrary::musl, "musl"}}};

inline constexpr std::array<Name<KernelLockKind>, 5> kernel_lock_names{
    {{KernelLockKind::mutex, "mutex"},
     {KernelLockKind::rwsem_read, "rwsem_read"},
     {KernelLockKind::rwsem_write, "rwsem_write"},
     {KernelLockKind::rt_mutex, "rt_mutex"},
     {KernelLockKind::semaphore, "semaphore"}}};
inline constexpr std::array<Name<KernelHolder>, 3> kernel_holder_names{
    {{KernelHolder::unknown, "unknown"}, {KernelHolder::known, "known"}, {KernelHolder::gone, "gone"}}};

inline constexpr const auto& names(RunState) {
  return state_names;
}
inline constexpr const auto& names(CLibrary) {
  return libc_names;
}
inline constexpr const auto& names(KernelLockKind) {
  return kernel_lock_names;
}
inline constexpr const auto& names(KernelHolder) {
  return kernel_holder_names;
}

// RFC 3339 in UTC with nanoseconds: "2024-05-01T03:12:45.123456789Z".
[[nodiscard]] std::string rfc3339(WallTime at);
// Only that very form.
[[nodiscard]] std::optional<WallTime> wall_time_of(const std::string& text);

}  // namespace wedged::recorded
