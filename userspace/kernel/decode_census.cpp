// SPDX-License-Identifier: Apache-2.0
#include "kernel/decode_census.h"

#include <cstring>

#include "abi.h"
#include "kernel/decode_files.h"

namespace wedged {
namespace {

template <std::size_t size>
std::string text_of(const char (&field)[size]) {
  return {field, strnlen(field, size)};
}

std::optional<SystemCall> call_of(const wedged_census_record& record) {
  if ((record.facts & WEDGED_FACT_CALL_KNOWN) == 0 || record.call_number < 0) return std::nullopt;
  SystemCall call;
  call.number = record.call_number;
  call.compat = (record.facts & WEDGED_FACT_COMPAT) != 0;
  if (record.call_entered_ns != 0) call.entered = instant_of_ns(record.call_entered_ns);
  return call;
}

}  // namespace

CensusThread census_thread_of(const wedged_census_record& record, const DecodeFacts& facts) {
  CensusThread thread;
  thread.id = {static_cast<int>(record.tgid), static_cast<int>(record.tid), record.start_boottime_ns};
  thread.process = {static_cast<int>(record.tgid), record.process_start_boottime_ns};
  thread.comm = text_of(record.comm);
  thread.process_comm = text_of(record.process_comm);
  thread.state = run_state({record.state, record.exit_state, record.flags}, facts);
  thread.kernel_thread = is_kernel_thread(record.flags);
  thread.call = call_of(record);
  if (record.off_cpu_since_ns != 0) thread.off_cpu_since = instant_of_ns(record.off_cpu_since_ns);
  if ((record.facts & WEDGED_FACT_COUNTED) != 0) thread.calls = record.calls;
  thread.errors = record.errors;
  thread.finished = std::chrono::nanoseconds(record.finished_ns);
  thread.cgroup = record.cgroup;
  return thread;
}

CgroupPath cgroup_path_of(const wedged_cgroup_record& record) {
  return {record.id, whole_path(record.path)};
}

}  // namespace wedged
