// SPDX-License-Identifier: Apache-2.0
// Decode: from the records of bpf/abi.h to values. Pure. A record of the wrong kind, size or version is
// counted, never trusted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "kernel/decode_census.h"
#include "kernel/decode_ends.h"
#include "kernel/decode_loops.h"
#include "kernel/run_state.h"
#include "observation/snapshot.h"

struct wedged_kernel_wait;

namespace wedged {

// One candidate for the server of a FUSE connection.
struct FuseHolder {
  ProcessId process;
  std::string comm;
  std::vector<std::uint64_t> connections;
};

struct DecodedRecords {
  std::vector<Task> tasks;                    // first pass
  std::vector<Task> detailed;                 // second pass
  std::map<TaskId, KernelWait> kernel_waits;  // of both; the details of the task get what comes of it
  std::vector<Death> deaths;
  std::vector<Crash> crashes;
  std::vector<FuseHolder> fuse_holders;
  std::vector<FileEnd> ends;
  std::vector<EndHolder> end_holders;
  std::vector<Registration> registrations;
  std::vector<CensusThread> census;
  std::vector<CgroupPath> cgroup_paths;
  std::uint64_t malformed = 0;
};

// Collects bytes and decodes whole records as they become complete.
class Decoder {
 public:
  explicit Decoder(DecodeFacts facts) : facts_(facts) {}

  void feed(std::span<const std::byte> bytes);
  // Everything decoded so far. Bytes of an incomplete last record count as one malformed record.
  [[nodiscard]] DecodedRecords take();

 private:
  [[nodiscard]] std::size_t decode_front(std::span<const std::byte> bytes);
  void decode_record(std::span<const std::byte> record, std::uint16_t kind);
  void note_wait(const TaskId& id, const wedged_kernel_wait& record);

  DecodeFacts facts_;
  std::vector<std::byte> pending_;
  DecodedRecords records_;
  bool lost_ = false;  // a header made no sense: where the next record begins is unknown
};

}  // namespace wedged
