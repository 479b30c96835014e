// SPDX-License-Identifier: Apache-2.0
// Documentation/ABI/testing/sysfs-kernel-*_count, Documentation/admin-guide/sysctl/kernel.rst.
#include "kernel/kernel_counters.h"

#include <array>
#include <fstream>

namespace wedged {
namespace {

enum class Root { proc, sys };

struct Counter {
  std::optional<std::uint64_t> KernelCounters::*value;
  Root root;
  const char* file;
  const char* counts;
  const char* why_not;
};

constexpr std::array<Counter, 7> counters{{
    {&KernelCounters::oopses, Root::sys, "/kernel/oops_count", "oopses", "the kernel has none (since v6.2)"},
    {&KernelCounters::warnings, Root::sys, "/kernel/warn_count", "warnings",
     "the kernel has none (since v6.2)"},
    {&KernelCounters::hung_tasks, Root::proc, "/sys/kernel/hung_task_detect_count", "hung tasks",
     "the kernel has none (since v6.13, with CONFIG_DETECT_HUNG_TASK)"},
    {&KernelCounters::soft_lockups, Root::sys, "/kernel/softlockup_count", "soft lockups",
     "the kernel has none (since v6.16, with CONFIG_SOFTLOCKUP_DETECTOR)"},
    {&KernelCounters::hard_lockups, Root::sys, "/kernel/hardlockup_count", "hard lockups",
     "the kernel has none (since v6.16, with CONFIG_HARDLOCKUP_DETECTOR)"},
    {&KernelCounters::rcu_stalls, Root::sys, "/kernel/rcu_stall_count", "stalls of RCU",
     "the kernel has none (since v6.16)"},
    {&KernelCounters::taint, Root::proc, "/sys/kernel/tainted", "what the kernel is tainted by",
     "no such file: is /proc mounted?"},
}};

std::string path_of(const Counter& counter, const std::string& proc_root, const std::string& sys_root) {
  return (counter.root == Root::proc ? proc_root : sys_root) + counter.file;
}

std::optional<std::uint64_t> number_in(const std::string& path) {
  std::ifstream file(path);
  std::uint64_t number = 0;
  if (!(file >> number)) return std::nullopt;
  return number;
}

}  // namespace

KernelCounters read_kernel_counters(const std::string& proc_root, const std::string& sys_root) {
  KernelCounters values;
  for (const auto& counter : counters)
    values.*counter.value = number_in(path_of(counter, proc_root, sys_root));
  return values;
}

std::vector<CounterPresence> kernel_counter_presence(const std::string& proc_root,
                                                     const std::string& sys_root) {
  const auto values = read_kernel_counters(proc_root, sys_root);
  std::vector<CounterPresence> presence;
  for (const auto& counter : counters) {
    presence.push_back({path_of(counter, proc_root, sys_root), counter.counts, counter.why_not,
                        (values.*counter.value).has_value()});
  }
  return presence;
}

}  // namespace wedged
