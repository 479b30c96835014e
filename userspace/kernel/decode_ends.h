// SPDX-License-Identifier: Apache-2.0
// From the records of bpf/peer_scan.bpf.c to values. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "observation/other_end.h"

struct wedged_end_record;
struct wedged_holder_record;

namespace wedged {

// What an end is found by: the bytes of wedged_end_key.
using EndKey = std::array<std::uint64_t, 7>;

// The end that a thread waits for.
struct FileEnd {
  int tid = 0;
  int descriptor = 0;
  bool is_pipe = false;
  bool other_on_host = false;  // the other end, if open, is open on this host
  bool other_closed = false;
  bool other_pending = false;     // not accepted yet: `other` is who listens, if that is known
  std::optional<EndKey> other;    // absent: it has no other end
  std::vector<EndKey> listeners;  // sockets of this host that the connection may wait at to be accepted
  std::optional<SocketFacts> socket;
};

// One descriptor for an end that was looked for.
struct EndHolder {
  EndKey key{};
  Peer peer;
  bool reads = false;
  bool writes = false;
  unsigned backlog = 0;  // of a socket that listens: connections that wait to be accepted
};

[[nodiscard]] FileEnd end_of(const wedged_end_record& record);
[[nodiscard]] EndHolder end_holder_of(const wedged_holder_record& record);

}  // namespace wedged
