// SPDX-License-Identifier: Apache-2.0
// Words for the pipe or socket that a thread waits for, and for who has its other end. Says nothing of other
// ends that may be on another host, or were not looked for. Pure.
#pragma once

#include <string>
#include <vector>

#include "diagnosis/finding.h"
#include "observation/task.h"

namespace wedged {

// "tcp 10.0.0.1:5432 -> 10.0.0.2:40312 ESTABLISHED", "unix /run/x.sock LISTEN".
[[nodiscard]] std::string describe_socket(const SocketFacts& socket);

// Who has it: "held by producer[812] and the process itself", "held by nobody", "not accepted yet by
// server[812]"; empty: unknown.
[[nodiscard]] std::string describe_holders(const Task& task);
// The same of any other end; `process` is the one that "itself" means.
[[nodiscard]] std::string describe_holders(const OtherEnd& end, const ProcessId& process);

// "producer[812] and the process itself", of `processes` that have it.
[[nodiscard]] std::string names_of(const std::vector<Peer>& holders, std::size_t processes,
                                   const ProcessId& process);

// The file of the call's descriptor: "pipe:[1234], whose other end is held by producer[812]"; its path alone
// for other files; empty without a file.
[[nodiscard]] std::string describe_end(const Task& task);

// What the blame chain says of it behind the file.
void add_end_links(const Task& task, std::vector<BlameLink>& chain);

}  // namespace wedged
