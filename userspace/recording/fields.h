// SPDX-License-Identifier: Apache-2.0
// The fields of every recorded value and their names in the file, once for both directions. Knows no JSON: an
// archive is handed each name and value. Each value is taken apart completely, so that a field added to one
// of these structs does not compile until it has a name here. Names are part of the file format: files from
// before a field was added lack it and are refused, unless it is optional.
#pragma once

#include <concepts>
#include <type_traits>

#include "recording/header.h"

namespace wedged::recorded {

// How a value is written where its type alone does not tell. Only refers to the value.
template <typename T>
struct Hex {  // addresses, registers, masks: "0x7f00", as everybody writes them
  T& value;
};
template <typename T>
struct Span {  // nanoseconds in a bare integer: bounded, so that no later arithmetic overflows
  T& value;
};
template <typename T>
struct Rfc3339 {  // a time that people look for
  T& value;
};
template <typename T>
Hex(T&) -> Hex<T>;
template <typename T>
Span(T&) -> Span<T>;
template <typename T>
Rfc3339(T&) -> Rfc3339<T>;

template <typename T, typename Value>
concept Is = std::same_as<std::remove_const_t<T>, Value>;

template <typename Archive, Is<TaskId> T>
void fields(Archive& archive, T& id) {
  auto& [tgid, tid, start] = id;
  archive("tgid", tgid)("tid", tid)("start_ns", start);
}

template <typename Archive, Is<ProcessId> T>
void fields(Archive& archive, T& id) {
  auto& [tgid, start] = id;
  archive("tgid", tgid)("start_ns", start);
}

template <typename Archive, Is<ClockPair> T>
void fields(Archive& archive, T& pair) {
  auto& [monotonic, wall] = pair;
  archive("monotonic_ns", monotonic)("wall_ns", wall);
}

template <typename Archive, Is<SystemCall> T>
void fields(Archive& archive, T& call) {
  auto& [number, compat, entered, sequence, arguments] = call;
  archive("number", number)("compat", compat)("entered_ns", entered)("sequence", sequence);
  archive("arguments", Hex{arguments});
}

template <typename Archive, Is<UserRegisters> T>
void fields(Archive& archive, T& registers) {
  auto& [instruction_pointer, stack_pointer] = registers;
  archive("instruction_pointer", Hex{instruction_pointer})("stack_pointer", Hex{stack_pointer});
}

template <typename Archive, Is<FileFacts> T>
void fields(Archive& archive, T& file) {
  auto& [path, fs_type, source, point, major, minor, block_device, frozen, inode, connection] = file;
  archive("path", path)("fs_type", fs_type)("mount_source", source)("mount_point", point);
  archive("device_major", major)("device_minor", minor)("is_block_device", block_device);
  archive("fs_frozen", frozen)("inode", inode)("connection", Hex{connection});
}

template <typename Archive, Is<DeviceFacts> T>
void fields(Archive& archive, T& device) {
  auto& [major, minor, name, mapper_name, suspended, in_flight] = device;
  archive("major", major)("minor", minor)("name", name)("mapper_name", mapper_name);
  archive("suspended", suspended)("in_flight", in_flight);
}

template <typename Archive, Is<FuseServer> T>
void fields(Archive& archive, T& server) {
  auto& [process, comm, connection] = server;
  archive("process", process)("comm", comm)("connection", Hex{connection});
}

template <typename Archive, Is<UserFrame> T>
void fields(Archive& archive, T& frame) {
  auto& [address, function, offset, module] = frame;
  archive("address", Hex{address})("function", function)("offset", Hex{offset})("module", module);
}

template <typename Archive, Is<WordSurroundings> T>
void fields(Archive& archive, T& word) {
  auto& [begin, bytes] = word;
  archive("begin", Hex{begin})("bytes", bytes);
}

template <typename Archive, Is<UserSide> T>
void fields(Archive& archive, T& side) {
  auto& [stack, complete, word, pointed, missing] = side;
  archive("stack", stack)("stack_complete", complete)("word", word)("pointed", pointed)("missing", missing);
}

template <typename Archive, Is<TaskDetails> T>
void fields(Archive& archive, T& details) {
  auto& [kernel_stack, file, device, server, exe, cgroup, parent_threads, registers] = details;
  archive("kernel_stack", kernel_stack)("file", file)("device", device)("server", server);
  archive("exe", exe)("cgroup", cgroup)("parent_threads", parent_threads)("registers", Hex{registers});
}

template <typename Archive, Is<Task> T>
void fields(Archive& archive, T& task) {
  auto& [id, process, comm, process_comm, uid, parent, state, kernel_thread, exiting, kill_pending,
         dumping_core, switches, system_time, user_time, off_cpu_since, off_cpu_since_exact,
         kill_pending_since, kill_pending_exact, call, registers, details, user_side, namespace_tid,
         pid_namespace, process_threads, suspect, without_exec, from_threads, crashed] = task;
  archive("id", id)("process", process)("comm", comm)("process_comm", process_comm)("uid", uid);
  archive("parent_tgid", parent)("state", state)("kernel_thread", kernel_thread)("exiting", exiting);
  archive("kill_pending", kill_pending)("dumping_core", dumping_core)("switch_count", switches);
  archive("system_time_ns", Span{system_time})("user_time_ns", Span{user_time});
  archive("off_cpu_since_ns", off_cpu_since)("off_cpu_since_exact", off_cpu_since_exact);
  archive("kill_pending_since_ns", kill_pending_since)("kill_pending_exact", kill_pending_exact);
  archive("call", call)("registers", registers)("details", details)("user_side", user_side);
  archive("namespace_tid", namespace_tid)("pid_namespace", pid_namespace);
  archive("process_threads", process_threads)("suspect", suspect)("forked_without_exec", without_exec);
  archive("forked_from_threads", from_threads)("crashed_thread_seen", crashed);
}

template <typename Archive, Is<Death> T>
void fields(Archive& archive, T& death) {
  auto& [id, comm, call_number, exit_code, group_exit, at] = death;
  archive("id", id)("comm", comm)("call_number", call_number)("exit_code", exit_code);
  archive("group_exit", group_exit)("at_ns", at);
}

template <typename Archive, Is<Crash> T>
void fields(Archive& archive, T& crash) {
  auto& [id, process, comm, process_comm, signal, delivered, exited] = crash;
  archive("id", id)("process", process)("comm", comm)("process_comm", process_comm)("signal", signal);
  archive("delivered_ns", delivered)("exited_ns", exited);
}

template <typename Archive, Is<ProcessSide> T>
void fields(Archive& archive, T& side) {
  auto& [libc, command_line, caught_signals, posix_timers, executable_deleted, missing] = side;
  archive("libc", libc)("command_line", command_line)("caught_signals", Hex{caught_signals});
  archive("posix_timers", posix_timers)("executable_deleted", executable_deleted)("missing", missing);
}

template <typename Archive, Is<NamespacedId> T>
void fields(Archive& archive, T& id) {
  auto& [pid_namespace, tid] = id;
  archive("pid_namespace", pid_namespace)("tid", tid);
}

template <typename Archive, Is<Snapshot> T>
void fields(Archive& archive, T& snapshot) {
  auto& [taken, suspended, threads, suspects, deaths, crashes, complete, absent, processes, hung_tasks,
         losses] = snapshot;
  archive("taken", taken)("suspended_ns", suspended)("threads_scanned", threads)("suspects", suspects);
  archive("deaths", deaths)("crashes", crashes)("complete", complete)("absent", absent);
  archive("processes", processes)("hung_task_reports", hung_tasks)("losses", losses);
}

template <typename Archive, Is<Header> T>
void fields(Archive& archive, T& header) {
  auto& [format, recording, count] = header;
  auto& [wedged, kernel, machine, recorded, process, interval, snapshots] = recording;
  archive("wedged_recording", format)("wedged", wedged)("kernel", kernel)("machine", machine);
  archive("recorded", Rfc3339{recorded})("process", process)("interval_ns", interval)("snapshots", count);
}

}  // namespace wedged::recorded
