// SPDX-License-Identifier: Apache-2.0
// What one scan of all threads costs in CPU time of the scanning thread, beside the way without BPF: reading
// /proc/PID/task/TID/stat of each. Whoever runs it provides the threads; `threads_seen` says how many were
// seen.
#include <benchmark/benchmark.h>
#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cctype>
#include <cstdio>
#include <memory>
#include <string>

#include "diagnosis/syscall_limits.h"
#include "kernel/census_taker.h"
#include "kernel/observer.h"
#include "util/fd.h"

namespace {

using wedged::Fd;
using wedged::Headcount;
using wedged::Observer;
using wedged::Observing;
using wedged::Result;

// As the daemon starts it, with its default thresholds and interval.
Result<Observer> start(Observing mode, Headcount headcount = Headcount::none) {
  const auto facts = wedged::gather_facts();
  if (!facts) return facts.error();
  const auto plan = wedged::make_plan(*facts, mode, headcount);
  if (!plan) return plan.error();
  auto probes = wedged::Probes::load(*plan, *facts, {});
  if (!probes) return probes.error();
  probes->set_limits(wedged::suspect_limits({}, std::chrono::seconds(1)));
  return Observer(std::move(*probes), wedged::DecodeFacts{facts->frozen_state});
}

void scan(benchmark::State& state, Observing mode) {
  auto observer = start(mode);
  if (!observer) return state.SkipWithError(observer.error().message.c_str());
  const wedged::SystemClock clock;
  std::uint64_t threads = 0;
  for (auto _ : state) {
    const auto snapshot = observer->scan(clock.now());
    if (!snapshot) return state.SkipWithError(snapshot.error().message.c_str());
    threads = snapshot->threads_scanned;
  }
  state.counters["threads_seen"] = static_cast<double>(threads);
}
BENCHMARK_CAPTURE(scan, calls, Observing::calls)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(scan, scan, Observing::scan)->Unit(benchmark::kMillisecond);

// What `wedged top` does at each sample beside the scan.
void census(benchmark::State& state) {
  auto observer = start(Observing::calls, Headcount::census);
  if (!observer) return state.SkipWithError(observer.error().message.c_str());
  wedged::CensusTaker taker(observer->facts());
  const wedged::SystemClock clock;
  std::size_t threads = 0;
  for (auto _ : state) {
    const auto taken = taker.take(observer->probes(), clock.now().monotonic);
    if (!taken) return state.SkipWithError(taken.error().message.c_str());
    threads = taken->threads.size();
  }
  state.counters["threads_seen"] = static_cast<double>(threads);
}
BENCHMARK(census)->Unit(benchmark::kMillisecond);

struct CloseDirectory {
  void operator()(DIR* directory) const { closedir(directory); }
};

// Calls `visit` with the name of each entry that is a number.
template <typename Visit>
void for_each_id(const std::string& path, Visit visit) {
  const std::unique_ptr<DIR, CloseDirectory> directory(opendir(path.c_str()));
  if (!directory) return;
  while (const auto* entry = readdir(directory.get())) {
    if (std::isdigit(static_cast<unsigned char>(entry->d_name[0])) != 0) visit(std::string(entry->d_name));
  }
}

std::size_t walk_proc() {
  std::size_t threads = 0;
  std::array<char, 1024> text{};
  for_each_id("/proc", [&](const std::string& pid) {
    const auto tasks = "/proc/" + pid + "/task";
    for_each_id(tasks, [&](const std::string& tid) {
      const Fd file{open((tasks + "/" + tid + "/stat").c_str(), O_RDONLY | O_CLOEXEC)};
      if (file.valid() && read(file.get(), text.data(), text.size()) > 0) ++threads;
    });
  });
  return threads;
}

void proc_walk(benchmark::State& state) {
  std::size_t threads = 0;
  for (auto _ : state) threads = walk_proc();
  state.counters["threads_seen"] = static_cast<double>(threads);
}
BENCHMARK(proc_walk)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
