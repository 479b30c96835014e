// SPDX-License-Identifier: Apache-2.0
#include "kernel/skeleton.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <cstdlib>

#include "abi.h"
#include "kernel/call_effects.h"
#include "kernel/descriptor_calls.h"
#include "kernel/libbpf_error.h"
#include "observation/syscall_names.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"
#pragma GCC diagnostic ignored "-Wconversion"
#include "wedged_plain.skel.h"
#pragma GCC diagnostic pop

namespace wedged {
namespace {

void set_descriptor_calls(wedged_bpf& skeleton) {
  for (const auto name : descriptor_calls) {
    const auto number = syscall_number(name);
    if (number && *number < WEDGED_CALL_OTHER) skeleton.rodata->first_argument_is_descriptor[*number] = 1;
  }
}

void set_call_effects(wedged_bpf& skeleton) {
  for (const auto& [call, effect] : call_effects) {
    const auto number = syscall_number(call);
    if (number && *number < WEDGED_CALL_OTHER)
      skeleton.rodata->call_effects[*number] = static_cast<__u8>(effect);
  }
  skeleton.rodata->call_effects[WEDGED_CALL_COMPAT] = WEDGED_EFFECT_NONE;  // other numbers
}

void set_scope(wedged_bpf& skeleton, const ProbeScope& scope) {
  skeleton.rodata->scope_by_pid = scope.tgids.empty() ? 0 : 1;
  if (!scope.cgroup) return;
  skeleton.rodata->scope_by_cgroup = 1;
  skeleton.rodata->scope_cgroup_level = scope.cgroup->level;
  skeleton.bss->scope_cgroup_id = scope.cgroup->id;
}

// Where the kernel has no task iterator, from the object that does not ask for it: see bpf/kernel_types.h.
// Both have the same programs, maps and variables.
wedged_bpf* open_skeleton(bool task_walk) {
  if (task_walk) return wedged_bpf__open();
  // NOLINTNEXTLINE(cppcoreguidelines-no-malloc): as wedged_bpf__open() makes it, for wedged_bpf__destroy()
  auto* skeleton = static_cast<wedged_bpf*>(std::calloc(1, sizeof(wedged_bpf)));
  if (skeleton == nullptr) return nullptr;
  if (wedged_bpf__create_skeleton(skeleton) == 0) {
    skeleton->skeleton->data = wedged_plain_bpf__elf_bytes(&skeleton->skeleton->data_sz);
    if (bpf_object__open_skeleton(skeleton->skeleton, nullptr) == 0) return skeleton;
  }
  wedged_bpf__destroy(skeleton);
  return nullptr;
}

// What the plan does not name is not loaded.
void choose_programs(wedged_bpf& skeleton, const Plan& plan) {
  bpf_program* program = nullptr;
  bpf_object__for_each_program(program, skeleton.obj) {
    const auto* planned = plan.find(bpf_program__name(program));
    bpf_program__set_autoload(program, planned != nullptr && planned->load);
  }
}

void set_constants(wedged_bpf& skeleton, const Plan& plan, const KernelFacts& facts,
                   const ProbeScope& scope) {
  choose_programs(skeleton, plan);
  bpf_map__set_autocreate(skeleton.maps.told_cgroups, plan.find("census_tasks") != nullptr);
  set_scope(skeleton, scope);
  set_descriptor_calls(skeleton);
  set_call_effects(skeleton);
  skeleton.rodata->track_calls = plan.track_calls ? 1 : 0;
  skeleton.rodata->has_loop_helper = facts.loop_helper ? 1 : 0;
  bpf_map__set_max_entries(skeleton.maps.call_slots, facts.possible_cpus);
  bpf_map__set_max_entries(skeleton.maps.call_stats, facts.possible_cpus * WEDGED_CALLS);
}

Result<Skeleton> load_once(const Plan& plan, const KernelFacts& facts, const ProbeScope& scope) {
  Skeleton skeleton{open_skeleton(facts.task_walk)};
  if (!skeleton) return libbpf_error("open BPF programs");
  set_constants(*skeleton, plan, facts, scope);
  if (wedged_bpf__load(skeleton.get()) != 0) return libbpf_error("load BPF programs");
  const __u32 yes = 1;
  for (const int tgid : scope.tgids) {
    const auto key = static_cast<__u32>(tgid);
    if (bpf_map_update_elem(bpf_map__fd(skeleton->maps.scope_pids), &key, &yes, BPF_ANY) != 0)
      return libbpf_error("set the scope to process " + std::to_string(tgid));
  }
  return skeleton;
}

}  // namespace

Result<LoadedSkeleton> load_skeleton(const Plan& plan, const KernelFacts& facts, const ProbeScope& scope) {
  Plan left = plan;
  while (true) {
    auto skeleton = load_once(left, facts, scope);
    if (skeleton) return LoadedSkeleton{std::move(*skeleton), std::move(left)};
    const auto& message = skeleton.error().message;
    const auto refused = refused_program(message);
    const auto* planned = left.find(refused);
    if (planned == nullptr || planned->required || !planned->load) return skeleton.error();
    left =
        without(std::move(left), refused, "the kernel refuses to " + message.substr(0, message.find('\n')));
  }
}

}  // namespace wedged
