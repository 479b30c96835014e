// SPDX-License-Identifier: Apache-2.0
// Conversation: a running child and the messages to and from it. Never blocks. Knows nothing of what they
// say.
#pragma once

#include <string>
#include <vector>

#include "inspector/child_process.h"
#include "inspector/framing.h"
#include "util/result.h"

namespace wedged {

class Conversation {
 public:
  [[nodiscard]] static Result<Conversation> start(const std::string& executable);

  void say(std::string_view message) { outgoing_ += framed(message); }
  void push_out();  // as much as there is room for; that the child is gone is heard, not noticed here
  [[nodiscard]] bool has_more_to_say() const { return !outgoing_.empty(); }

  struct Heard {
    std::vector<std::string> messages;
    bool ended = false;      // the child's end is closed
    bool malformed = false;  // what follows cannot be told apart
  };
  [[nodiscard]] Heard hear();

  [[nodiscard]] const ChildProcess& child() const { return child_; }
  [[nodiscard]] ChildProcess take_child() { return std::move(child_); }

 private:
  explicit Conversation(ChildProcess child) : child_(std::move(child)) {}

  ChildProcess child_;
  std::string outgoing_;
  FrameReader incoming_;
};

}  // namespace wedged
