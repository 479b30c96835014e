// SPDX-License-Identifier: Apache-2.0
// The indented lines below an event's header: one finding in full, for somebody woken at three in the
// morning. Every line is of bounded number, every foreign string escaped. Pure.
#pragma once

#include <string>
#include <vector>

#include "diagnosis/finding.h"
#include "report/events.h"
#include "report/text_block.h"

namespace wedged {

inline constexpr std::size_t shown_frames = 12;
inline constexpr std::size_t shown_threads = 8;
inline constexpr std::size_t shown_victims = 8;

// Who: process, executable, unit, user, thread.
void add_identity(TextBlock& block, const Finding& finding);

// Of `task.details`: the file, its mount and device, who serves it, and who has its other end.
void add_details(TextBlock& block, const Task& task);

// The chain's steps, each as one phrase; the last is marked as the root.
[[nodiscard]] std::vector<std::string> chain_steps(const std::vector<BlameLink>& chain);

// "worker[12], worker[13], ... and 4 more"; those of other processes than `home` with theirs.
[[nodiscard]] std::string names_of(const std::vector<StuckThread>& threads, const ProcessId& home,
                                   std::size_t most);

// The whole finding.
[[nodiscard]] std::string finding_block(const Finding& finding, const ClockPair& now,
                                        const EventStyle& style);

}  // namespace wedged
