// SPDX-License-Identifier: Apache-2.0
// From records about ends of pipes and sockets, and about who has them open, to other ends with their
// holders.
#include "kernel/peers.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <cstring>
#include <random>

#include "abi.h"
#include "kernel/decode.h"
#include "support/builders.h"

namespace wedged {
namespace {

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
  auto records = decoder.take();
  EXPECT_EQ(records.malformed, 0U);
  return records;
}

wedged_end_record a_pipe_end() {
  auto record = a_record<wedged_end_record>(WEDGED_RECORD_END);
  record.tid = 11;
  record.descriptor = 3;
  record.kind = WEDGED_END_PIPE;
  record.key.address = record.other.address = 0xffff888000001000;
  return record;
}

wedged_end_record a_socket(unsigned family, unsigned protocol = 0) {
  auto record = a_record<wedged_end_record>(WEDGED_RECORD_END);
  record.kind = WEDGED_END_SOCKET;
  record.family = family;
  record.type = SOCK_STREAM;
  record.protocol = protocol;
  record.state = 1;
  return record;
}

void set_address(__u8* bytes, std::initializer_list<int> last) {
  std::size_t at = 16 - last.size();
  if (last.size() == 4) bytes[10] = bytes[11] = 0xff;
  for (const int value : last) bytes[at++] = static_cast<__u8>(value);
}

FileEnd end_in(const wedged_end_record& record) {
  return decoded(record).ends.at(0);
}

EndHolder a_holder(int tgid, bool reads, bool writes, int descriptor = 4) {
  auto record = a_record<wedged_holder_record>(WEDGED_RECORD_HOLDER);
  record.tgid = static_cast<__u32>(tgid);
  record.descriptor = static_cast<__u32>(descriptor);
  record.start_boottime_ns = 5;
  record.key.address = 0xffff888000001000;
  record.reads = reads ? 1 : 0;
  record.writes = writes ? 1 : 0;
  std::strcpy(record.comm, "producer");
  return decoded(record).end_holders.at(0);
}

constexpr EndQuestion reading{{10, 11, 5}, 3, Direction::reads};
constexpr EndQuestion writing{{10, 11, 5}, 3, Direction::writes};

std::vector<int> holders_of(const EndQuestion& question, const std::vector<EndHolder>& holders) {
  std::vector<int> processes;
  const auto answer = answer_of(question, end_in(a_pipe_end()), holders);
  for (const auto& peer : answer.other_end.value_or(OtherEnd{}).holders)
    processes.push_back(peer.process.tgid);
  return processes;
}

TEST(OtherEnds, of_a_pipe_are_those_with_the_opposite_mode) {
  const std::vector<EndHolder> holders{a_holder(10, true, false), a_holder(20, false, true),
                                       a_holder(30, true, true)};
  EXPECT_EQ(holders_of(reading, holders), (std::vector<int>{20, 30}));
  EXPECT_EQ(holders_of(writing, holders), (std::vector<int>{30, 10}));
}

TEST(OtherEnds, name_a_process_once_and_the_waiters_own_last) {
  EXPECT_EQ(holders_of(reading, {a_holder(10, true, true), a_holder(20, false, true, 4),
                                 a_holder(20, false, true, 5)}),
            (std::vector<int>{20, 10}));
}

TEST(OtherEnds, of_many_processes_four_are_named) {
  std::vector<EndHolder> holders;
  for (int process = 20; process < 30; ++process) holders.push_back(a_holder(process, false, true));
  const auto answer = answer_of(reading, end_in(a_pipe_end()), holders);
  EXPECT_EQ(answer.other_end->holders.size(), 4U);
  EXPECT_EQ(answer.other_end->processes, 10U);
}

TEST(OtherEnds, of_another_pipe_are_not_meant) {
  auto record = a_pipe_end();
  record.other.address += 8;
  EXPECT_EQ(answer_of(reading, end_in(record), {a_holder(20, true, true)}).other_end->processes, 0U);
}

TEST(OtherEnds, exist_only_of_what_is_connected) {
  EXPECT_FALSE(answer_of(reading, end_in(a_socket(AF_INET, IPPROTO_TCP)), {}).other_end.has_value());
  auto record = a_socket(AF_UNIX);
  record.other.address = 8;
  EXPECT_TRUE(answer_of(reading, end_in(record), {}).other_end->exhaustive);
  record.other_pending = 1;
  EXPECT_FALSE(answer_of(reading, end_in(record), {}).other_end->exhaustive);
  EXPECT_TRUE(answer_of(reading, end_in(record), {}).other_end->pending);
  record.other_closed = 1;
  EXPECT_TRUE(answer_of(reading, end_in(record), {}).other_end->closed);
}

wedged_end_record a_connection(std::initializer_list<int> local, std::initializer_list<int> remote) {
  auto record = a_socket(AF_INET, IPPROTO_TCP);
  set_address(record.key.local, local);
  set_address(record.key.remote, remote);
  record.key.local_port = 40312;
  record.key.remote_port = 5432;
  record.other = record.key;
  std::swap(record.other.local_port, record.other.remote_port);
  std::swap(record.other.local, record.other.remote);
  return record;
}

EndHolder a_listener(std::initializer_list<int> address, unsigned backlog) {
  auto record = a_record<wedged_holder_record>(WEDGED_RECORD_HOLDER);
  record.tgid = 20;
  set_address(record.key.local, address);
  set_address(record.key.remote, {0, 0, 0, 0});
  record.key.local_port = 5432;
  record.backlog = backlog;
  return decoded(record).end_holders.at(0);
}

TEST(OtherEnds, of_a_connection_within_the_host_may_wait_to_be_accepted) {
  const auto pending = [](const wedged_end_record& record, const EndHolder& listener) {
    const auto end = *answer_of(reading, end_in(record), {listener}).other_end;
    EXPECT_EQ(end.pending, end.processes == 1);
    return end.pending;
  };
  const auto local = a_connection({127, 0, 0, 1}, {127, 0, 0, 1});
  EXPECT_TRUE(pending(local, a_listener({0, 0, 0, 0}, 1)));
  EXPECT_TRUE(pending(local, a_listener({127, 0, 0, 1}, 1)));
  EXPECT_FALSE(pending(local, a_listener({127, 0, 0, 1}, 0))) << "no connection waits there";
  EXPECT_FALSE(pending(local, a_listener({10, 0, 0, 1}, 1))) << "it listens at another address";
  const auto elsewhere = a_connection({10, 0, 0, 1}, {10, 0, 0, 2});
  EXPECT_FALSE(pending(elsewhere, a_listener({0, 0, 0, 0}, 1))) << "the other end is not on this host";
  EXPECT_TRUE(pending(a_connection({10, 0, 0, 1}, {10, 0, 0, 1}), a_listener({0, 0, 0, 0}, 1)));
}

TEST(Sockets, of_ip_are_told_by_addresses_ports_and_state) {
  auto record = a_socket(AF_INET, IPPROTO_TCP);
  set_address(record.key.local, {10, 0, 0, 1});
  set_address(record.key.remote, {10, 0, 0, 2});
  record.key.local_port = 5432;
  record.key.remote_port = 40312;
  record.other = record.key;
  EXPECT_EQ(end_in(record).socket, (SocketFacts{"tcp", "10.0.0.1:5432", "10.0.0.2:40312", "ESTABLISHED"}));
  EXPECT_FALSE(answer_of(reading, end_in(record), {}).other_end->exhaustive);
}

TEST(Sockets, of_ipv6_have_brackets_and_no_remote_while_they_listen) {
  auto record = a_socket(AF_INET6, IPPROTO_TCP);
  set_address(record.key.local, {1});
  record.key.local_port = 80;
  record.state = 10;
  EXPECT_EQ(end_in(record).socket, (SocketFacts{"tcp", "[::1]:80", "", "LISTEN"}));
}

TEST(Sockets, of_unix_have_paths_and_abstract_names) {
  auto record = a_socket(AF_UNIX);
  record.local_name.length = 11;
  std::strcpy(record.local_name.bytes, "/run/x.sock");
  record.remote_name.length = 4;
  std::memcpy(record.remote_name.bytes, "\0a\0b", 4);
  EXPECT_EQ(end_in(record).socket,
            (SocketFacts{"unix", "/run/x.sock", std::string("@a\0b", 4), "ESTABLISHED"}));
  record.type = SOCK_DGRAM;
  EXPECT_EQ(end_in(record).socket->state, "");
}

TEST(Sockets, of_other_families_and_protocols_are_told_by_number) {
  EXPECT_EQ(end_in(a_socket(AF_INET, IPPROTO_UDP)).socket->protocol, "udp");
  EXPECT_EQ(end_in(a_socket(AF_INET6, 132)).socket->protocol, "protocol 132");
  EXPECT_EQ(end_in(a_socket(40)).socket->protocol, "family 40");
}

TEST(OtherEnds, random_bytes_in_valid_frames_do_not_crash) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    auto record = a_record<wedged_end_record>(WEDGED_RECORD_END);
    auto* bytes = reinterpret_cast<unsigned char*>(&record);
    for (std::size_t at = sizeof(record.header); at < sizeof(record); ++at)
      bytes[at] = static_cast<unsigned char>(random());
    record.family = round % 2 == 0 ? AF_UNIX : AF_INET;
    EXPECT_EQ(decoded(record).ends.size(), 1U);
  }
}

TEST(EndQuestion, is_asked_of_who_sleeps_in_a_call_that_reads_or_writes) {
  using test::a_thread;
  const auto in = [](int call, RunState state = RunState::sleeping) {
    Task task = a_thread().state(state).in_call(call);
    task.call->arguments = {7, 1, 2, 3, 4, 5};
    return end_question_of(task);
  };
  EXPECT_EQ(in(SYS_read)->direction, Direction::reads);
  EXPECT_EQ(in(SYS_sendmsg)->direction, Direction::writes);
  EXPECT_EQ(in(SYS_read)->descriptor, 7);
  EXPECT_FALSE(in(SYS_read, RunState::uninterruptible).has_value());
  EXPECT_FALSE(in(SYS_fsync).has_value());
  EXPECT_FALSE(end_question_of(a_thread().in_call(SYS_read)).has_value()) << "its arguments are not known";
}

}  // namespace
}  // namespace wedged
