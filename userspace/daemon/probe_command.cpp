// SPDX-License-Identifier: Apache-2.0
// `wedged probe`: what this kernel offers, what will be missing and why. Really loads and attaches, then lets
// go.
#include <unistd.h>

#include <iostream>

#include "action/killer.h"
#include "daemon/commands.h"
#include "daemon/event_log.h"
#include "daemon/observing.h"
#include "kernel/kernel_counters.h"
#include "kernel/kernel_log.h"
#include "report/probe_report.h"

namespace wedged {
namespace {

std::vector<ProbeItem> items_of_facts(const KernelFacts& facts) {
  const auto item = [](std::string name, bool there, std::string what_for, std::string why_not,
                       bool required) {
    return ProbeItem{std::move(name), there, std::move(what_for), there ? "" : std::move(why_not), required};
  };
  std::string missing;
  for (const auto& name : facts.missing_capabilities) missing += (missing.empty() ? "" : ", ") + name;
  return {
      item("privileges", facts.missing_capabilities.empty(), "loading BPF programs", "missing: " + missing,
           true),
      item("host's PID namespace", facts.host_pid_namespace, "process ids that mean what the kernel means",
           "this is a nested one", true),
      item("type information", facts.has_btf, "finding the kernel's structures", "no /sys/kernel/btf/vmlinux",
           true),
      item("task iterator", facts.task_iterator, "the scan", "the kernel has none (since v5.8)", true),
      item("task storage", facts.task_storage, "memory per thread",
           "the kernel has none for tracing (since v5.12)", true),
      item("user registers", facts.task_registers, "which call a thread is in",
           "no helper bpf_task_pt_regs (since v5.15)", true),
      item("symbol names", facts.symbol_names, "kernel stacks", "no helper bpf_snprintf (since v5.13)", true),
      item("arrival times", facts.arrival_times, "age of waits older than the monitor",
           "no task_struct::sched_info (CONFIG_SCHED_INFO)", false),
      item("open file iterator", facts.task_file_iterator,
           "naming the server of a FUSE mount and the other end of a pipe or socket",
           "the kernel has none (since v5.8)", false),
  };
}

void add_programs(const std::vector<AttachedProgram>& programs, const Plan& plan,
                  std::vector<ProbeItem>& items) {
  for (const auto& program : programs) {
    const auto* planned = plan.find(program.name);
    items.push_back(
        {"program " + program.name, program.attached, planned->what_for, program.reason, planned->required});
  }
}

void add_planned(const Plan& plan, const std::string& why_nothing_is_loaded, std::vector<ProbeItem>& items) {
  for (const auto& planned : plan.programs) {
    items.push_back({"program " + planned.name, false, planned.what_for,
                     planned.reason.empty() ? why_nothing_is_loaded : planned.reason, planned.required});
  }
}

void add_voice(std::vector<ProbeItem>& items) {
  const auto log = KernelLog::open();
  items.push_back({"kernel's log", log.ok(), "reports of oopses, tied to their threads",
                   log ? "" : log.error().message, false});
  for (const auto& counter : kernel_counter_presence()) {
    items.push_back({counter.name, counter.there, "metric of " + counter.counts,
                     counter.there ? "" : counter.why_not, false});
  }
}

// Everything that the attempt shows; the result is what stands in the way of `wedged run`, if anything does.
Status try_it(const KernelFacts& facts, Observing observing, std::vector<ProbeItem>& items) {
  const auto plan = make_plan(facts, observing);
  if (!plan) {
    add_planned(sketch_plan(facts, observing), "not tried, see above", items);
    return plan.error();
  }
  const auto probes = Probes::load(*plan, facts, {});
  if (!probes) {
    add_planned(*plan, "not loaded", items);
    return probes.error();
  }
  add_programs(probes->programs(), *plan, items);
  return Nothing{};
}

}  // namespace

ExitCode probe_command(const Flags& flags) {
  const auto settings = settings_or_complain(flags);
  if (!settings) return ExitCode::invalid_config;
  const auto facts = gather_facts();
  if (!facts) return complain(facts.error().message, exit_code_of(facts.error()));
  auto items = items_of_facts(*facts);
  const auto tried = try_it(*facts, observing_of(settings->observe), items);
  add_voice(items);
  const auto kill = Killer::self_test();
  items.push_back({"signals by descriptor", kill.ok(), "acting on findings (policy.enforce)",
                   kill ? "" : kill.error().message, false});
  const EventStyle style{flags.json ? EventFormat::json : EventFormat::text,
                         !flags.json && takes_colour(STDOUT_FILENO)};
  std::cout << render_probe(items, facts->release, style) << std::flush;
  return tried ? ExitCode::success : complain(tried.error().message, exit_code_of(tried.error()));
}

}  // namespace wedged
