// SPDX-License-Identifier: Apache-2.0
// From what the kernel side knows of loops to values. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "observation/loop_facts.h"
#include "observation/process_id.h"

struct wedged_task_record;
struct wedged_registration_record;
struct wedged_file_record;

namespace wedged {

// What a wait returned, as the program knows it: of an epoll instance what is registered with it.
struct ReturnKey {
  std::uint64_t epoll = 0;  // address, as an identity only; 0: poll or select
  std::uint64_t data = 0;   // epoll_data_t; of poll and select the descriptor
  int tgid = 0;

  auto operator<=>(const ReturnKey&) const = default;
};

// An open descriptor for what was returned.
struct Registration {
  ReturnKey key;
  ProcessId process;  // who has it open: as a rule who waits
  std::string comm;
  int descriptor = -1;
  std::uint32_t asked = 0;  // of epoll only; without EPOLLERR and EPOLLHUP, which it adds by itself
  std::string file;         // as in ReadyDescriptor
  bool is_pipe = false;
  bool is_socket = false;

  bool operator==(const Registration&) const = default;
};

// Absent: the thread's calls are not counted.
[[nodiscard]] std::optional<LoopFacts> loop_of(const wedged_task_record& record);
[[nodiscard]] Registration registration_of(const wedged_registration_record& record,
                                           const wedged_file_record& file);

}  // namespace wedged
