// SPDX-License-Identifier: Apache-2.0
// LoopProbe: the part of the loaded programs that looks closer at loops (bpf/loop_watch.bpf.c). Attached only
// while there is something to watch. Not thread-safe; belongs to Probes.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "kernel/decode_loops.h"
#include "kernel/iterator.h"
#include "observation/task.h"
#include "util/result.h"

struct bpf_link;
struct bpf_program;

namespace wedged {

// A thread whose loop is to be watched.
struct LoopThread {
  ProcessId process;
  int tid = 0;

  auto operator<=>(const LoopThread&) const = default;
};

struct LoopReturn {
  std::uint64_t count = 0;
  std::uint32_t asked = 0;  // of poll and select only
  std::uint32_t reported = 0;
};

// Of one thread, when its wait returned. Without registers: it has not, so far.
struct LoopSample {
  std::uint64_t epoll = 0;  // address of the instance; 0: poll or select
  int wait_call = -1;
  std::optional<AllRegisters> registers;
  WordSurroundings stack;  // from the stack pointer on
};

struct EpollInstance {
  int tgid = 0;
  int descriptor = -1;
  unsigned registered = 0;
  unsigned ready = 0;
};

struct LoopNotes {
  std::map<ReturnKey, LoopReturn> returns;
  std::map<std::pair<int, int>, std::uint64_t> uses;  // by process id and descriptor
  std::map<int, LoopSample> samples;                  // by thread id
  std::map<std::uint64_t, EpollInstance> epolls;      // by address
  bool uses_missed = false;                           // there were more than could be noted
};

class LoopProbe {
 public:
  static constexpr std::size_t most_processes = 16;
  static constexpr std::size_t most_threads = 32;

  struct Maps {
    int processes = -1;
    int samples = -1;
    int returns = -1;
    int uses = -1;
    int epolls = -1;
    std::uint32_t* uses_missed = nullptr;
  };

  LoopProbe() = default;
  LoopProbe(bpf_program* watch, Maps maps) : watch_(watch), maps_(maps) {}
  void set_registrations(bpf_link* link) { registrations_ = link; }

  [[nodiscard]] bool available() const { return watch_ != nullptr && registrations_ != nullptr; }

  // From now on these, too. At most as many in all as above.
  [[nodiscard]] Status begin(const std::vector<LoopThread>& threads);
  // These no more, and what was noted of them is forgotten. Detaches when nobody is left.
  void end(const ProcessId& process);
  // What was noted since they began. A second call tells the same, and more.
  [[nodiscard]] LoopNotes read() const;
  // Records of the descriptors that were returned, and of these of a process; counts those of each instance
  // anew, so before read().
  [[nodiscard]] Status registrations(const std::set<std::pair<int, int>>& descriptors, const ByteSink& sink);

 private:
  struct DestroyLink {
    void operator()(bpf_link* link) const;
  };

  [[nodiscard]] Status attach();

  bpf_program* watch_ = nullptr;
  bpf_link* registrations_ = nullptr;
  Maps maps_;
  std::unique_ptr<bpf_link, DestroyLink> link_;
};

}  // namespace wedged
