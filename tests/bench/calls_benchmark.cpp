// SPDX-License-Identifier: Apache-2.0
// What a call costs its caller: getppid, which does next to nothing, and a round-trip between two processes
// over two pipes. Knows nothing of who observes it. Times are CPU time: a neighbour that takes our CPU away
// is not counted.
#include <benchmark/benchmark.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdint>
#include <ctime>

namespace {

constexpr int round_trips_per_iteration = 256;

std::int64_t cpu_time_ns(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

using Pipe = std::array<int, 2>;

void pass_on(int from, int to) {
  char byte = 0;
  while (read(from, &byte, 1) == 1 && write(to, &byte, 1) == 1) {
  }
}

// A process that sends back every byte it gets.
class Echo {
 public:
  Echo() {
    if (pipe(there_.data()) != 0 || pipe(back_.data()) != 0) return;
    child_ = fork();
    if (child_ == 0) {
      close(there_[1]);
      pass_on(there_[0], back_[1]);
      _exit(0);
    }
    works_ = child_ > 0 && clock_getcpuclockid(child_, &clock_) == 0;
  }
  Echo(const Echo&) = delete;
  Echo& operator=(const Echo&) = delete;
  ~Echo() {
    for (const int fd : {there_[0], there_[1], back_[0], back_[1]}) close(fd);
    if (child_ > 0) waitpid(child_, nullptr, 0);
  }

  [[nodiscard]] bool works() const { return works_; }
  [[nodiscard]] bool round_trip() {
    char byte = 0;
    return write(there_[1], &byte, 1) == 1 && read(back_[0], &byte, 1) == 1;
  }
  // Of both processes.
  [[nodiscard]] std::int64_t cpu_ns() const {
    return cpu_time_ns(CLOCK_PROCESS_CPUTIME_ID) + cpu_time_ns(clock_);
  }

 private:
  Pipe there_{-1, -1}, back_{-1, -1};
  pid_t child_ = -1;
  clockid_t clock_{};
  bool works_ = false;
};

void getppid_call(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(syscall(SYS_getppid));
}
BENCHMARK(getppid_call);

void pipe_round_trip(benchmark::State& state) {
  Echo echo;
  if (!echo.works()) return state.SkipWithError("no second process to talk to");
  for (auto _ : state) {
    const auto before = echo.cpu_ns();
    for (int i = 0; i < round_trips_per_iteration; ++i) {
      if (!echo.round_trip()) return state.SkipWithError("the second process is gone");
    }
    state.SetIterationTime(static_cast<double>(echo.cpu_ns() - before) * 1e-9 / round_trips_per_iteration);
  }
}
BENCHMARK(pipe_round_trip)->UseManualTime()->Iterations(40);

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
}
