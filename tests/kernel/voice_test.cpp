// SPDX-License-Identifier: Apache-2.0
// What this machine's kernel says of itself: as its files say, and nothing where it has none. Nobody makes a
// kernel oops here: that is for the virtual machines.
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "daemon/lookout.h"
#include "kernel/kernel_counters.h"
#include "kernel_test.h"
#include "watch.h"

namespace wedged::test {
namespace {

class KernelVoiceTest : public KernelTest {};

std::optional<std::uint64_t> number_in(const std::string& path) {
  std::ifstream file(path);
  std::uint64_t number = 0;
  return file >> number ? std::optional(number) : std::nullopt;
}

TEST_F(KernelVoiceTest, counters_are_those_that_this_kernel_has) {
  const auto counters = read_kernel_counters();
  holds("every kernel says what it is tainted by", counters.taint.has_value());
  for (const auto& counter : kernel_counter_presence())
    same(counter.name, counter.there, std::filesystem::exists(counter.name));
  same("oopses", counters.oopses, number_in("/sys/kernel/oops_count"));
  same("soft lockups", counters.soft_lockups, number_in("/sys/kernel/softlockup_count"));
}

TEST_F(KernelVoiceTest, is_in_every_snapshot_whether_the_log_can_be_read_or_not) {
  Lookout lookout(watch({getpid()}));
  std::size_t reports = 0;
  for (int turn = 0; turn < 3; ++turn) {
    const auto snapshot = lookout.scan(SystemClock().now());
    ASSERT_TRUE(snapshot.ok());
    holds("there is a voice", snapshot->voice.has_value());
    same("losses tell of the log where it is read", snapshot->losses.contains("kernel_log_overrun"),
         !lookout.deaf());
    reports += snapshot->voice->oopses.size();
  }
  if (const auto why = lookout.deaf()) std::cout << "the log is not heard: " << why->message << '\n';
  const auto oopses = read_kernel_counters().oopses;
  if (oopses == 0U) same("no oops, no report", reports, 0U);
}

// Writes one line as user space may, and finds it again.
std::optional<KmsgRecord> record_of(const std::string& text) {
  const Fd log{open("/dev/kmsg", O_RDWR | O_NONBLOCK | O_CLOEXEC)};
  if (!log.valid() || lseek(log.get(), 0, SEEK_END) < 0) return std::nullopt;
  const auto line = text + "\n";
  if (write(log.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size())) return std::nullopt;
  std::array<char, 8192> bytes{};
  for (int turn = 0; turn < 1000; ++turn) {
    const auto count = read(log.get(), bytes.data(), bytes.size());
    if (count <= 0) break;
    auto record = kmsg_record_of({bytes.data(), static_cast<std::size_t>(count)});
    if (record && record->text == text) return record;
  }
  return std::nullopt;
}

// To a tenth of a second, where ties need seconds. A kernel with an unstable clock may be a tick off.
TEST_F(KernelVoiceTest, a_record_gets_the_time_at_which_it_was_written) {
  Lookout lookout(watch({getpid()}));
  ASSERT_TRUE(lookout.scan(SystemClock().now()).ok());
  const auto before = SystemClock().now().monotonic;
  const auto record =
      record_of("wedged: the log's clock is tested at " + std::to_string(before.time_since_epoch().count()));
  const auto after = SystemClock().now().monotonic;
  if (!record) GTEST_SKIP() << "the log cannot be written here";
  constexpr Duration off = std::chrono::milliseconds(100);
  holds("user space is told from the kernel", !record->from_kernel);
  const auto difference = lookout.observer().probes().kernel_clock_difference();
  std::cout << "CLOCK_MONOTONIC less the log's clock: " << difference.count() / 1000 << " us\n";
  between("when", before - off, time_of_record(record->stamp, difference, after, {}), after);
}

}  // namespace
}  // namespace wedged::test
