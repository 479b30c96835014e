// SPDX-License-Identifier: Apache-2.0
#include "kernel/plan.h"

#include <algorithm>

namespace wedged {
namespace {

struct TracepointProgram {
  const char* name = nullptr;
  const char* what_for = nullptr;
  bool for_calls = false;         // part of --observe=calls only
  const char* tracepoint = name;  // of another name than the program
};

// In the order of attaching: storage is made before anybody spills into it, sys_enter comes last of what
// follows calls; then who marks a thread whose handler must be seen to return, which is a call.
constexpr TracepointProgram tracepoint_programs[] = {
    {"sched_process_fork", "new threads, forks of threaded processes", false},
    {"sched_process_exec", "ends what a fork left behind", false},
    {"sched_process_hang", "counts reports of the kernel's own detector", false},
    {"signal_generate", "since when a SIGKILL is pending", false},
    {"sched_switch", "exact start of each wait", true},
    {"sched_wakeup", "since when a thread waits for a CPU", true},
    {"sched_wakeup_new", "the same for new threads", true},
    {"sched_process_exit", "threads that die inside a call", true},
    {"sys_exit", "duration and errors of calls", true},
    {"sys_enter", "start of the call in flight", true},
    {"signal_deliver", "handlers for fatal signals", true},
    {"crashed_thread_exit", "threads that never come back from them", true, "sched_process_exit"},
    {"watch_loops", "what a loop that seems to spin waits for; only while there is one", true, "sys_exit"},
};

bool is_syscall_tracepoint(const std::string& name) {
  return name == "sys_enter" || name == "sys_exit";
}

std::string missing_basics(const KernelFacts& facts) {
  std::string missing;
  const auto need = [&](bool there, const char* what) {
    if (!there) missing += (missing.empty() ? "" : ", ") + std::string(what);
  };
  need(facts.has_btf, "type information (/sys/kernel/btf/vmlinux, CONFIG_DEBUG_INFO_BTF=y)");
  if (!facts.has_btf) return missing;
  need(facts.task_iterator, "BPF task iterators (since v5.8)");
  need(facts.task_storage, "BPF task storage for tracing programs (since v5.12)");
  need(facts.task_registers, "the BPF helper bpf_task_pt_regs (since v5.15)");
  need(facts.symbol_names, "the BPF helper bpf_snprintf (since v5.13)");
  return missing;
}

PlannedProgram plan_tracepoint(const TracepointProgram& program, const KernelFacts& facts,
                               Observing observing) {
  PlannedProgram planned{program.name, program.what_for, true, false, true, {}};
  if (observing == Observing::once) {
    planned.load = false;
    planned.reason = "not needed for a single look";
  } else if (observing == Observing::scan && program.for_calls) {
    planned.load = false;
    planned.wanted = false;
    planned.reason = "not wanted with --observe=scan";
  } else if (facts.tracepoints.count(program.tracepoint) == 0) {
    planned.load = false;
    planned.reason = std::string("the kernel's type information has no tracepoint ") + program.tracepoint;
  }
  return planned;
}

// Raw tracepoints need no type information; they stand in where BTF does not name the typed one.
PlannedProgram plan_raw(const TracepointProgram& typed) {
  return {std::string(typed.name) + "_raw", typed.what_for, true, false, true, {}};
}

PlannedProgram plan_iterator(const char* name, const char* what_for, bool there, bool required) {
  PlannedProgram planned{name, what_for, there, required, false, {}};
  if (!there) planned.reason = "the kernel lacks this BPF iterator";
  return planned;
}

// That a handler returns is seen by its call: without it everybody who ran one would seem to be in it for
// ever.
void leave_out_what_follows_calls(Plan& plan, const std::string& missing) {
  for (auto& program : plan.programs) {
    const bool of_handlers = program.name == "signal_deliver" || program.name == "crashed_thread_exit" ||
                             program.name == "watch_loops";
    if (!program.load || !(of_handlers || program.name.rfind("sys_", 0) == 0)) continue;
    program.load = false;
    program.reason = "calls cannot be followed without " + missing;
  }
}

}  // namespace

const PlannedProgram* Plan::find(const std::string& name) const {
  const auto found =
      std::find_if(programs.begin(), programs.end(), [&](const auto& p) { return p.name == name; });
  return found == programs.end() ? nullptr : &*found;
}

Plan sketch_plan(const KernelFacts& facts, Observing observing, Headcount headcount) {
  Plan plan;
  plan.programs.push_back(plan_iterator("scan_tasks", "finds suspects", facts.task_iterator, true));
  if (facts.task_walk) {  // without it nothing is missing but speed, and nobody needs an alert for that
    plan.programs.push_back(
        plan_iterator("walk_tasks", "the same at a fifth of the cost", facts.task_iterator, false));
    plan.programs.push_back(plan_iterator("look_at_candidates", "looks closer at those it has noted",
                                          facts.task_iterator, false));
  }
  if (headcount == Headcount::census) {
    plan.programs.push_back(
        plan_iterator("census_tasks", "what every thread does", facts.task_iterator, false));
  }
  plan.programs.push_back(
      plan_iterator("detail_tasks", "stack, file and registers of suspects", facts.task_iterator, true));
  plan.programs.push_back(
      plan_iterator("scan_fuse_servers", "who serves a FUSE mount", facts.task_file_iterator, false));
  plan.programs.push_back(plan_iterator("read_ends", "pipes and sockets that suspects wait for",
                                        facts.task_file_iterator, false));
  plan.programs.push_back(
      plan_iterator("scan_holders", "who has their other ends", facts.task_file_iterator, false));
  plan.programs.push_back(plan_iterator("scan_registrations", "descriptors that spinning loops wait for",
                                        facts.task_file_iterator, false));
  for (const auto& program : tracepoint_programs) {
    const bool typed_is_missing = facts.tracepoints.count(program.tracepoint) == 0;
    if (observing == Observing::calls && is_syscall_tracepoint(program.name) && typed_is_missing) {
      plan.programs.push_back(plan_raw(program));
    } else {
      plan.programs.push_back(plan_tracepoint(program, facts, observing));
    }
  }
  const auto* switches = plan.find("sched_switch");
  plan.track_calls = observing == Observing::calls && switches->load;
  if (!plan.track_calls) leave_out_what_follows_calls(plan, "sched_switch");
  return plan;
}

Plan without(Plan plan, const std::string& program, const std::string& reason) {
  const auto is_of_walk = [](const std::string& name) {
    return name == "walk_tasks" || name == "look_at_candidates";
  };
  if (is_of_walk(program)) {  // as in sketch_plan()
    std::erase_if(plan.programs, [&](const auto& planned) { return is_of_walk(planned.name); });
    return plan;
  }
  for (auto& planned : plan.programs) {
    if (planned.name != program) continue;
    planned.load = false;
    planned.reason = reason;
  }
  if (plan.track_calls && (program == "sched_switch" || program.rfind("sys_", 0) == 0)) {
    plan.track_calls = false;
    leave_out_what_follows_calls(plan, program);
  }
  return plan;
}

Result<Plan> make_plan(const KernelFacts& facts, Observing observing, Headcount headcount) {
  if (!facts.missing_capabilities.empty()) {
    std::string names;
    for (const auto& name : facts.missing_capabilities) names += (names.empty() ? "" : ", ") + name;
    return Error{ErrorKind::denied,
                 "missing privileges: " + names + ". Run wedged as root, or give it these capabilities"};
  }
  if (!facts.host_pid_namespace) {
    return Error{ErrorKind::unsupported,
                 "wedged must run in the host's PID namespace, where process ids mean what they mean to the "
                 "kernel (docker: --pid=host, Kubernetes: hostPID)"};
  }
  const auto missing = missing_basics(facts);
  if (!missing.empty()) {
    return Error{ErrorKind::unsupported, "kernel " + facts.release + " lacks: " + missing +
                                             ". `wedged probe` shows all that this kernel offers"};
  }
  return sketch_plan(facts, observing, headcount);
}

}  // namespace wedged
