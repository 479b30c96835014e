// SPDX-License-Identifier: Apache-2.0
// The names of causes and certainties, as they stand in metrics, events, policies and docs. A closed set.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace wedged {

enum class Cause { uninterruptible_wait, slow_syscall, unkillable };
inline constexpr std::array all_causes{Cause::uninterruptible_wait, Cause::slow_syscall, Cause::unkillable};

// Ordered: a greater one is surer.
enum class Certainty { possible, likely, certain };
inline constexpr std::array all_certainties{Certainty::possible, Certainty::likely, Certainty::certain};

[[nodiscard]] std::string_view name_of(Cause cause);
[[nodiscard]] std::string_view name_of(Certainty certainty);
[[nodiscard]] std::optional<Cause> cause_named(std::string_view name);
[[nodiscard]] std::optional<Certainty> certainty_named(std::string_view name);

// The exact predicate in one line; the same text stands in docs/causes.md.
[[nodiscard]] std::string_view predicate_of(Cause cause);

}  // namespace wedged
