// SPDX-License-Identifier: Apache-2.0
// Attention: one descriptor that is readable when the child has said something, can be told more, or is late.
// The same one for as long as it lives, so that a loop registers it once. Knows nothing of what is said.
#pragma once

#include "util/clock.h"
#include "util/fd.h"

namespace wedged {

class Attention {
 public:
  Attention();

  [[nodiscard]] int descriptor() const { return any_.get(); }  // -1: there is none
  // Nothing is watched by its number after it is closed: the kernel forgets it by itself.
  void watch(int socket) const;
  void watch_for_room(int socket, bool wanted) const;
  void wake_at(Instant at) const;
  void do_not_wake() const;

 private:
  Fd any_;
  Fd timer_;
};

}  // namespace wedged
