// SPDX-License-Identifier: Apache-2.0
// A socket of packets stands in for /dev/kmsg: one record a read, nothing when there is none.
#include "kernel/kernel_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "unit/kernel/kmsg_records.h"

namespace wedged {
namespace {

using namespace test;
using namespace std::chrono_literals;
using testing::IsEmpty;
using testing::SizeIs;

const std::vector<std::string> an_oops{"Oops: 0002 [#1] PREEMPT SMP NOPTI",
                                       "CPU: 1 PID: 7 Comm: sh Not tainted 6.1.0 #1",
                                       "---[ end trace 0 ]---"};

class KernelLogTest : public testing::Test {
 protected:
  KernelLogTest() : log_(connect()) {}

  void write(const std::string& log) {
    for (const auto& record : records_in(log))
      ASSERT_EQ(send(writer_.get(), record.data(), record.size(), 0), static_cast<ssize_t>(record.size()));
  }

 private:
  Fd connect() {
    int ends[2] = {-1, -1};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
    writer_ = Fd{ends[1]};
    return Fd{ends[0]};
  }
  Fd writer_;

 protected:
  KernelLog log_;
};

TEST_F(KernelLogTest, reads_what_there_is_and_never_waits) {
  EXPECT_THAT(log_.read({}), IsEmpty());
  write(log_of(an_oops));
  const auto reports = log_.read({});
  ASSERT_THAT(reports, SizeIs(1));
  EXPECT_EQ(reports[0].tid, 7);
  EXPECT_THAT(log_.read({}), IsEmpty());
  EXPECT_EQ(log_.lost(), 0U);
}

TEST_F(KernelLogTest, counts_records_that_were_overwritten) {
  write("4,100,1,-;x\n4,101,2,-;x\n4,110,3,-;x\n4,111,4,-;x\n");
  (void)log_.read({});
  EXPECT_EQ(log_.lost(), 8U);
}

TEST_F(KernelLogTest, what_it_missed_ends_a_report) {
  write("4,100,1,-;Oops: 0002 [#1] SMP\n4,150,2,-;CPU: 1 PID: 7 Comm: sh Not tainted 6.1.0 #1\n");
  const auto reports = log_.read({});
  ASSERT_THAT(reports, SizeIs(1));
  EXPECT_FALSE(reports[0].tid.has_value());
}

TEST_F(KernelLogTest, a_record_that_is_none_is_passed_over) {
  write("nonsense\n");
  write(log_of(an_oops));
  EXPECT_THAT(log_.read({}), SizeIs(1));
}

TEST(KernelLog, is_not_there_without_its_file) {
  const auto log = KernelLog::open("/nonexistent/kmsg");
  ASSERT_FALSE(log.ok());
  EXPECT_EQ(log.error().kind, ErrorKind::unsupported);
}

TEST(KernelLog, takes_no_other_device_for_the_log) {
  const auto log = KernelLog::open("/dev/null");
  ASSERT_FALSE(log.ok());
  EXPECT_EQ(log.error().message, "/dev/null: is not the kernel's log here");
}

constexpr Instant hour{1h};

TEST(TimeOfRecord, is_corrected_by_the_difference_of_the_clocks_now) {
  EXPECT_NEAR(seconds_of(hour - time_of_record(1h - 30ms, 20ms, hour, {})), 0.01, 1e-6);
}

TEST(TimeOfRecord, an_old_record_was_written_at_a_smaller_difference) {
  const auto halfway = time_of_record(30min, 2s, hour, {});
  EXPECT_NEAR(seconds_of(halfway - Instant{30min + 1s}), 0, 0.01);
  EXPECT_EQ(time_of_record(30min, {}, hour, {}), Instant{30min});
}

TEST(TimeOfRecord, is_not_later_than_now_nor_earlier_than_what_was_read_before) {
  EXPECT_EQ(time_of_record(2h, {}, hour, {}), hour);
  EXPECT_EQ(time_of_record(50min, {}, hour, hour - 1s), hour - 1s);
  EXPECT_EQ(time_of_record(50min, {}, hour, {}), Instant{50min});
}

}  // namespace
}  // namespace wedged
