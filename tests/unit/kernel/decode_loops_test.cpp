// SPDX-License-Identifier: Apache-2.0
#include "kernel/decode_loops.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstring>

#include "abi.h"
#include "kernel/decode.h"

namespace wedged {
namespace {

wedged_task_record counted() {
  wedged_task_record record{};
  record.facts = WEDGED_FACT_COUNTED;
  record.counts = {7, 8, 9, 288U << 16 | 24U, 12, WEDGED_MOST_VOTES / 2};
  return record;
}

TEST(DecodeLoops, what_is_not_counted_is_absent) {
  EXPECT_EQ(loop_of(wedged_task_record{}), std::nullopt);
}

TEST(DecodeLoops, counts_and_the_call_that_fails) {
  const auto loop = loop_of(counted()).value();
  EXPECT_EQ(loop.counts, (CallCounts{7, 8, 9}));
  EXPECT_EQ(loop.failing, (FailingCall{288, 24, 12}));
  EXPECT_EQ(loop.spinning_since, std::nullopt);
}

TEST(DecodeLoops, a_call_without_a_majority_is_not_named) {
  auto record = counted();
  record.counts.failing_votes -= 1;
  EXPECT_EQ(loop_of(record)->failing, std::nullopt);
}

TEST(DecodeLoops, a_spin_with_its_own_counts) {
  auto record = counted();
  record.spinning_since_ns = 5'000;
  record.spin_ready = 1'000'000;
  record.spin_productive = 2;
  record.spin_fruitless = 3;
  const auto loop = loop_of(record).value();
  EXPECT_EQ(loop.spinning_since, instant_of_ns(5'000));
  EXPECT_EQ(loop.spinning, (CallCounts{1'000'000, 2, 3}));
}

struct RegistrationBytes {
  wedged_registration_record record{};
  wedged_file_record file{};
};

RegistrationBytes a_registration() {
  RegistrationBytes bytes;
  auto& record = bytes.record;
  record.header = {WEDGED_RECORD_REGISTRATION, WEDGED_ABI_VERSION, sizeof(bytes)};
  record.key = {0xffff888000000000, 0xfeed, 42, 0};
  record.tgid = 42;
  record.descriptor = 7;
  record.start_boottime_ns = 5;
  record.asked = event_in | event_err | event_hup | event_edge_triggered;
  std::strcpy(record.comm, "server");
  bytes.file.present = 1;
  bytes.file.mode = S_IFIFO | 0600;
  bytes.file.inode = 99;
  std::strcpy(bytes.file.fs_type, "pipefs");
  return bytes;
}

std::vector<Registration> decoded(const RegistrationBytes& bytes) {
  Decoder decoder({});
  decoder.feed(std::as_bytes(std::span(&bytes, 1)));
  return decoder.take().registrations;
}

TEST(DecodeLoops, a_descriptor_with_its_file) {
  const auto all = decoded(a_registration());
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].key, (ReturnKey{0xffff888000000000, 0xfeed, 42}));
  EXPECT_EQ(all[0].process, (ProcessId{42, 5}));
  EXPECT_EQ(all[0].descriptor, 7);
  EXPECT_EQ(all[0].comm, "server");
  EXPECT_EQ(all[0].file, "pipe:[99]");
  EXPECT_TRUE(all[0].is_pipe);
  EXPECT_FALSE(all[0].is_socket);
}

TEST(DecodeLoops, what_epoll_adds_to_what_is_asked_for_is_left_out) {
  EXPECT_EQ(decoded(a_registration())[0].asked, event_in | event_edge_triggered);
}

TEST(DecodeLoops, a_record_without_its_file_is_malformed) {
  auto bytes = a_registration();
  bytes.record.header.size = sizeof(bytes.record);
  Decoder decoder({});
  decoder.feed(std::as_bytes(std::span(&bytes, 1)));
  const auto records = decoder.take();
  EXPECT_TRUE(records.registrations.empty());
  EXPECT_EQ(records.malformed, 1U);
}

}  // namespace
}  // namespace wedged
