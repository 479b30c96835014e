// SPDX-License-Identifier: Apache-2.0
#include "inspector/inspection.h"

#include <chrono>

#include "inspector/address_space.h"
#include "inspector/framing.h"
#include "inspector/libc_finder.h"
#include "inspector/memory.h"
#include "inspector/process_files.h"
#include "inspector/target.h"
#include "inspector/unwinder.h"

namespace wedged {
namespace {

// Half of a message, for the names of frames alone.
constexpr std::size_t most_stack_bytes = greatest_message / 2;

InspectReply failed(const InspectRequest& request, const Error& error) {
  InspectReply reply;
  reply.process = request.process;
  reply.failure = error.kind == ErrorKind::gone ? "gone: " + error.message : error.message;
  return reply;
}

class Inspection {
 public:
  Inspection(const Assignment& assignment, const Report& report, const Target& target)
      : request_(assignment.request),
        until_(std::chrono::steady_clock::now() + assignment.budget),
        report_(report),
        target_(target),
        memory_(target.id()) {}

  InspectReply run() {
    reply_.process = request_.process;
    report_("reading its command line");
    read_command_line(target_, reply_.side);
    read_process_files(target_, reply_.side);
    report_("reading its memory map");
    const auto maps = target_.open_file("maps");
    auto space = maps ? read_address_space(*maps) : maps.error();
    report_("reading the memory at its locks");
    for (const InspectThread& thread : request_.threads) look_at_word(thread);
    if (space)
      look_at_code(*space);
    else
      nothing_mapped(space.error().in("memory map").message);
    report_("looking for its executable");
    reply_.side.executable_deleted = executable_replaced(target_);
    if (!target_.still_there()) return failed(request_, {ErrorKind::gone, "it ended meanwhile"});
    return std::move(reply_);
  }

 private:
  void look_at_word(const InspectThread& thread) {
    InspectedThread& seen = reply_.threads.emplace_back();
    seen.id = thread.id;
    seen.standing = thread.standing;
    seen.asked = thread.asked;
    if (thread.word_address == 0) return;
    seen.side.word = read_word(memory_, thread.word_address);
    if (!seen.side.word) seen.side.missing.emplace_back("futex word: its memory cannot be read");
  }

  void look_at_code(const AddressSpace& space) {
    if (space.mappings().empty()) return nothing_mapped("memory map: it is empty");
    const auto modules = modules_of(space);
    DwflSession session(target_, memory_, modules, report_);
    Unwinder unwinder(session, space, modules);
    for (std::size_t index = 0; index < request_.threads.size(); ++index)
      look_at_stack(unwinder, request_.threads[index], reply_.threads[index]);
    const auto named = libc_named_in(space);
    reply_.side.libc = named ? *named : libc_inside(session.get(), modules);
  }

  void look_at_stack(Unwinder& unwinder, const InspectThread& thread, InspectedThread& seen) {
    UserSide& side = seen.side;
    if (!thread.registers) return missing(side, "no registers");
    if (std::chrono::steady_clock::now() >= until_) return unfinished(seen, "no time was left for it");
    if (stack_bytes_ >= most_stack_bytes) return unfinished(seen, "the answer is full");
    if (thread.stack_copy) memory_.remember(thread.stack_copy->begin, thread.stack_copy->bytes);
    UserStack stack = unwinder.unwind(*thread.registers);
    side.stack_complete = stack.complete;
    if (!stack.complete) missing(side, stack.reason);
    for (const UserFrame& frame : stack.frames)
      stack_bytes_ += frame.function.size() + frame.module.size() + 32;
    side.stack = std::move(stack.frames);
  }

  static void unfinished(InspectedThread& seen, const std::string& reason) {
    seen.unfinished = true;
    missing(seen.side, reason);
  }

  static void missing(UserSide& side, const std::string& reason) {
    side.missing.push_back("user stack: " + reason);
  }

  void nothing_mapped(const std::string& reason) {
    reply_.side.missing.push_back(reason);
    for (InspectedThread& thread : reply_.threads) missing(thread.side, reason);
  }

  const InspectRequest& request_;
  Instant until_;
  const Report& report_;
  const Target& target_;
  Memory memory_;
  InspectReply reply_;
  std::size_t stack_bytes_ = 0;
};

}  // namespace

InspectReply inspect(const Assignment& assignment, const Report& report) {
  report("looking for the process");
  const auto target = Target::open(assignment.request);
  if (!target) return failed(assignment.request, target.error());
  return Inspection(assignment, report, *target).run();
}

}  // namespace wedged
