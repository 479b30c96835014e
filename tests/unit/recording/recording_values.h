// SPDX-License-Identifier: Apache-2.0
// Recordings for tests: one with every field set by hand to something that is not its default, and any number
// of generated ones.
#pragma once

#include <algorithm>
#include <map>
#include <random>

#include "recording/fields.h"
#include "recording/kinds.h"
#include "support/builders.h"

namespace wedged::test {

using namespace std::chrono_literals;

inline TaskDetails full_details() {
  TaskDetails details;
  details.kernel_stack = {"futex_wait_queue+0x60/0x90", "do_futex+0x1/0x2 [mod]"};
  details.file = FileFacts{"/var/lib/a", "ext4", "/dev/dm-0", "/var", 253, 7, true, true, 99, ~0ULL};
  details.device =
      DeviceFacts{253, 7, "dm-0", "data", true, 3, {"blocked", "recovery", true, true, "/a.img", 812}, {}};
  details.device->lower = {{2, "sda", "below", true, 4, details.device->condition}};
  details.server = FuseServer{{77, 8}, "sshfs", 0x1234'5678'9abc'def0};
  details.exe = "/usr/bin/victim";
  details.cgroup = "/system.slice/victim.service";
  details.parent_threads = 3;
  details.registers.emplace().fill(0xffff'ffff'ffff'fffe);
  details.kernel_lock = KernelLock{KernelLockKind::rwsem_write, 0xffff888000000001, KernelHolder::gone,
                                   0xffff888000000002,          TaskId{1, 2, 3},    4};
  details.path_walk = PathWalk{"../b", *details.file};
  details.mapped_file = details.file;
  details.vfork_child = 4711;
  details.socket = SocketFacts{"tcp", "10.0.0.1:5432", "10.0.0.2:40312", "ESTABLISHED"};
  details.other_end = OtherEnd{true, true, {{{812, 3}, "producer", 5}}, 1, true};
  return details;
}

inline UserSide full_user_side() {
  UserSide side;
  side.stack = {{0x7f3a12c8e1b4, "__lll_lock_wait", 0x24, "/usr/lib/libc.so.6"}, {1, "", 2, ""}};
  side.stack_complete = true;
  side.word = WordSurroundings{0x7fff'ffff'f000, {0, 1, 0x80, 0xff}};
  side.pointed = {{0x1000, {1, 2}}, {0x2000, {}}};
  side.missing = {"the rest"};
  return side;
}

inline Task full_task() {
  Task task;
  task.id = {4242, 4243, 18'446'744'073'709'551'615ULL};
  task.process = {4242, 9'007'199'254'740'993ULL};  // 2^53 + 1
  task.comm = "worker";
  task.process_comm = "victim";
  task.uid = 4'294'967'295U;
  task.parent_tgid = 1;
  task.state = RunState::killable;
  task.kernel_thread = task.exiting = task.kill_pending = task.dumping_core = true;
  task.switch_count = ~0ULL;
  task.system_time_ns = 5;
  task.user_time_ns = 6;
  task.off_cpu_since = test_now + 1ns;
  task.off_cpu_since_exact = task.kill_pending_exact = true;
  task.kill_pending_since = test_now + 2ns;
  task.call = SystemCall{202, true, test_now + 3ns, ~0ULL, {{1, 2, 3, 4, 5, ~0ULL}}};
  task.registers = UserRegisters{0x401000, ~0ULL};
  task.details = full_details();
  task.user_side = full_user_side();
  task.namespace_tid = 17;
  task.pid_namespace = 4'026'531'836U;
  task.process_threads = 12;
  task.suspect = false;
  task.forked_without_exec = task.crashed_thread_seen = true;
  task.forked_from_threads = false;
  task.shares_memory = task.death_seen = task.io_worker = task.group_exiting = task.cgroup_frozen = true;
  task.address = 0xffff888012345680;
  task.tracer_tgid = 99;
  task.scheduling = {test_now - 3s, test_now - 4s, true, 3, 1, 50, 4711};
  return task;
}

inline ProcessSide full_process_side() {
  ProcessSide side;
  side.libc = CLibrary::musl;
  side.command_line = "victim --all";
  side.caught_signals = ~0ULL;
  side.posix_timers = 2;
  side.executable_deleted = true;
  side.missing = {"maps: denied"};
  return side;
}

inline Recording full_recording() {
  Snapshot snapshot;
  snapshot.taken = {test_now + 9ns, WallTime{1714533165123456789ns}};
  snapshot.suspended = 1h;
  snapshot.threads_scanned = 100'000;
  snapshot.suspects = {full_task()};
  snapshot.deaths = {{{1, 2, 3}, {1, 1}, "dead", "whole", 0xffff888012345678, 74, 9, true, test_now}};
  snapshot.crashes = {{{1, 2, 3}, {1, 1}, "bio", "redis", 11, test_now, test_now + 1s}};
  snapshot.complete = {{4242, 1}, {4243, 1}};
  snapshot.absent = {{4'026'531'836U, 134'514}, {4'026'531'837U, -1}};
  snapshot.processes = {{{4242, 1}, full_process_side()}, {{4243, 1}, {}}};
  snapshot.hung_task_reports = 4;
  snapshot.losses = {{"ring_full", ~0ULL}, {"record_size", 0}};
  snapshot.voice =
      KernelVoice{{1, 2, 3, 4, 5, 6, 0x1280},
                  {{test_now, 4243, "wor\xffker", "BUG: kernel NULL", {"BUG: kernel NULL", "\n"}}}};
  Recording recording;
  recording.wedged = "0.9";
  recording.kernel = "6.1.0-18-amd64";
  recording.recorded = snapshot.taken.wall;
  recording.process = 4242;
  recording.interval = 200ms;
  recording.snapshots = {snapshot, snapshot};
  recording.snapshots[1].taken.monotonic += 200ms;
  return recording;
}

// Sets every recorded field of a value at random: an archive like those that write and read.
class Randomizer {
 public:
  explicit Randomizer(std::mt19937_64& random) : random_(random) {}

  template <typename T>
  Randomizer& operator()(const char*, T&& value) {
    set(value);
    return *this;
  }

  template <typename T>
  void set(T& value) {
    if constexpr (std::same_as<T, bool>) {
      value = random_() % 2 == 0;
    } else if constexpr (recorded::Number<T>) {
      value = static_cast<T>(random_() >> (random_() % 64));
    } else if constexpr (requires { value = T{Duration{}}; }) {
      value = T{Duration{static_cast<std::int64_t>(random_() >> (3 + random_() % 60))}};
    } else if constexpr (recorded::Named<T>) {
      const auto& known = recorded::names(value);
      value = known[random_() % known.size()].value;
    } else {
      recorded::fields(*this, value);
    }
  }
  void set(std::string& text) {
    text.clear();
    for (std::size_t left = random_() % 20; left > 0; --left) text += static_cast<char>(random_());
  }
  template <typename T>
  void set(std::optional<T>& value) {
    value.reset();
    if (random_() % 2 == 0) set(value.emplace());
  }
  template <typename T>
  void set(std::vector<T>& list) {
    list.clear();
    for (std::size_t left = random_() % 4; left > 0; --left) set(list.emplace_back());
  }
  template <typename T, std::size_t Size>
  void set(std::array<T, Size>& list) {
    for (T& element : list) set(element);
  }
  template <typename Key, typename Value>
  void set(std::map<Key, Value>& map) {
    map.clear();
    for (std::size_t left = random_() % 4; left > 0; --left) {
      std::pair<Key, Value> entry;
      set(entry.first);
      set(entry.second);
      map.insert(entry);
    }
  }
  template <typename T>
  void set(recorded::Hex<T>& hex) {
    set(hex.value);
  }
  template <typename T>
  void set(recorded::Span<T>& span) {
    span.value = random_() >> 4U;
  }

 private:
  std::mt19937_64& random_;
};

// As snapshots are: lists sorted by id, each later than the one before.
inline Recording random_recording(std::mt19937_64& random) {
  Recording recording = full_recording();
  recording.snapshots.resize(random() % 4);
  Instant at = test_now;
  for (Snapshot& snapshot : recording.snapshots) {
    Randomizer(random).set(snapshot);
    snapshot.taken.monotonic = at += 1s;
    std::sort(snapshot.suspects.begin(), snapshot.suspects.end(),
              [](const Task& left, const Task& right) { return left.id < right.id; });
    std::sort(snapshot.complete.begin(), snapshot.complete.end());
    std::sort(snapshot.absent.begin(), snapshot.absent.end());
  }
  return recording;
}

}  // namespace wedged::test
