// SPDX-License-Identifier: Apache-2.0
// The other end of a pipe or a socket that a thread waits for, and the processes that have it open. Values
// only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "observation/process_id.h"

namespace wedged {

// A process that has the other end open.
struct Peer {
  ProcessId process;
  std::string comm;
  int descriptor = 0;

  bool operator==(const Peer&) const = default;
};

struct OtherEnd {
  bool closed = false;        // nobody can have it any more
  bool pending = false;       // it has not been accepted yet; `holders` are those who listen
  std::vector<Peer> holders;  // one descriptor of each process, by process; no more than are told
  unsigned processes = 0;     // that have it open
  // Every open file was looked through and an end of this kind is held by processes as a rule: so without
  // holders nobody has it. A network's other end may be on another host.
  bool exhaustive = false;

  bool operator==(const OtherEnd&) const = default;
};

struct SocketFacts {
  std::string protocol;  // "tcp", "udp", "unix", "protocol 132"
  std::string local;     // "10.0.0.1:5432", "[::1]:80", "/run/x.sock", "@name"; empty: none
  std::string remote;
  std::string state;  // of TCP and of streams of UNIX: "ESTABLISHED", ...; empty: has none

  bool operator==(const SocketFacts&) const = default;
};

}  // namespace wedged
