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

template <typename Archive, Is<DeviceCondition> T>
void fields(Archive& archive, T& condition) {
  auto& [state, host_state, read_only, no_size, backing_file, client] = condition;
  archive("state", state)("host_state", host_state)("read_only", read_only)("no_size", no_size);
  archive("backing_file", backing_file)("client_pid", client);
}

template <typename Archive, Is<LowerDevice> T>
void fields(Archive& archive, T& device) {
  auto& [depth, name, mapper_name, suspended, in_flight, condition] = device;
  archive("depth", depth)("name", name)("mapper_name", mapper_name)("suspended", suspended);
  archive("in_flight", in_flight)("condition", condition);
}

template <typename Archive, Is<DeviceFacts> T>
void fields(Archive& archive, T& device) {
  auto& [major, minor, name, mapper_name, suspended, in_flight, condition, lower] = device;
  archive("major", major)("minor", minor)("name", name)("mapper_name", mapper_name);
  archive("suspended", suspended)("in_flight", in_flight)("condition", condition)("lower", lower);
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

template <typename Archive, Is<KernelLock> T>
void fields(Archive& archive, T& lock) {
  auto& [kind, address, holder, owner_address, owner, readers] = lock;
  archive("kind", kind)("address", Hex{address})("holder", holder);
  archive("owner_address", Hex{owner_address})("owner", owner)("readers", readers);
}

template <typename Archive, Is<PathWalk> T>
void fields(Archive& archive, T& walk) {
  auto& [name, place] = walk;
  archive("name", name)("place", place);
}

template <typename Archive, Is<Peer> T>
void fields(Archive& archive, T& peer) {
  auto& [process, comm, descriptor] = peer;
  archive("process", process)("comm", comm)("descriptor", descriptor);
}

template <typename Archive, Is<OtherEnd> T>
void fields(Archive& archive, T& end) {
  auto& [closed, pending, holders, processes, exhaustive] = end;
  archive("closed", closed)("pending", pending)("holders", holders);
  archive("processes", processes)("exhaustive", exhaustive);
}

template <typename Archive, Is<SocketFacts> T>
void fields(Archive& archive, T& socket) {
  auto& [protocol, local, remote, state] = socket;
  archive("protocol", protocol)("local", local)("remote", remote)("state", state);
}

template <typename Archive, Is<Scheduling> T>
void fields(Archive& archive, T& scheduling) {
  auto& [runnable_since, looping_since, throttled, cpu, policy, rt_priority, occupant] = scheduling;
  archive("runnable_since_ns", runnable_since)("looping_since_ns", looping_since)("throttled", throttled);
  archive("cpu", cpu)("policy", policy)("rt_priority", rt_priority)("cpu_occupant", occupant);
}

template <typename Archive, Is<CallCounts> T>
void fields(Archive& archive, T& counts) {
  auto& [ready, productive, fruitless] = counts;
  archive("ready", ready)("productive", productive)("fruitless", fruitless);
}

template <typename Archive, Is<FailingCall> T>
void fields(Archive& archive, T& failing) {
  auto& [number, error, descriptor] = failing;
  archive("number", number)("error", error)("descriptor", descriptor);
}

template <typename Archive, Is<ReadyDescriptor> T>
void fields(Archive& archive, T& ready) {
  auto& [descriptor, data, asked, reported, returned, used, file, socket, other_end, held_by] = ready;
  archive("descriptor", descriptor)("data", Hex{data})("asked", asked)("reported", reported);
  archive("returned", returned)("used", used)("file", file)("socket", socket)("other_end", other_end);
  archive("held_by", held_by);
}

template <typename Archive, Is<LoopWatch> T>
void fields(Archive& archive, T& watch) {
  auto& [since, until, wait_call, epoll, registered, ready_now, complete, ready, failing] = watch;
  archive("since_ns", since)("until_ns", until)("wait_call", wait_call)("epoll", epoll)("registered",
                                                                                        registered);
  archive("ready_now", ready_now)("complete", complete)("ready", ready);
  archive("failing", failing);
}

template <typename Archive, Is<LoopFacts> T>
void fields(Archive& archive, T& loop) {
  auto& [spinning_since, spinning, counts, failing, watch] = loop;
  archive("spinning_since_ns", spinning_since)("spinning", spinning)("counts", counts);
  archive("failing", failing)("watch", watch);
}

// The copy of a stack is somebody's memory: it is not recorded.
template <typename Archive, Is<TaskDetails> T>
void fields(Archive& archive, T& details) {
  auto& [kernel_stack, file, device, server, exe, cgroup, parent_threads, registers, stack_copy, kernel_lock,
         path_walk, mapped_file, vfork_child, descriptor_limit, socket, other_end] = details;
  static_cast<void>(stack_copy);
  archive("kernel_stack", kernel_stack)("file", file)("device", device)("server", server);
  archive("exe", exe)("cgroup", cgroup)("parent_threads", parent_threads)("registers", Hex{registers});
  archive("kernel_lock", kernel_lock)("path_walk", path_walk)("mapped_file", mapped_file);
  archive("vfork_child", vfork_child)("descriptor_limit", descriptor_limit);
  archive("socket", socket)("other_end", other_end);
}

template <typename Archive, Is<Task> T>
void fields(Archive& archive, T& task) {
  auto& [id, process, comm, process_comm, uid, parent, state, kernel_thread, exiting, kill_pending,
         dumping_core, switches, system_time, user_time, off_cpu_since, off_cpu_since_exact,
         kill_pending_since, kill_pending_exact, call, registers, details, user_side, namespace_tid,
         pid_namespace, process_threads, suspect, without_exec, from_threads, shares, crashed, death_seen,
         address, io_worker, group_exiting, cgroup_frozen, tracer, scheduling, loop] = task;
  archive("id", id)("process", process)("comm", comm)("process_comm", process_comm)("uid", uid);
  archive("parent_tgid", parent)("state", state)("kernel_thread", kernel_thread)("exiting", exiting);
  archive("kill_pending", kill_pending)("dumping_core", dumping_core)("switch_count", switches);
  archive("system_time_ns", Span{system_time})("user_time_ns", Span{user_time});
  archive("off_cpu_since_ns", off_cpu_since)("off_cpu_since_exact", off_cpu_since_exact);
  archive("kill_pending_since_ns", kill_pending_since)("kill_pending_exact", kill_pending_exact);
  archive("call", call)("registers", registers)("details", details)("user_side", user_side);
  archive("namespace_tid", namespace_tid)("pid_namespace", pid_namespace);
  archive("process_threads", process_threads)("suspect", suspect)("forked_without_exec", without_exec);
  archive("forked_from_threads", from_threads)("shares_memory", shares)("crashed_thread_seen", crashed);
  archive("death_seen", death_seen)("address", Hex{address})("io_worker", io_worker);
  archive("group_exiting", group_exiting)("cgroup_frozen", cgroup_frozen)("tracer_tgid", tracer);
  archive("scheduling", scheduling)("loop", loop);
}

template <typename Archive, Is<Death> T>
void fields(Archive& archive, T& death) {
  auto& [id, process, comm, process_comm, address, call_number, exit_code, group_exit, at] = death;
  archive("id", id)("process", process)("comm", comm)("process_comm", process_comm);
  archive("address", Hex{address})("call_number", call_number)("exit_code", exit_code);
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

template <typename Archive, Is<KernelCounters> T>
void fields(Archive& archive, T& counters) {
  auto& [oopses, warnings, hung_tasks, soft_lockups, hard_lockups, rcu_stalls, taint] = counters;
  archive("oopses", oopses)("warnings", warnings)("hung_tasks", hung_tasks)("soft_lockups", soft_lockups);
  archive("hard_lockups", hard_lockups)("rcu_stalls", rcu_stalls)("taint", Hex{taint});
}

template <typename Archive, Is<OopsReport> T>
void fields(Archive& archive, T& report) {
  auto& [at, tid, comm, what, lines] = report;
  archive("at_ns", at)("tid", tid)("comm", comm)("what", what)("lines", lines);
}

template <typename Archive, Is<KernelVoice> T>
void fields(Archive& archive, T& voice) {
  auto& [counters, oopses] = voice;
  archive("counters", counters)("oopses", oopses);
}

template <typename Archive, Is<Snapshot> T>
void fields(Archive& archive, T& snapshot) {
  auto& [taken, suspended, threads, suspects, deaths, crashes, complete, absent, processes, hung_tasks,
         losses, voice] = snapshot;
  archive("taken", taken)("suspended_ns", suspended)("threads_scanned", threads)("suspects", suspects);
  archive("deaths", deaths)("crashes", crashes)("complete", complete)("absent", absent);
  archive("processes", processes)("hung_task_reports", hung_tasks)("losses", losses);
  archive("voice", voice);
}

template <typename Archive, Is<Header> T>
void fields(Archive& archive, T& header) {
  auto& [format, recording, count] = header;
  auto& [wedged, kernel, machine, recorded, process, interval, snapshots] = recording;
  archive("wedged_recording", format)("wedged", wedged)("kernel", kernel)("machine", machine);
  archive("recorded", Rfc3339{recorded})("process", process)("interval_ns", interval)("snapshots", count);
}

}  // namespace wedged::recorded
