// SPDX-License-Identifier: Apache-2.0
#include "inspector/walk.h"

#include <array>
#include <cstdio>
#include <utility>

#include "inspector/code_step.h"

namespace wedged {
namespace {

constexpr std::size_t most_frames = 64;
constexpr pid_t some_thread = 1;  // libdwfl wants an id; which thread it is we know

Walk* current_walk = nullptr;  // libdwfl hands a thread's argument through one callback only

bool read_word(Dwfl* /*dwfl*/, Dwarf_Addr address, Dwarf_Word* result, void* session) {
  const auto word = static_cast<DwflSession*>(session)->memory().word(address);
  if (word) *result = *word;
  return word.has_value();
}

pid_t no_next_thread(Dwfl* /*dwfl*/, void* /*session*/, void** /*thread_argument*/) {
  return 0;
}

bool get_thread(Dwfl* /*dwfl*/, pid_t /*id*/, void* /*session*/, void** thread_argument) {
  *thread_argument = current_walk;
  return true;
}

std::string text_or(const char* text, const char* otherwise) {
  return text == nullptr ? otherwise : text;
}

std::string hex(std::uint64_t address) {
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "0x%lx", address);
  return text.data();
}

}  // namespace

const Dwfl_Thread_Callbacks Walk::callbacks = {no_next_thread,      get_thread, read_word,
                                               Walk::set_registers, nullptr,    nullptr};

bool Walk::set_registers(Dwfl_Thread* thread, void* walk) {
  const Walk& self = *static_cast<Walk*>(walk);
  for (std::size_t number = 0; number < pc_register; ++number) {
    const Dwarf_Word value = self.next_.values[number];
    if (self.next_.known[number] && !dwfl_thread_state_registers(thread, static_cast<int>(number), 1, &value))
      return false;
  }
  // libdwfl takes the first frame for one that was interrupted, not for one that called.
  dwfl_thread_state_register_pc(thread, self.stepped_ ? self.frames_.back().lookup : self.next_.pc());
  return true;
}

int Walk::on_frame(Dwfl_Frame* frame, void* walk) {
  return static_cast<Walk*>(walk)->take(frame);
}

int Walk::take(Dwfl_Frame* frame) {
  Dwarf_Addr address = 0;
  bool activation = false;
  if (!dwfl_frame_pc(frame, &address, &activation)) {
    stop("a return address is unknown");
    return DWARF_CB_ABORT;
  }
  const bool is_known = std::exchange(stepped_, false);
  if (!is_known && !add(address, activation)) return DWARF_CB_ABORT;
  if (session_.has_frame_information(frames_.back().lookup)) return DWARF_CB_OK;
  needs_step_ = true;
  if (!is_known) keep_registers(frame, address);
  return DWARF_CB_ABORT;
}

void Walk::keep_registers(Dwfl_Frame* frame, std::uint64_t address) {
  next_ = {};
  for (unsigned number = 0; number < pc_register; ++number)
    next_.known[number] = dwfl_frame_reg(frame, number, &next_.values[number]) == 0;
  next_.values[pc_register] = address;
  next_.known.set(pc_register);
}

bool Walk::add(std::uint64_t address, bool activation) {
  const std::uint64_t lookup = activation ? address : address - 1;
  const Mapping* const mapping = space_.at(lookup);
  if (!frames_.empty() && (mapping == nullptr || !mapping->executable)) {
    stop("the return address " + hex(address) + " is not in code");
    return false;
  }
  if (frames_.size() == most_frames) {
    stop("more than " + std::to_string(most_frames) + " frames");
    return false;
  }
  frames_.push_back({address, lookup});
  return true;
}

void Walk::stop(const std::string& reason) {
  if (reason_.empty()) reason_ = reason;
}

void Walk::run() {
  do {
    needs_step_ = false;
    unwind();
  } while (needs_step_ && step());
}

void Walk::unwind() {
  current_walk = this;
  const int result = dwfl_getthread_frames(session_.get(), some_thread, on_frame, this);
  if (result == 0)
    complete_ = true;
  else if (!needs_step_ && result < 0)
    stop(text_or(dwfl_errmsg(-1), "it cannot be unwound"));
}

bool Walk::step() {
  const std::string here = hex(frames_.back().address);
  const CodeStep step = step_by_code(session_.memory(), space_, next_);
  complete_ = step.outermost;
  if (complete_) return false;
  if (!step.caller) {
    stop("no call frame information for " + here + ", and its code does not tell either");
    return false;
  }
  if (!add(step.caller->pc(), step.interrupted)) return false;
  next_ = *step.caller;
  stepped_ = true;
  return true;
}

}  // namespace wedged
