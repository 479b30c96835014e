// SPDX-License-Identifier: Apache-2.0
// The BPF object in the kernel: opened, told its constants, loaded; nothing of it is attached yet. Inside
// this folder only: it shows libbpf's types.
#pragma once

#include <memory>

#include "kernel/facts.h"
#include "kernel/plan.h"
#include "kernel/probes.h"
#include "util/result.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"
#pragma GCC diagnostic ignored "-Wconversion"
#include "wedged.skel.h"
#pragma GCC diagnostic pop

namespace wedged {

struct DestroySkeleton {
  void operator()(wedged_bpf* skeleton) const { wedged_bpf__destroy(skeleton); }
};
using Skeleton = std::unique_ptr<wedged_bpf, DestroySkeleton>;

struct LoadedSkeleton {
  Skeleton skeleton;
  Plan plan;  // without what the kernel has refused
};

// Loads what the plan names. A program that is not required and that the kernel refuses is left out, whatever
// the reason. On failure nothing stays loaded.
[[nodiscard]] Result<LoadedSkeleton> load_skeleton(const Plan& plan, const KernelFacts& facts,
                                                   const ProbeScope& scope);

}  // namespace wedged
