// SPDX-License-Identifier: Apache-2.0
// Who has the other end of the pipe or socket that a thread sleeps on. Two passes over the kernel's memory,
// of which the second looks at every open file of the host: made only for threads that wait for such a thing.
#pragma once

#include <vector>

#include "kernel/decode_ends.h"
#include "kernel/probes.h"
#include "kernel/spare_pass.h"
#include "observation/task.h"

namespace wedged {

enum class Direction { reads, writes };

// A descriptor of a thread, and what the thread wants to do with it.
struct EndQuestion {
  TaskId task;
  int descriptor = 0;
  Direction direction = Direction::reads;
};

struct EndAnswer {
  EndQuestion question;
  std::optional<SocketFacts> socket;  // absent: a pipe
  std::optional<OtherEnd> other_end;  // absent: it has none, as a socket that listens
};

// The answers to those questions that are about a pipe or a socket. At most Probes::greatest_end_pass are
// asked, the rest stays without an answer.
[[nodiscard]] Result<std::vector<EndAnswer>> look_for_other_ends(Probes& probes,
                                                                 std::vector<EndQuestion> questions);

// Asks for threads that sleep in a call on a pipe or socket in its first argument, and writes the answers
// into their details. After a pass that was costly there is none for a while, unless it must be; what has no
// answer then gets one when its details are read again.
class OtherEnds {
 public:
  void complete(Probes& probes, std::vector<Task>& tasks, bool at_any_cost);

 private:
  SparePass pass_;
};

// Pure parts of it. Absent: the thread waits for no such thing.
[[nodiscard]] std::optional<EndQuestion> end_question_of(const Task& task);
[[nodiscard]] EndAnswer answer_of(const EndQuestion& question, const FileEnd& end,
                                  const std::vector<EndHolder>& holders);

}  // namespace wedged
