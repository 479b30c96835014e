// SPDX-License-Identifier: Apache-2.0
// Walk: one thread's stack, frame by frame: with libdwfl as far as the files tell how, by the code itself
// where they do not. Knows addresses only, no names. In the child only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "inspector/address_space.h"
#include "inspector/dwfl_session.h"
#include "inspector/registers.h"

namespace wedged {

class Walk {
 public:
  struct Frame {
    std::uint64_t address = 0;
    std::uint64_t lookup = 0;  // inside the function: one less than a return address
  };

  // Both are kept by reference.
  Walk(DwflSession& session, const AddressSpace& space, const Registers& start)
      : session_(session), space_(space), next_(start) {}

  void run();  // precondition: libdwfl is attached with the callbacks below

  [[nodiscard]] const std::vector<Frame>& frames() const { return frames_; }
  [[nodiscard]] bool complete() const { return complete_; }
  [[nodiscard]] const std::string& reason() const { return reason_; }

  // For dwfl_attach_state; its argument is the session.
  static const Dwfl_Thread_Callbacks callbacks;

 private:
  static int on_frame(Dwfl_Frame* frame, void* walk);
  static bool set_registers(Dwfl_Thread* thread, void* walk);
  int take(Dwfl_Frame* frame);
  void keep_registers(Dwfl_Frame* frame, std::uint64_t address);
  void unwind();  // from next_ on, as far as the files tell
  bool step();    // one frame by the code
  bool add(std::uint64_t address, bool activation);
  void stop(const std::string& reason);

  DwflSession& session_;
  const AddressSpace& space_;
  Registers next_;           // of the frame to go on from
  bool stepped_ = false;     // that frame is in frames_ already, and next_ are its registers
  bool needs_step_ = false;  // no file tells how to go on from it
  bool complete_ = false;
  std::vector<Frame> frames_;
  std::string reason_;
};

}  // namespace wedged
