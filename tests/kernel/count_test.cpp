// SPDX-License-Identifier: Apache-2.0
// The statistics of finished calls: exactly as many as a process made, with its errors and in the right
// buckets; with the typed tracepoints and with the raw ones that stand in for them.
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <thread>
#include <vector>

#include "child.h"
#include "kernel_test.h"
#include "watch.h"
#include "work.h"

namespace wedged::test {
namespace {

constexpr std::uint64_t many = 20'000;
constexpr long no_such_call = 600;  // beyond the table

class CallCount : public KernelTest, public testing::WithParamInterface<bool> {
 protected:
  void SetUp() override { KernelTest::SetUp(); }

  // Calls made by `work` in a child, and nothing but them, while they are watched.
  Observer watch_while(const std::function<void()>& work) {
    const Work child(work);
    WatchOptions options;
    options.scope.tgids = {child.pid()};
    if (GetParam()) options.without_tracepoints = syscall_tracepoints;
    auto observer = watch(options);
    begun_ = now();
    child.be_done();
    ended_ = now();
    static_cast<void>(scan(observer));
    nothing_was_lost(observer);
    return observer;
  }

  Instant begun_{}, ended_{};
};

INSTANTIATE_TEST_SUITE_P(, CallCount, testing::Bool(),
                         [](const auto& raw) { return raw.param ? "raw_tracepoints" : "typed_tracepoints"; });

TEST_P(CallCount, uses_the_tracepoints_it_is_said_to_use) {
  Child child([](const Line& line) { return line.hear() ? 0 : 1; });
  WatchOptions options;
  options.scope.tgids = {child.pid()};
  if (GetParam()) options.without_tracepoints = syscall_tracepoints;
  const auto observer = watch(options);
  const auto attached = [&](const std::string& name) {
    return std::any_of(observer.probes().programs().begin(), observer.probes().programs().end(),
                       [&](const auto& program) { return program.name == name && program.attached; });
  };
  for (const std::string name : {"sys_enter", "sys_exit"}) {
    same(name, attached(name), !GetParam());
    same(name + "_raw", attached(name + "_raw"), GetParam());
  }
  for (const auto& program : observer.probes().programs()) {
    if (GetParam() && program.name == "watch_loops") continue;  // knows the typed ones only
    holds(program.name + " is attached: " + program.reason, program.attached);
  }
}

TEST_P(CallCount, equals_the_calls_made) {
  const auto observer = watch_while([] {
    for (std::uint64_t i = 0; i < many; ++i) syscall(SYS_getppid);
  });
  const auto stats = stats_of(observer, SYS_getppid);
  same("calls", stats.calls, many);
  same("errors", stats.errors, 0);
  between<std::int64_t>("total time", 1, static_cast<std::int64_t>(stats.total_ns),
                        (ended_ - begun_).count());
  same("other calls beyond the table", stats_of(observer, -1).calls, 0);
}

TEST_P(CallCount, equals_the_calls_made_by_many_threads_at_once) {
  constexpr std::size_t threads = 8;
  const auto observer = watch_while([] {
    std::array<std::thread, threads> workers;
    for (auto& worker : workers) {
      worker = std::thread([] {
        for (std::uint64_t i = 0; i < many; ++i) {
          syscall(SYS_getppid);
          syscall(SYS_sched_yield);
        }
      });
    }
    for (auto& worker : workers) worker.join();
  });
  same("calls", stats_of(observer, SYS_getppid).calls, threads * many);
  same("calls that let others run", stats_of(observer, SYS_sched_yield).calls, threads * many);
}

TEST_P(CallCount, has_the_calls_that_failed) {
  const auto observer = watch_while([] {
    for (std::uint64_t i = 0; i < many; ++i) {
      syscall(SYS_close, -1);
      if (i % 4 == 0) syscall(SYS_dup2, 3, 3);
    }
  });
  const auto failed = stats_of(observer, SYS_close), done = stats_of(observer, SYS_dup2);
  same("calls that failed", failed.calls, many);
  same("errors", failed.errors, many);
  same("calls that succeeded", done.calls, many / 4);
  same("their errors", done.errors, 0);
}

TEST_P(CallCount, puts_numbers_beyond_the_table_together) {
  const auto observer = watch_while([] {
    for (std::uint64_t i = 0; i < many; ++i) syscall(no_such_call + static_cast<long>(i % 1000));
  });
  same("calls", stats_of(observer, -1).calls, many);
  same("errors", stats_of(observer, -1).errors, many);
}

std::size_t bucket_of(std::int64_t duration_ns) {
  const auto bits =
      static_cast<std::size_t>(std::bit_width(static_cast<std::uint64_t>(duration_ns) >> first_bucket_shift));
  return std::min(bits, latency_buckets - 1);
}

// A sleep takes at least what it was asked for, and at most what the clock around it says. So up to each
// bucket there are at least as many calls as the readings of the clock allow, and at most as many as the
// requests allow.
TEST_P(CallCount, falls_into_the_bucket_of_the_duration) {
  constexpr std::array<long, 5> requested_us{100, 700, 3'000, 20'000, 90'000};
  constexpr std::size_t repetitions = 4, sleeps = requested_us.size() * repetitions;
  Shared<std::array<std::int64_t, sleeps>> taken;
  const auto observer = watch_while([&] {
    for (std::size_t i = 0; i < sleeps; ++i) {
      const timespec duration{0, requested_us.at(i / repetitions) * 1000};
      const auto before = now();
      syscall(SYS_nanosleep, &duration, nullptr);
      taken->at(i) = (now() - before).count();
    }
  });
  const auto stats = stats_of(observer, SYS_nanosleep);
  same("calls", stats.calls, sleeps);
  std::uint64_t counted = 0;
  for (std::size_t bucket = 0; bucket < latency_buckets; ++bucket) {
    counted += stats.buckets.at(bucket);
    std::uint64_t surely = 0, at_most = 0;
    for (std::size_t i = 0; i < sleeps; ++i) {
      surely += bucket_of(taken->at(i)) <= bucket ? 1 : 0;
      at_most += bucket_of(requested_us.at(i / repetitions) * 1000) <= bucket ? 1 : 0;
    }
    between("calls up to bucket " + std::to_string(bucket), surely, counted, at_most);
  }
}

}  // namespace
}  // namespace wedged::test
