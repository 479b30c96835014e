// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>

#include "support.h"

namespace wedged {
namespace {

using namespace std::chrono_literals;
using test::a_thread;
using test::found;
using test::found_unchanged;
using testing::HasSubstr;

TEST(UninterruptibleWait, fires_after_the_threshold) {
  const auto findings = found_unchanged(a_thread().in_d_state().for_(10001ms));
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].key.cause, Cause::uninterruptible_wait);
  EXPECT_EQ(findings[0].certainty, Certainty::likely);
  EXPECT_EQ(findings[0].lasted, 10001ms);
  EXPECT_EQ(findings[0].since, test::test_now - 10001ms);
  EXPECT_TRUE(findings[0].since_exact);
  EXPECT_EQ(findings[0].unit, "victim.service");
}

TEST(UninterruptibleWait, does_not_fire_at_the_threshold) {
  EXPECT_TRUE(found_unchanged(a_thread().in_d_state().for_(10s)).empty());
}

TEST(UninterruptibleWait, needs_two_samples) {
  EXPECT_TRUE(found({}, {a_thread().in_d_state().for_(300s)}).empty());
}

TEST(UninterruptibleWait, a_thread_that_was_switched_in_between_is_not_stuck) {
  EXPECT_TRUE(found({a_thread().in_d_state().for_(300s).switches(5)},
                    {a_thread().in_d_state().for_(299s).switches(6)})
                  .empty());
}

TEST(UninterruptibleWait, a_reused_thread_id_is_another_thread) {
  EXPECT_TRUE(found({a_thread().of_process(7, 100).in_d_state().for_(300s)},
                    {a_thread().of_process(7, 101).in_d_state().for_(300s)})
                  .empty());
}

TEST(UninterruptibleWait, killable_waits_and_kernel_threads_count_too) {
  EXPECT_EQ(found_unchanged(a_thread().killable().for_(11s)).size(), 1U);
  const auto findings =
      found_unchanged(a_thread().kernel_thread().named("kworker/0:1").in_d_state().for_(11s));
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_THAT(findings[0].summary, HasSubstr("kernel thread kworker/0:1"));
}

struct Other {
  const char* name;
  RunState state;
};

void PrintTo(const Other& other, std::ostream* out) {
  *out << other.name;
}

class OtherState : public testing::TestWithParam<Other> {};
TEST_P(OtherState, is_no_uninterruptible_wait) {
  for (const auto& finding : found_unchanged(a_thread().state(GetParam().state).for_(24h)))
    EXPECT_NE(finding.key.cause, Cause::uninterruptible_wait);
}
INSTANTIATE_TEST_SUITE_P(UninterruptibleWait, OtherState,
                         testing::Values(Other{"running", RunState::running},
                                         Other{"sleeping", RunState::sleeping}, Other{"idle", RunState::idle},
                                         Other{"frozen", RunState::frozen},
                                         Other{"stopped", RunState::stopped},
                                         Other{"traced", RunState::traced}, Other{"dead", RunState::dead},
                                         Other{"unknown", RunState::unknown}));

TEST(UninterruptibleWait, a_vfork_parent_waits_for_its_child_and_nobody_else) {
  for (const int call : {SYS_vfork, SYS_clone, SYS_clone3}) {
    EXPECT_TRUE(found_unchanged(a_thread().killable().for_(60s).in_call(call)).empty());
    EXPECT_EQ(found_unchanged(a_thread().in_d_state().for_(60s).in_call(call)).size(), 1U);
  }
}

TEST(UninterruptibleWait, stands_without_details_and_says_so) {
  const auto findings = found_unchanged(a_thread().without_details().in_d_state().for_(60s));
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_THAT(findings[0].evidence, testing::Contains(HasSubstr("could not be read")));
  EXPECT_THAT(findings[0].summary, HasSubstr("unknown"));
}

TEST(UninterruptibleWait, of_which_nothing_was_read_is_told_ten_seconds_later) {
  EXPECT_TRUE(found_unchanged(a_thread().without_details().in_d_state().for_(20s)).empty());
  EXPECT_EQ(found_unchanged(a_thread().without_details().in_d_state().for_(20001ms)).size(), 1U);
}

Task reader_of_suspended_device() {
  Task task = a_thread().in_d_state().for_(32s).in_call(SYS_read);
  FileFacts file;
  file.path = "/dev/mapper/data";
  file.fs_type = "devtmpfs";
  file.mount_point = "/dev";
  file.is_block_device = true;
  file.device_major = 253;
  task.details->file = file;
  task.details->device = DeviceFacts{253, 0, "dm-0", "data", true, 1, {}, {}};
  task.details->kernel_stack = {"io_schedule+0x42/0x70", "submit_bio_wait+0x5d/0x90",
                                "__blkdev_direct_IO+0x1/0x2"};
  return task;
}

TEST(UninterruptibleWait, names_call_file_device_and_state_of_the_device) {
  const auto findings = found_unchanged(reader_of_suspended_device());
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].summary,
            "victim[4242] has not moved for 32 s: read waits for device dm-0 (/dev/mapper/data, suspended, 1 "
            "request in flight)");
  const std::vector<BlameLink> chain{
      {"in system call", "read"},
      {"waits in", "submit_bio_wait"},
      {"for file", "/dev/mapper/data"},
      {"on device", "dm-0 (/dev/mapper/data, suspended, 1 request in flight)"}};
  EXPECT_EQ(findings[0].chain, chain);
}

TEST(UninterruptibleWait, for_a_device_is_one_finding_though_more_requests_came_between_the_looks) {
  const Task first = reader_of_suspended_device();
  Task second = first;
  ++second.id.tid;
  second.details->device->in_flight = 2;
  const auto findings = found({first, second}, {first, second});
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].threads.size(), 2U);
}

TEST(UninterruptibleWait, names_a_frozen_file_system_in_front_of_its_device) {
  Task task = reader_of_suspended_device();
  task.details->file =
      FileFacts{"/data/log", "ext4", "/dev/mapper/data", "/data", 253, 0, false, true, 12, 0};
  const auto findings = found_unchanged(task);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_THAT(findings[0].summary, HasSubstr("the frozen file system on /data"));
  EXPECT_EQ(findings[0].chain.back(),
            (BlameLink{"on file system", "ext4 mounted on /data from /dev/mapper/data, frozen"}));
}

TEST(UninterruptibleWait, names_the_server_of_a_fuse_mount) {
  Task task = a_thread().in_d_state().for_(32s).in_call(SYS_newfstatat);
  task.details->kernel_stack = {"request_wait_answer+0x1/0x2 [fuse]"};
  task.details->server = FuseServer{{77, 1}, "sshfs", 0};
  const auto findings = found_unchanged(task);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].chain.back(), (BlameLink{"served by", "FUSE server sshfs[77]"}));
}

TEST(UninterruptibleWait, of_a_shorter_configured_threshold) {
  Thresholds thresholds;
  thresholds.uninterruptible_wait = 1s;
  EXPECT_EQ(found_unchanged(a_thread().in_d_state().for_(1100ms), thresholds).size(), 1U);
}

}  // namespace
}  // namespace wedged
