// SPDX-License-Identifier: Apache-2.0
// A counter that this kernel does not have gets no series: zero would say that nothing happened.
#include <array>

#include "report/metric_groups.h"

namespace wedged {
namespace {

// By bit: Documentation/admin-guide/tainted-kernels.rst. `warned` is W, `died` is D, `soft_lockup` is L.
constexpr std::array<std::string_view, 20> taint_flags{"proprietary_module",
                                                       "forced_module_load",
                                                       "cpu_out_of_spec",
                                                       "forced_module_unload",
                                                       "machine_check",
                                                       "bad_page",
                                                       "user_request",
                                                       "died",
                                                       "acpi_overridden",
                                                       "warned",
                                                       "staging_driver",
                                                       "firmware_workaround",
                                                       "out_of_tree_module",
                                                       "unsigned_module",
                                                       "soft_lockup",
                                                       "live_patched",
                                                       "auxiliary",
                                                       "randomized_structs",
                                                       "test",
                                                       "fwctl"};

void add_counter(Families& families, Metric metric, const std::optional<std::uint64_t>& count) {
  if (count) families.add(metric, {}, number_of(*count));
}

void add_taint(Families& families, std::uint64_t mask) {
  for (std::size_t bit = 0; bit < taint_flags.size(); ++bit)
    families.add(Metric::kernel_tainted, {label("flag", taint_flags[bit])}, (mask >> bit & 1U) != 0 ? 1 : 0);
  families.add(Metric::kernel_tainted, {label("flag", "other")}, mask >> taint_flags.size() != 0 ? 1 : 0);
}

}  // namespace

void add_kernel_metrics(Families& families, const Published& state) {
  families.add(Metric::hung_task_reports, {}, number_of(state.hung_task_reports));
  add_counter(families, Metric::kernel_oopses, state.kernel.oopses);
  if (state.log_heard) families.add(Metric::kernel_oops_reports, {}, number_of(state.totals.oops_reports));
  add_counter(families, Metric::kernel_warnings, state.kernel.warnings);
  add_counter(families, Metric::kernel_hung_tasks, state.kernel.hung_tasks);
  add_counter(families, Metric::kernel_soft_lockups, state.kernel.soft_lockups);
  add_counter(families, Metric::kernel_hard_lockups, state.kernel.hard_lockups);
  add_counter(families, Metric::kernel_rcu_stalls, state.kernel.rcu_stalls);
  if (state.kernel.taint) add_taint(families, *state.kernel.taint);
}

}  // namespace wedged
