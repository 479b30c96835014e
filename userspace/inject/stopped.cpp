// SPDX-License-Identifier: Apache-2.0
// A process that somebody stopped: by a signal, as its tracer, or by the freezer of its cgroup.
#include <fcntl.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "inject/frozen_cgroup.h"
#include "inject/stage.h"
#include "inject/variants.h"

namespace wedged::inject {
namespace {

[[noreturn]] void tell_and_idle(const Stage& stage, int process, Awaited until) {
  stage.announce({process, process, 0, until, {}});
  idle();
}

void by_signal(const Stage& stage) {
  const int process = start_process(idle);
  must(kill(process, SIGSTOP), "stop a process");
  tell_and_idle(stage, process, Awaited::to_be_stopped());
}

void by_tracer(const Stage& stage) {
  const int process = start_process(idle);
  must(static_cast<int>(ptrace(PTRACE_SEIZE, process, nullptr, nullptr)), "trace a process");
  must(static_cast<int>(ptrace(PTRACE_INTERRUPT, process, nullptr, nullptr)), "interrupt a process");
  tell_and_idle(stage, process, Awaited::to_be_stopped());
}

void by_freezer(const Stage& stage) {
  const int process = start_process(idle);
  freeze(process);
  tell_and_idle(stage, process, {});
}

constexpr std::array variants{
    Variant{"signal", "a process that got SIGSTOP", by_signal},
    Variant{"traced", "a process that its tracer interrupted and forgot", by_tracer},
    Variant{"cgroup", "a process in a cgroup of its own that is frozen (needs root and cgroup v2)",
            by_freezer},
};

}  // namespace

std::span<const Variant> stopped_variants() {
  return variants;
}

}  // namespace wedged::inject
