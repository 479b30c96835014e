// SPDX-License-Identifier: Apache-2.0
// A memcached whose main thread locks a mutex that it holds already, three idle workers beside it and one
// that waits for the same mutex.
#pragma once

#include "diagnosis/why.h"
#include "observation/syscall_names.h"
#include "unit/report/report_values.h"

namespace wedged::test {

inline Task a_thread_of_memcached(int tid, const std::string& name) {
  Task task = a_thread().of_process(19110).thread(tid).named("memcached").thread_named(name);
  task.details->exe = "/usr/bin/memcached";
  return task;
}

inline Lock a_mutex() {
  Lock lock;
  lock.kind = LockKind::mutex;
  lock.address = 0x55d0c0a8;
  lock.type = "mutex";
  lock.function = "pthread_mutex_lock";
  lock.owner = 19110;
  lock.layout_certain = true;
  return lock;
}

inline WhyThread the_stuck_thread() {
  WhyThread thread;
  thread.task = a_thread_of_memcached(19110, "memcached");
  thread.task.call = SystemCall{};
  thread.task.call->number = syscall_number("futex").value();
  thread.task.call->entered = test_now - 200s;
  thread.task.user_side = a_user_side();
  thread.task.details->kernel_stack = {"futex_wait_queue+0x60/0x90", "do_futex+0x1/0x2"};
  thread.waiting = 200s;
  thread.waiting_exact = true;
  thread.does = "waits for mutex 0x55d0c0a8, which it holds itself";
  thread.lock = a_mutex();
  thread.holder = thread.task.id;
  thread.stuck = true;
  return thread;
}

inline WhyThread another_thread(int tid, const std::string& name, const std::string& does, Duration waiting) {
  WhyThread thread;
  thread.task = a_thread_of_memcached(tid, name);
  thread.does = does;
  thread.waiting = waiting;
  thread.waiting_exact = true;
  return thread;
}

inline Finding the_finding() {
  Finding finding = a_finding().of(the_stuck_thread().task).cause(Cause::self_deadlock).lasting(200s);
  finding.certainty = Certainty::certain;
  finding.summary = "memcached[19110] waits for itself";
  finding.chain = {{"waits for", "mutex 0x55d0c0a8"}, {"held by", "memcached[19110] itself"}};
  finding.evidence = {"the owner in the mutex, 19110, is the waiter"};
  finding.advice = {"Restart the process: it cannot recover.", "Let the inner path not lock."};
  finding.victims = {{a_thread_of_memcached(19115, "worker"), 190s, 190s, "mutex 0x55d0c0a8"}};
  return finding;
}

inline Why a_memcached() {
  Why why;
  why.process = {19110, 1'000'000};
  why.comm = "memcached";
  why.exe = "/usr/bin/memcached";
  why.command_line = "memcached -c 16 -t 4";
  why.unit = "memcached.service";
  why.uid = 114;
  why.threads_total = 5;
  WhyThread victim =
      another_thread(19115, "worker", "waits for mutex 0x55d0c0a8 held by memcached[19110]", 190s);
  victim.stuck = true;
  why.threads = {the_stuck_thread(), victim,
                 another_thread(19112, "worker", "sleeps in epoll_wait on 0x7f01", 1s),
                 another_thread(19113, "worker", "sleeps in epoll_wait on 0x7f02", 30s),
                 another_thread(19114, "logger", "sleeps in nanosleep", 500ms)};
  why.findings = {the_finding()};
  why.verdict = {"The main thread locks a mutex that it holds already.", "It will never go on."};
  why.unknown = {"user stack of worker[19115]: no registers"};
  return why;
}

}  // namespace wedged::test
