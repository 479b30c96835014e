// SPDX-License-Identifier: Apache-2.0
// What a process reads of itself, held against what it knows of itself.
#include "kernel/own_process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <vector>

#include "util/fd.h"

namespace wedged {
namespace {

using namespace std::chrono_literals;

TEST(OwnProcess, counts_the_descriptors_that_it_opens) {
  OwnProcessReader reader;
  const auto before = reader.read();
  ASSERT_TRUE(before.has_value());
  std::vector<Fd> files;
  for (int at = 0; at < 7; ++at) files.emplace_back(open("/dev/null", O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(reader.read()->open_descriptors, before->open_descriptors + 7);
  files.clear();
  EXPECT_EQ(reader.read()->open_descriptors, before->open_descriptors);
}

TEST(OwnProcess, knows_the_memory_that_it_fills) {
  constexpr std::size_t filled = std::size_t{64} << 20;
  OwnProcessReader reader;
  const auto before = reader.read();
  const std::vector<char> memory(filled, 'x');
  const auto after = reader.read();
  EXPECT_GE(after->resident_bytes, before->resident_bytes + filled / 2);
  EXPECT_GE(after->virtual_bytes, after->resident_bytes);
}

TEST(OwnProcess, its_cpu_time_is_that_of_the_system) {
  OwnProcessReader reader;
  const auto seconds_used = [] {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    return static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
  };
  while (seconds_used() < 0.2) {
  }
  const double before = seconds_used();
  const double told = seconds_of(reader.read()->cpu_time);
  EXPECT_GE(told, before - 0.05);  // each of the two is cut to a tick
  EXPECT_LE(told, seconds_used() + 0.05);
}

TEST(OwnProcess, its_start_is_past_and_stays_the_same) {
  OwnProcessReader reader;
  const auto first = reader.read()->started;
  usleep(30'000);
  EXPECT_EQ(reader.read()->started, first);
  EXPECT_LT(first, std::chrono::system_clock::now());
  EXPECT_GT(first, std::chrono::system_clock::now() - 1h);
}

TEST(OwnProcess, its_limit_of_descriptors_is_the_soft_one) {
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_EQ(OwnProcessReader().read()->most_descriptors, limit.rlim_cur);
}

TEST(OwnProcess, is_absent_without_proc) {
  EXPECT_FALSE(OwnProcessReader("/nonexistent").read().has_value());
}

}  // namespace
}  // namespace wedged
