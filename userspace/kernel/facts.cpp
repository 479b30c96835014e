// SPDX-License-Identifier: Apache-2.0
#include "kernel/facts.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

#include "kernel/procfs.h"

namespace wedged {
namespace {

struct FreeBtf {
  void operator()(btf* types) const { btf__free(types); }
};
using Btf = std::unique_ptr<btf, FreeBtf>;

bool has_type(const btf& types, const std::string& name, unsigned kind) {
  return btf__find_by_name_kind(&types, name.c_str(), kind) >= 0;
}

bool has_member(const btf& types, const std::string& type_name, const std::string& member) {
  const int id = btf__find_by_name_kind(&types, type_name.c_str(), BTF_KIND_STRUCT);
  if (id < 0) return false;
  const btf_type* type = btf__type_by_id(&types, static_cast<__u32>(id));
  const struct btf_member* members = btf_members(type);
  for (__u16 i = 0; i < btf_vlen(type); ++i) {
    if (member == btf__name_by_offset(&types, members[i].name_off)) return true;
  }
  return false;
}

// Whether an enumerator such as BPF_FUNC_snprintf exists: the kernel's own list of its helpers and map types.
bool has_enumerator(const btf& types, const std::string& enum_name, const std::string& enumerator) {
  const int id = btf__find_by_name_kind(&types, enum_name.c_str(), BTF_KIND_ENUM);
  if (id < 0) return false;
  const btf_type* type = btf__type_by_id(&types, static_cast<__u32>(id));
  const struct btf_enum* values = btf_enum(type);
  for (__u16 i = 0; i < btf_vlen(type); ++i) {
    if (enumerator == btf__name_by_offset(&types, values[i].name_off)) return true;
  }
  return false;
}

void read_types(const btf& types, KernelFacts& facts) {
  for (const auto& name : tracepoints_of_interest()) {
    if (has_type(types, "btf_trace_" + name, BTF_KIND_TYPEDEF)) facts.tracepoints.insert(name);
  }
  facts.task_iterator = has_type(types, "bpf_iter__task", BTF_KIND_STRUCT);
  facts.task_file_iterator = has_type(types, "bpf_iter__task_file", BTF_KIND_STRUCT);
  facts.task_walk = has_type(types, "bpf_iter_task_new", BTF_KIND_FUNC);
  facts.task_storage = has_enumerator(types, "bpf_func_id", "BPF_FUNC_task_storage_get") &&
                       has_enumerator(types, "bpf_func_id", "BPF_FUNC_get_current_task_btf");
  facts.task_registers = has_enumerator(types, "bpf_func_id", "BPF_FUNC_task_pt_regs");
  facts.loop_helper = has_enumerator(types, "bpf_func_id", "BPF_FUNC_loop");
  facts.symbol_names = has_enumerator(types, "bpf_func_id", "BPF_FUNC_snprintf");
  facts.frozen_state = has_type(types, "frozen", BTF_KIND_FUNC);
  facts.arrival_times = has_member(types, "sched_info", "last_arrival");
}

}  // namespace

const std::vector<std::string>& tracepoints_of_interest() {
  static const std::vector<std::string> names{
      "sched_process_fork", "sched_process_exec", "sched_process_exit", "sched_process_hang",
      "signal_generate",    "signal_deliver",     "sched_switch",       "sched_wakeup",
      "sched_wakeup_new",   "sys_exit",           "sys_enter"};
  return names;
}

Result<KernelFacts> gather_facts() {
  KernelFacts facts;
  utsname name{};
  if (uname(&name) != 0) return system_error(errno, "uname");
  facts.release = name.release;
  const int cpus = libbpf_num_possible_cpus();
  if (cpus <= 0) return system_error(-cpus, "count possible CPUs");
  facts.possible_cpus = static_cast<unsigned>(cpus);
  facts.host_pid_namespace = in_host_pid_namespace();
  auto missing = missing_observer_capabilities();
  if (!missing) return missing.error();
  facts.missing_capabilities = *missing;
  const Btf types{btf__load_vmlinux_btf()};
  facts.has_btf = types != nullptr;
  if (types) read_types(*types, facts);
  return facts;
}

}  // namespace wedged
