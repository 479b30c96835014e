// SPDX-License-Identifier: Apache-2.0
// The groups of metrics, each from the published state into the families. Only metrics.cpp calls these.
#pragma once

#include "report/metric_table.h"
#include "report/published.h"

namespace wedged {

// What is stuck now, and whether something is done about it.
void add_findings_metrics(Families& families, const Published& state);
// What was found, and what was done about it, since the start.
void add_findings_totals(Families& families, const Published& state);
// Durations, errors and calls in flight.
void add_syscall_metrics(Families& families, const Published& state);
// What the kernel says of itself.
void add_kernel_metrics(Families& families, const Published& state);
// How the monitor itself does.
void add_self_metrics(Families& families, const Published& state);

// Units shown by name; the others together are "other".
inline constexpr std::size_t shown_units = 20;

}  // namespace wedged
