// SPDX-License-Identifier: Apache-2.0
// The values most report tests render: one database stuck on a suspended device, at one moment. What is
// special to a test is changed there.
#pragma once

#include <string>

#include "observation/syscall_names.h"
#include "report/events.h"
#include "support/builders.h"

namespace wedged::test {

using namespace std::chrono_literals;

inline constexpr std::int64_t shown_second = 1714533165;  // 2024-05-01T03:12:45Z

inline ClockPair shown_now() {
  return {test_now, WallTime{std::chrono::seconds(shown_second) + 123ms}};
}

inline FileFacts a_file() {
  FileFacts file;
  file.path = "/var/lib/data/base/1";
  file.fs_type = "ext4";
  file.mount_source = "/dev/mapper/data";
  file.mount_point = "/var/lib/data";
  file.device_major = 253;
  file.inode = 99;
  return file;
}

inline DeviceFacts a_device() {
  DeviceFacts device;
  device.major = 253;
  device.name = "dm-0";
  device.mapper_name = "data";
  device.suspended = true;
  device.in_flight = 3;
  return device;
}

// Thread walwriter[1250] of postgres[1234], 12.3 s in fsync (74 on x86_64, whatever the name elsewhere).
inline Finding a_stuck_database(int call_number = 74) {
  Task task =
      a_thread().of_process(1234).thread(1250).named("postgres").thread_named("walwriter").in_d_state();
  task.call = SystemCall{};
  task.call->number = call_number;
  task.call->entered = test_now - 12'345ms;
  task.call->arguments = {7, 0xffff'ffff'ffff'ffff, 0, 0, 0, 0};
  task.details->exe = "/usr/bin/postgres";
  task.details->file = a_file();
  task.details->device = a_device();
  task.details->kernel_stack = {"io_schedule+0x12/0x40", "folio_wait_bit+0x1/0x2"};
  Finding finding = a_finding().of(task).lasting(12'345ms).unit("postgresql@15-main.service");
  finding.since_exact = true;
  finding.summary = "walwriter[1250] of postgres has waited 12.3 s in fsync";
  finding.evidence = {"switch count unchanged", "same registers twice"};
  finding.chain = {
      {"waits in", "fsync"}, {"for file", "/var/lib/data/base/1"}, {"on device", "dm-0, suspended"}};
  finding.threads[0].waiting = 12'345ms;
  finding.threads[0].in_call = 12'345ms;
  finding.threads[0].waits_for = "device dm-0 (data), suspended";
  return finding;
}

inline UserSide a_user_side() {
  UserSide side;
  side.stack = {{0x7f3a12c8e1b4, "__lll_lock_wait", 0x24, "/usr/lib/libc.so.6"},
                {0x55d0c0de1000, "accept_new_conns", 0x1c, "/usr/bin/memcached (deleted)"},
                {0x7f3a00001234, "", 0x1234, "/opt/lib/libplugin.so"},
                {0x10, "", 0x10, ""}};
  side.stack_complete = true;
  return side;
}

// The same in pthread_mutex_lock of glibc; the mutex names thread 17, which is what the waiter is called in
// its PID namespace. Layout: sysdeps/nptl/bits/struct_mutex.h.
inline Finding a_wait_for_a_mutex() {
  Finding finding = a_stuck_database();
  Task& task = finding.task;
  task.namespace_tid = 17;
  task.call->number = syscall_number("futex").value();
  task.call->arguments = {0x55d0c0a8, 128, 2, 0, 0, 0};
  task.details->file.reset();
  task.details->device.reset();
  task.user_side = a_user_side();
  task.user_side->stack[1] = {0x7f3a12c8f000, "pthread_mutex_lock", 0x1c,
                              "/usr/lib/x86_64-linux-gnu/libc.so.6"};
  task.user_side->stack[0].module = task.user_side->stack[1].module;
  task.user_side->word = WordSurroundings{0x55d0c0a8, std::vector<std::uint8_t>(40)};
  task.user_side->word->bytes[0] = 2;
  task.user_side->word->bytes[8] = 17;
  return finding;
}

// walwriter[1250] has ended, and the main thread postgres[1234], asleep in epoll_wait, stands for it.
inline Finding told_by_a_survivor(Cause cause = Cause::crashed_thread) {
  const Task ended =
      a_thread().of_process(1234).thread(1250).named("postgres").thread_named("walwriter").dead();
  Finding finding = a_finding().cause(cause).of(ended).lasting(20s);
  finding.threads[0].waits_for = "nothing any more: it crashed";
  finding.key.task = ended.id;
  finding.task = a_thread().of_process(1234).named("postgres").thread_named("main");
  finding.task.call = SystemCall{};
  finding.task.call->number = syscall_number("epoll_wait").value_or(syscall_number("epoll_pwait").value());
  finding.task.call->entered = test_now - 3s;
  finding.task.details->kernel_stack = {"do_epoll_wait+0x1/0x2"};
  finding.task.user_side = a_user_side();
  finding.summary = "postgres[1234] goes on without its thread 1250 (walwriter), which crashed";
  finding.chain = {{"thread", "1250 (walwriter)"}, {"crashed by", "SIGSEGV"}};
  return finding;
}

// Two are stuck, tar[7] and worker[9]; the finding is known by the first, and the second tells of it.
inline Finding told_by_another_of_the_stuck() {
  const Task first = a_thread().of_process(7).named("tar").killable();
  const Task second = a_thread().of_process(7).thread(9).named("tar").thread_named("worker").in_d_state();
  Finding finding = a_finding().cause(Cause::unkillable).of(second).and_thread(first).lasting(20s);
  finding.task.details->kernel_stack = {"folio_wait_bit+0x1/0x2"};
  finding.threads[0].waits_for = "device sda";
  finding.threads[1].waits_for = "worker[9]";
  finding.chain = {{"on device", "sda"}};
  return finding;
}

inline EventStyle plain_text() {
  return {EventFormat::text, false};
}
inline EventStyle as_json() {
  return {EventFormat::json, false};
}

inline Decision a_decision(Verdict verdict, Refusal refusal = Refusal::none) {
  Decision decision;
  decision.finding = a_stuck_database();
  decision.rule = "kill-stuck-writers";
  decision.rung = {ActionKind::signal, 9, 5s};
  decision.rule_file = "/etc/wedged/wedged.d/writers.yaml";
  decision.rung_number = 1;
  decision.ladder_length = 3;
  decision.verdict = verdict;
  decision.refusal = refusal;
  decision.reason = "it lasts longer than 10 s";
  decision.at = test_now;
  return decision;
}

inline BrakeNews a_suspension() {
  return {{test_now - 1s, "21 decisions in 1 minute"}, 21, {20, 60s}};
}

// What a hostile process may call itself or its files.
inline std::string hostile_name() {
  return std::string("a\n\x1b[2J\"\\\xff\0b", 11) + "\xc2\x9b" + "\xe2\x80\xae";
}

// Nothing that a terminal would act on, one line break at the end of each line aside.
inline bool harmless_lines(const std::string& text) {
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    if ((byte < 0x20 && byte != '\n') || byte == 0x7f) return false;
  }
  return text.find("\xc2\x9b") == std::string::npos && text.find("\xe2\x80\xae") == std::string::npos;
}

}  // namespace wedged::test
