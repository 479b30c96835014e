// SPDX-License-Identifier: Apache-2.0
#include "kernel/decode.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstring>
#include <memory>
#include <random>

#include "abi.h"

namespace wedged {
namespace {

template <typename Record>
Record a_record(std::uint16_t kind) {
  Record record{};
  record.header = {kind, WEDGED_ABI_VERSION, sizeof(Record)};
  return record;
}

wedged_task_record a_task_record() {
  auto record = a_record<wedged_task_record>(WEDGED_RECORD_TASK);
  record.tgid = 10;
  record.tid = 11;
  record.start_boottime_ns = 5;
  record.process_start_boottime_ns = 4;
  record.call_number = 202;
  record.facts = WEDGED_FACT_CALL_KNOWN | WEDGED_FACT_REGISTERS;
  std::strcpy(record.comm, "worker");
  return record;
}

template <typename Record>
std::span<const std::byte> bytes_of(const Record& record) {
  return std::as_bytes(std::span(&record, 1));
}

Task decoded(const wedged_task_record& record, DecodeFacts facts = {}) {
  Decoder decoder(facts);
  decoder.feed(bytes_of(record));
  auto records = decoder.take();
  EXPECT_EQ(records.malformed, 0U);
  return records.tasks.at(0);
}

TEST(Decode, identity_and_call) {
  const auto task = decoded(a_task_record());
  EXPECT_EQ(task.id, (TaskId{10, 11, 5}));
  EXPECT_EQ(task.process, (ProcessId{10, 4}));
  EXPECT_EQ(task.comm, "worker");
  ASSERT_TRUE(task.call.has_value());
  EXPECT_EQ(task.call->number, 202);
  EXPECT_FALSE(task.call->entered.has_value());  // zero is unknown, not the epoch
  EXPECT_FALSE(task.off_cpu_since.has_value());
}

TEST(Decode, absent_is_not_zero) {
  auto record = a_task_record();
  record.facts = 0;
  const auto task = decoded(record);
  EXPECT_FALSE(task.call.has_value());
  EXPECT_FALSE(task.registers.has_value());
  EXPECT_FALSE(task.kill_pending);
}

struct StateCase {
  std::uint32_t state, exit_state, flags;
  bool frozen_state;
  RunState expected;
};
void PrintTo(const StateCase& tested, std::ostream* out) {
  *out << std::hex << "state 0x" << tested.state << ", exit 0x" << tested.exit_state << ", flags 0x"
       << tested.flags << (tested.frozen_state ? "" : ", without TASK_FROZEN") << std::dec;
}

class State : public testing::TestWithParam<StateCase> {};
TEST_P(State, is_told_apart) {
  auto record = a_task_record();
  record.state = GetParam().state;
  record.exit_state = GetParam().exit_state;
  record.flags = GetParam().flags;
  EXPECT_EQ(decoded(record, {GetParam().frozen_state}).state, GetParam().expected);
}
INSTANTIATE_TEST_SUITE_P(Decode, State,
                         testing::Values(StateCase{0, 0, 0, true, RunState::running},
                                         StateCase{1, 0, 0, true, RunState::sleeping},
                                         StateCase{2, 0, 0, true, RunState::uninterruptible},
                                         StateCase{0x102, 0, 0, true, RunState::killable},
                                         StateCase{0x402, 0, 0, true, RunState::idle},
                                         StateCase{0x2002, 0, 0, true, RunState::uninterruptible},
                                         StateCase{0x8000, 0, 0, true, RunState::frozen},
                                         StateCase{2, 0, 0x10000, false, RunState::frozen},
                                         StateCase{2, 0, 0x10000, true, RunState::uninterruptible},
                                         StateCase{0x104, 0, 0, true, RunState::stopped},
                                         StateCase{0x108, 0, 0, true, RunState::traced},
                                         StateCase{0, 0x20, 0, true, RunState::dead},
                                         StateCase{0x80, 0, 0, true, RunState::dead},
                                         StateCase{0x40, 0, 0, true, RunState::unknown}));

void pack(wedged_packed_path& path, std::initializer_list<const char*> leaf_first) {
  for (const char* name : leaf_first) {
    std::strcpy(path.names + path.used, name);
    path.used += static_cast<std::uint32_t>(std::strlen(name)) + 1;
  }
  path.complete = 1;
}

std::unique_ptr<wedged_detail_record> a_detail_record() {
  auto record = std::make_unique<wedged_detail_record>(a_record<wedged_detail_record>(WEDGED_RECORD_DETAIL));
  record->task = a_task_record();
  return record;
}

TaskDetails decoded(const wedged_detail_record& record) {
  Decoder decoder({});
  decoder.feed(bytes_of(record));
  return decoder.take().detailed.at(0).details.value();
}

TEST(Decode, paths_are_turned_round_and_joined_with_their_mount) {
  auto record = a_detail_record();
  record->files[WEDGED_FILE_DESCRIPTOR].present = 1;
  record->files[WEDGED_FILE_DESCRIPTOR].mode = S_IFREG;
  record->files[WEDGED_FILE_DESCRIPTOR].device = (8U << 20) | 17;
  std::strcpy(record->files[WEDGED_FILE_DESCRIPTOR].fs_type, "ext4");
  std::strcpy(record->files[WEDGED_FILE_DESCRIPTOR].mount_source, "/dev/sdb1");
  pack(record->files[WEDGED_FILE_DESCRIPTOR].path, {"16384", "base"});
  pack(record->files[WEDGED_FILE_DESCRIPTOR].mount_point, {"pg", "srv"});
  pack(record->exe, {"postgres", "bin"});
  pack(record->cgroup, {});
  const auto details = decoded(*record);
  ASSERT_TRUE(details.file.has_value());
  EXPECT_EQ(details.file->path, "/srv/pg/base/16384");
  EXPECT_EQ(details.file->mount_point, "/srv/pg");
  EXPECT_EQ(details.file->device_major, 8U);
  EXPECT_EQ(details.file->device_minor, 17U);
  EXPECT_EQ(details.exe, "/bin/postgres");
  EXPECT_EQ(details.cgroup, "/");
}

TEST(Decode, a_path_cut_short_says_so) {
  auto record = a_detail_record();
  record->files[WEDGED_FILE_DESCRIPTOR].present = 1;
  pack(record->files[WEDGED_FILE_DESCRIPTOR].path, {"leaf"});
  record->files[WEDGED_FILE_DESCRIPTOR].path.complete = 0;
  pack(record->files[WEDGED_FILE_DESCRIPTOR].mount_point, {});
  EXPECT_EQ(decoded(*record).file->path, ".../leaf");
}

TEST(Decode, pipes_and_sockets_are_named_as_in_proc) {
  auto record = a_detail_record();
  record->files[WEDGED_FILE_DESCRIPTOR].present = 1;
  record->files[WEDGED_FILE_DESCRIPTOR].inode = 77;
  std::strcpy(record->files[WEDGED_FILE_DESCRIPTOR].fs_type, "pipefs");
  EXPECT_EQ(decoded(*record).file->path, "pipe:[77]");
  std::strcpy(record->files[WEDGED_FILE_DESCRIPTOR].fs_type, "sockfs");
  EXPECT_EQ(decoded(*record).file->path, "socket:[77]");
}

TEST(Decode, a_block_device_is_its_own_device) {
  auto record = a_detail_record();
  record->files[WEDGED_FILE_DESCRIPTOR].present = 1;
  record->files[WEDGED_FILE_DESCRIPTOR].mode = S_IFBLK;
  record->files[WEDGED_FILE_DESCRIPTOR].device = 5;
  record->files[WEDGED_FILE_DESCRIPTOR].node_device = (253U << 20) | 2;
  const auto details = decoded(*record);
  EXPECT_TRUE(details.file->is_block_device);
  EXPECT_EQ(details.file->device_major, 253U);
  EXPECT_EQ(details.file->device_minor, 2U);
}

TEST(Decode, only_fuse_has_a_connection) {
  auto record = a_detail_record();
  record->files[WEDGED_FILE_DESCRIPTOR].present = 1;
  record->files[WEDGED_FILE_DESCRIPTOR].connection = 0xffff888800000000;
  std::strcpy(record->files[WEDGED_FILE_DESCRIPTOR].fs_type, "ext4");
  EXPECT_EQ(decoded(*record).file->connection, 0U);
  std::strcpy(record->files[WEDGED_FILE_DESCRIPTOR].fs_type, "fuse");
  EXPECT_NE(decoded(*record).file->connection, 0U);
}

TEST(Decode, records_split_anywhere_are_put_together) {
  const auto first = a_task_record();
  auto second = a_task_record();
  second.tid = 12;
  std::vector<std::byte> stream;
  for (const auto& record : {first, second}) {
    const auto bytes = bytes_of(record);
    stream.insert(stream.end(), bytes.begin(), bytes.end());
  }
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    Decoder decoder({});
    decoder.feed(std::span(stream).first(cut));
    decoder.feed(std::span(stream).subspan(cut));
    const auto records = decoder.take();
    ASSERT_EQ(records.tasks.size(), 2U) << cut;
    EXPECT_EQ(records.malformed, 0U);
  }
}

TEST(Decode, wrong_kind_version_and_size_are_counted_and_not_trusted) {
  for (const wedged_record_header header :
       {wedged_record_header{99, WEDGED_ABI_VERSION, sizeof(wedged_task_record)},
        wedged_record_header{WEDGED_RECORD_TASK, WEDGED_ABI_VERSION + 1, sizeof(wedged_task_record)},
        wedged_record_header{WEDGED_RECORD_TASK, WEDGED_ABI_VERSION, 8},
        wedged_record_header{WEDGED_RECORD_TASK, WEDGED_ABI_VERSION, 0},
        wedged_record_header{WEDGED_RECORD_TASK, WEDGED_ABI_VERSION, 0xffffffff}}) {
    auto record = a_task_record();
    record.header = header;
    Decoder decoder({});
    decoder.feed(bytes_of(record));
    const auto records = decoder.take();
    EXPECT_TRUE(records.tasks.empty());
    EXPECT_EQ(records.malformed, 1U);
  }
}

TEST(Decode, a_torn_record_is_counted_and_the_next_stream_is_whole_again) {
  Decoder decoder({});
  const auto record = a_task_record();
  decoder.feed(bytes_of(record).first(100));
  EXPECT_EQ(decoder.take().malformed, 1U);
  decoder.feed(bytes_of(record));
  EXPECT_EQ(decoder.take().tasks.size(), 1U);
}

TEST(Decode, random_bytes_in_valid_frames_do_not_crash) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    auto record = a_detail_record();
    auto* bytes = reinterpret_cast<unsigned char*>(record.get());
    for (std::size_t i = sizeof(record->header); i < sizeof(*record); ++i)
      bytes[i] = static_cast<unsigned char>(random());
    Decoder decoder({});
    decoder.feed(bytes_of(*record));
    EXPECT_EQ(decoder.take().detailed.size(), 1U);
  }
}

TEST(Decode, a_death_is_told_with_its_call) {
  auto record = a_record<wedged_death_record>(WEDGED_RECORD_DEATH);
  record.tid = 3;
  record.call_number = 1;
  record.exit_code = 9;
  Decoder decoder({});
  decoder.feed(bytes_of(record));
  const auto deaths = decoder.take().deaths;
  ASSERT_EQ(deaths.size(), 1U);
  EXPECT_EQ(deaths[0].call_number, 1);
  EXPECT_EQ(deaths[0].exit_code, 9);
}

}  // namespace
}  // namespace wedged
