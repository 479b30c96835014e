// SPDX-License-Identifier: Apache-2.0
// Scene: the threads of some processes and what is known of the processes, as two scans a second apart see
// them. Unless a test says otherwise every process is seen as a whole, uses glibc, has no signal handlers and
// no timers, and its threads are known by their own ids in the host's first PID namespace.
#pragma once

#include "support.h"

namespace wedged::test {

inline constexpr std::uint64_t handles_sigterm = 1ULL << 14;

class Scene {
 public:
  Scene(std::vector<Task> threads) : threads_(std::move(threads)) {  // NOLINT(google-explicit-constructor)
    for (auto& thread : threads_) {
      if (thread.namespace_tid == 0) thread.namespace_tid = thread.id.tid;
      if (thread.pid_namespace == 0) thread.pid_namespace = first_namespace;
      auto& side = processes_[thread.process];
      side.libc = CLibrary::glibc;
      side.caught_signals = handles_sigterm;
      side.posix_timers = 0;
    }
    for (auto& thread : threads_) {
      thread.process_threads =
          static_cast<unsigned>(std::count_if(threads_.begin(), threads_.end(), [&](const Task& other) {
            return other.process == thread.process;
          }));
    }
    for (const auto& [process, side] : processes_) complete_.push_back(process);
  }
  // NOLINTNEXTLINE(google-explicit-constructor)
  Scene(const TaskBuilder& thread) : Scene(std::vector<Task>{thread}) {}

  Scene incomplete() const {
    return changed([](Scene& scene) { scene.complete_.clear(); });
  }
  Scene without_ids() const {
    return changed([](Scene& scene) {
      for (auto& thread : scene.threads_) thread.namespace_tid = 0;
    });
  }
  Scene without_sides() const {
    return changed([](Scene& scene) { scene.processes_.clear(); });
  }
  Scene with(const ProcessSide& side) const {
    return changed([&](Scene& scene) {
      for (auto& [process, known] : scene.processes_) known = side;
    });
  }
  Scene of_library(CLibrary libc) const {
    return changed([&](Scene& scene) {
      for (auto& [process, known] : scene.processes_) known.libc = libc;
    });
  }
  Scene absent(int tid) const {
    return changed([&](Scene& scene) { scene.absent_.push_back({first_namespace, tid}); });
  }
  Scene each(void (*change)(Task&)) const {
    return changed([&](Scene& scene) {
      for (auto& thread : scene.threads_) change(thread);
    });
  }
  Scene crashed(const Crash& crash) const {
    return changed([&](Scene& scene) { scene.crashes_.push_back(crash); });
  }

  Scene died(const Death& death) const {
    return changed([&](Scene& scene) { scene.deaths_.push_back(death); });
  }

  Scene heard(const OopsReport& report) const {
    return changed([&](Scene& scene) { scene.oopses_.push_back(report); });
  }

  [[nodiscard]] Snapshot seen_at(Duration offset) const {
    auto snapshot = snapshot_of(threads_, offset);
    snapshot.complete = complete_;
    snapshot.absent = absent_;
    snapshot.processes = processes_;
    snapshot.crashes = crashes_;
    snapshot.deaths = deaths_;
    if (!oopses_.empty()) snapshot.voice = KernelVoice{{}, oopses_};
    return snapshot;
  }

 private:
  template <typename Change>
  [[nodiscard]] Scene changed(const Change& change) const {
    Scene scene = *this;
    change(scene);
    return scene;
  }

  std::vector<Task> threads_;
  std::map<ProcessId, ProcessSide> processes_;
  std::vector<ProcessId> complete_;
  std::vector<NamespacedId> absent_;
  std::vector<Crash> crashes_;
  std::vector<Death> deaths_;
  std::vector<OopsReport> oopses_;
};

inline Changes changes_in(const Scene& before, const Scene& now) {
  History history{std::chrono::seconds(1)};
  (void)history.advance(before.seen_at(-std::chrono::seconds(1)));
  return history.advance(now.seen_at({}));
}

inline std::vector<Finding> found_in(const Scene& before, const Scene& now) {
  return diagnose(changes_in(before, now), {});
}
inline std::vector<Finding> found_in(const Scene& scene) {
  return found_in(scene, scene);
}

// The one finding of a scene, or a failure and an empty one.
inline Finding only_finding_in(const Scene& scene) {
  const auto findings = found_in(scene);
  if (findings.size() == 1) return findings.front();
  ADD_FAILURE() << findings.size() << " findings in place of one";
  Finding nothing;
  nothing.threads.resize(1);
  return nothing;
}

inline std::vector<int> tids_of(const std::vector<StuckThread>& threads) {
  std::vector<int> tids;
  for (const auto& thread : threads) tids.push_back(thread.task.id.tid);
  std::sort(tids.begin(), tids.end());
  return tids;
}

}  // namespace wedged::test
