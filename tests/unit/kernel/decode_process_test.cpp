// SPDX-License-Identifier: Apache-2.0
// What the kernel side tells of a thread's process, and of crashes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstring>
#include <memory>

#include "abi.h"
#include "kernel/decode.h"

namespace wedged {
namespace {

constexpr std::uint32_t forked_without_exec = 0x40;  // PF_FORKNOEXEC

template <typename Record>
Record a_record(std::uint16_t kind) {
  Record record{};
  record.header = {kind, WEDGED_ABI_VERSION, sizeof(Record)};
  return record;
}

template <typename Record>
DecodedRecords decoded(const Record& record) {
  Decoder decoder({});
  decoder.feed(std::as_bytes(std::span(&record, 1)));
  return decoder.take();
}

Task task_with(std::uint32_t facts, std::uint32_t flags = 0) {
  auto record = a_record<wedged_task_record>(WEDGED_RECORD_TASK);
  record.tgid = record.tid = 10;
  record.facts = facts;
  record.flags = flags;
  return decoded(record).tasks.at(0);
}

TEST(DecodeProcess, a_member_of_a_watched_process_is_no_suspect) {
  EXPECT_TRUE(task_with(0).suspect);
  EXPECT_FALSE(task_with(WEDGED_FACT_MEMBER).suspect);
}

TEST(DecodeProcess, a_fork_that_was_not_seen_is_unknown) {
  EXPECT_EQ(task_with(0).forked_from_threads, std::nullopt);
  EXPECT_EQ(task_with(WEDGED_FACT_FORKED_FROM_THREADS).forked_from_threads, std::nullopt);
  EXPECT_EQ(task_with(WEDGED_FACT_FORK_SEEN).forked_from_threads, false);
  EXPECT_EQ(task_with(WEDGED_FACT_FORK_SEEN | WEDGED_FACT_FORKED_FROM_THREADS).forked_from_threads, true);
}

TEST(DecodeProcess, exec_is_told_by_the_kernels_flag) {
  EXPECT_TRUE(task_with(0, forked_without_exec).forked_without_exec);
  EXPECT_FALSE(task_with(0).forked_without_exec);
}

TEST(DecodeProcess, a_crash_in_the_process_was_told_or_not) {
  EXPECT_TRUE(task_with(WEDGED_FACT_CRASH_SEEN).crashed_thread_seen);
  EXPECT_FALSE(task_with(0).crashed_thread_seen);
}

TEST(DecodeProcess, ids_are_those_of_host_and_namespace) {
  auto record = a_record<wedged_task_record>(WEDGED_RECORD_TASK);
  record.tgid = 4000;
  record.tid = 4001;
  record.namespace_tid = 2;
  record.pid_namespace = 0xEFFFFFFC;
  record.process_threads = 17;
  const auto task = decoded(record).tasks.at(0);
  EXPECT_EQ(task.id.tid, 4001);
  EXPECT_EQ(task.namespace_tid, 2);
  EXPECT_EQ(task.pid_namespace, 0xEFFFFFFCU);
  EXPECT_EQ(task.process_threads, 17U);
}

TEST(DecodeProcess, registers_and_arguments_are_there_or_absent) {
  auto record = a_record<wedged_task_record>(WEDGED_RECORD_TASK);
  record.call_number = 202;
  record.instruction_pointer = 0x401000;
  record.stack_pointer = 0x7ffd0000;
  for (std::uint64_t at = 0; at < WEDGED_ARGUMENTS; ++at) record.arguments[at] = 100 + at;
  record.facts = WEDGED_FACT_CALL_KNOWN | WEDGED_FACT_REGISTERS;
  const auto task = decoded(record).tasks.at(0);
  EXPECT_EQ(task.registers, (UserRegisters{0x401000, 0x7ffd0000}));
  EXPECT_EQ(task.call->arguments, (std::array<std::uint64_t, 6>{100, 101, 102, 103, 104, 105}));
  record.facts = WEDGED_FACT_CALL_KNOWN;
  EXPECT_FALSE(decoded(record).tasks.at(0).registers.has_value());
  EXPECT_FALSE(decoded(record).tasks.at(0).call->arguments.has_value());
}

TEST(DecodeProcess, all_registers_come_with_the_details) {
  auto record = std::make_unique<wedged_detail_record>(a_record<wedged_detail_record>(WEDGED_RECORD_DETAIL));
  for (std::uint64_t at = 0; at < WEDGED_REGISTERS; ++at) record->registers[at] = 1000 + at;
  EXPECT_FALSE(decoded(*record).detailed.at(0).details->registers.has_value());
  record->has_registers = 1;
  const auto registers = decoded(*record).detailed.at(0).details->registers;
  ASSERT_TRUE(registers.has_value());
  EXPECT_EQ(registers->front(), 1000U);
  EXPECT_EQ(registers->back(), 1000U + dwarf_registers - 1);
}

TEST(DecodeProcess, a_crash_is_told_with_its_process_signal_and_times) {
  auto record = a_record<wedged_crash_record>(WEDGED_RECORD_CRASH);
  record.tgid = 10;
  record.tid = 12;
  record.start_boottime_ns = 5;
  record.process_start_boottime_ns = 4;
  record.delivered_ns = 1000;
  record.exited_ns = 3000;
  record.signal = SIGSEGV;
  std::strcpy(record.comm, "worker");
  std::strcpy(record.process_comm, "victim");
  const auto crashes = decoded(record).crashes;
  ASSERT_EQ(crashes.size(), 1U);
  EXPECT_EQ(
      crashes[0],
      (Crash{{10, 12, 5}, {10, 4}, "worker", "victim", SIGSEGV, instant_of_ns(1000), instant_of_ns(3000)}));
}

TEST(DecodeProcess, names_that_fill_their_field_end_with_it) {
  auto record = a_record<wedged_crash_record>(WEDGED_RECORD_CRASH);
  std::memset(record.comm, 'x', sizeof(record.comm));
  std::memset(record.process_comm, 'y', sizeof(record.process_comm));
  const auto crashes = decoded(record).crashes;
  EXPECT_EQ(crashes.at(0).comm, std::string(sizeof(record.comm), 'x'));
  EXPECT_EQ(crashes.at(0).process_comm, std::string(sizeof(record.process_comm), 'y'));
}

TEST(DecodeProcess, a_crash_record_of_another_size_is_malformed) {
  auto record = a_record<wedged_crash_record>(WEDGED_RECORD_CRASH);
  record.header.size -= 8;
  EXPECT_TRUE(decoded(record).crashes.empty());
  EXPECT_EQ(decoded(record).malformed, 1U);
}

}  // namespace
}  // namespace wedged
