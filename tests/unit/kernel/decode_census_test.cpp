// SPDX-License-Identifier: Apache-2.0
#include "kernel/decode_census.h"

#include <gtest/gtest.h>

#include <cstring>

#include "abi.h"
#include "kernel/decode.h"

namespace wedged {
namespace {

wedged_census_record a_thread() {
  wedged_census_record record{};
  record.header = {WEDGED_RECORD_CENSUS, WEDGED_ABI_VERSION, sizeof(record)};
  record.tgid = 10;
  record.tid = 11;
  record.start_boottime_ns = 5;
  record.process_start_boottime_ns = 4;
  record.cgroup = 77;
  record.calls = 1'000;
  record.errors = 3;
  record.finished_ns = 5'000'000'000;
  record.call_number = 202;
  record.call_entered_ns = 900;
  record.state = 1;
  record.facts = WEDGED_FACT_CALL_KNOWN | WEDGED_FACT_COUNTED;
  std::memcpy(record.comm, "name of 16 bytes", WEDGED_COMM_LENGTH);  // no NUL behind it
  std::strcpy(record.process_comm, "server");
  return record;
}

wedged_cgroup_record a_cgroup() {
  wedged_cgroup_record record{};
  record.header = {WEDGED_RECORD_CGROUP, WEDGED_ABI_VERSION, sizeof(record)};
  record.id = 77;
  std::memcpy(record.path.names, "a.service\0system.slice", 23);
  record.path.used = 23;
  record.path.complete = 1;
  return record;
}

TEST(DecodeCensus, tells_who_and_what) {
  const auto thread = census_thread_of(a_thread(), {});
  EXPECT_EQ(thread.id, (TaskId{10, 11, 5}));
  EXPECT_EQ(thread.process, (ProcessId{10, 4}));
  EXPECT_EQ(thread.comm, "name of 16 bytes");
  EXPECT_EQ(thread.process_comm, "server");
  EXPECT_EQ(thread.state, RunState::sleeping);
  EXPECT_EQ(thread.call->number, 202);
  EXPECT_EQ(thread.call->entered, instant_of_ns(900));
  EXPECT_EQ(thread.calls, 1'000U);
  EXPECT_EQ(thread.errors, 3U);
  EXPECT_EQ(thread.finished, std::chrono::seconds(5));
  EXPECT_EQ(thread.cgroup, 77U);
  EXPECT_FALSE(thread.off_cpu_since);
}

TEST(DecodeCensus, absent_is_not_zero) {
  auto record = a_thread();
  record.facts = WEDGED_FACT_CALL_KNOWN;
  record.call_entered_ns = 0;
  const auto uncounted = census_thread_of(record, {});
  EXPECT_FALSE(uncounted.calls);
  EXPECT_FALSE(uncounted.call->entered);
  record.call_number = WEDGED_NO_CALL;
  EXPECT_FALSE(census_thread_of(record, {}).call);
  record.call_number = 202;
  record.facts = 0;
  EXPECT_FALSE(census_thread_of(record, {}).call) << "its number is not to be trusted";
}

TEST(DecodeCensus, of_a_32_bit_call_says_so) {
  auto record = a_thread();
  record.facts |= WEDGED_FACT_COMPAT;
  EXPECT_TRUE(census_thread_of(record, {}).call->compat);
}

TEST(DecodeCensus, of_a_stream_finds_threads_and_the_paths_of_their_cgroups) {
  Decoder decoder({});
  const auto thread = a_thread();
  const auto cgroup = a_cgroup();
  for (int i = 0; i < 2; ++i) {
    decoder.feed(std::as_bytes(std::span(&thread, 1)));
    decoder.feed(std::as_bytes(std::span(&cgroup, 1)));
  }
  const auto records = decoder.take();
  EXPECT_EQ(records.malformed, 0U);
  EXPECT_EQ(records.census.size(), 2U);
  ASSERT_EQ(records.cgroup_paths.size(), 2U);
  EXPECT_EQ(records.cgroup_paths[0].id, 77U);
  EXPECT_EQ(records.cgroup_paths[0].path, "/system.slice/a.service");
}

}  // namespace
}  // namespace wedged
