// SPDX-License-Identifier: Apache-2.0
#include "inspector/code_step.h"

#include <array>
#include <set>
#include <utility>
#include <vector>

#include "inspector/x86_instruction.h"

namespace wedged {

#if defined(__x86_64__)
namespace {

// DWARF numbers of the machine's.
constexpr std::array<std::size_t, 16> dwarf_number = {0, 2, 1, 3, 7, 6, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15};
constexpr std::size_t base_register = 6;
constexpr std::array<std::size_t, 6> callee_saved = {3, 6, 12, 13, 14, 15};

constexpr std::size_t most_instructions = 4000;
constexpr std::size_t longest_instruction = 15;
constexpr std::uint8_t halt =
    0xf4;  // no user program may: start code ends with it after its last system call

template <std::size_t size>
bool code_is(Memory& memory, std::uint64_t address, const std::array<std::uint8_t, size>& code) {
  std::array<std::uint8_t, size> bytes{};
  return memory.read_cached(address, bytes.data(), size) == size && bytes == code;
}

// What a signal handler returns to: mov $15, %eax or %rax; syscall (rt_sigreturn).
bool is_signal_return(Memory& memory, std::uint64_t address) {
  constexpr std::array<std::uint8_t, 9> wide = {0x48, 0xc7, 0xc0, 0x0f, 0, 0, 0, 0x0f, 0x05};
  constexpr std::array<std::uint8_t, 7> narrow = {0xb8, 0x0f, 0, 0, 0, 0x0f, 0x05};
  return code_is(memory, address, wide) || code_is(memory, address, narrow);
}

// Where one way through the code has got to.
struct Way {
  std::uint64_t at = 0;
  std::uint64_t sp = 0;
  Registers registers;  // what it restored
};

class CodeWalk {
 public:
  CodeWalk(Memory& memory, const AddressSpace& space) : memory_(memory), space_(space) {}

  CodeStep from(const Registers& frame) {
    ways_.push_back({frame.pc(), frame.sp(), frame});
    while (!ways_.empty() && !disagree_ && seen_.size() < most_instructions) {
      const Way way = ways_.back();
      ways_.pop_back();
      follow(way);
    }
    if (disagree_) return {};
    return {caller_, false, !caller_ && halts_};
  }

 private:
  void follow(Way way) {
    while (seen_.size() < most_instructions && seen_.emplace(way.at, way.sp).second)
      if (!step(way)) return;
  }

  // False: this way ends here.
  bool step(Way& way) {
    std::array<std::uint8_t, longest_instruction> bytes{};
    const std::size_t count = memory_.read_cached(way.at, bytes.data(), bytes.size());
    const X86Instruction instruction = decode_x86({bytes.data(), count});
    way.at += instruction.length;
    const std::uint64_t target = way.at + static_cast<std::uint64_t>(instruction.target);
    switch (instruction.effect) {
      case X86Effect::none:
      case X86Effect::call: return true;
      case X86Effect::jump: way.at = target; return true;
      case X86Effect::branch: ways_.push_back({target, way.sp, way.registers}); return true;
      case X86Effect::ret: return_from(way, static_cast<std::uint64_t>(instruction.amount)); return false;
      case X86Effect::end: halts_ |= bytes[0] == halt; return false;
      default: return move_stack(way, instruction);
    }
  }

  bool move_stack(Way& way, const X86Instruction& instruction) {
    const auto amount = static_cast<std::uint64_t>(instruction.amount);
    const std::uint64_t base = way.registers.values[base_register];
    const bool base_known = way.registers.known[base_register];
    switch (instruction.effect) {
      case X86Effect::push: way.sp -= 8; return true;
      case X86Effect::pop:
        load(way, instruction.reg, way.sp);
        way.sp += 8;
        return true;
      case X86Effect::add: way.sp += amount; return true;
      case X86Effect::from_base: way.sp = base + amount; return base_known;
      case X86Effect::leave:
        load(way, 5, base);
        way.sp = base + 8;
        return base_known;
      case X86Effect::load_stack: load(way, instruction.reg, way.sp + amount); return true;
      case X86Effect::load_base:
        if (base_known) load(way, instruction.reg, base + amount);
        return true;
      default: return false;
    }
  }

  void load(Way& way, int machine_number, std::uint64_t from) {
    if (machine_number < 0) return;
    const std::size_t number = dwarf_number[static_cast<std::size_t>(machine_number)];
    const auto word = memory_.word(from);
    way.registers.known[number] = word.has_value();
    if (word) way.registers.values[number] = *word;
  }

  // What does not look like a return address is none: the way went through a call that never comes back, into
  // the next function.
  void return_from(const Way& way, std::uint64_t dropped) {
    const auto address = memory_.word(way.sp);
    const Mapping* const code = address ? space_.at(*address - 1) : nullptr;
    if (code == nullptr || !code->executable) return;
    if (!follows_call(memory_, *address) && !is_signal_return(memory_, *address)) return;
    Registers caller;
    for (const std::size_t number : callee_saved) {
      caller.values[number] = way.registers.values[number];
      caller.known[number] = way.registers.known[number];
    }
    caller.values[sp_register] = way.sp + 8 + dropped;
    caller.values[pc_register] = *address;
    caller.known.set(sp_register).set(pc_register);
    if (caller_ && caller_->sp() != caller.sp()) disagree_ = true;
    if (!caller_) caller_ = caller;
  }

  Memory& memory_;
  const AddressSpace& space_;
  std::vector<Way> ways_;
  // With the stack pointer: a wrong way, past a call that never comes back, may meet the right one.
  std::set<std::pair<std::uint64_t, std::uint64_t>> seen_;
  std::optional<Registers> caller_;
  bool disagree_ = false;
  bool halts_ = false;
};

// mov %eax, %edi or mov %rax, %rdi; call: the start code's exit(main(...)) or pthread_exit(start(...)), after
// which nothing comes.
bool hands_result_on(Memory& memory, std::uint64_t address) {
  constexpr std::array<std::uint8_t, 3> narrow = {0x89, 0xc7, 0xe8};
  constexpr std::array<std::uint8_t, 4> wide = {0x48, 0x89, 0xc7, 0xe8};
  return code_is(memory, address, narrow) || code_is(memory, address, wide);
}

// The registers at the signal are in the frame that the kernel made for the handler: struct ucontext begins
// with flags, link and the alternate stack, 40 bytes, then come r8 to r15, rdi, rsi, rbp, rbx, rdx, rax, rcx,
// rsp, rip.
CodeStep step_over_signal(Memory& memory, const Registers& frame) {
  constexpr std::uint64_t to_registers = 40;
  constexpr std::array<std::size_t, 17> order = {8, 9, 10, 11, 12, 13, 14, 15, 5, 4, 6, 3, 1, 0, 2, 7, 16};
  Registers interrupted;
  std::uint64_t at = frame.sp() + to_registers;
  for (const std::size_t number : order) {
    const auto word = memory.word(at);
    if (!word) return {};
    interrupted.values[number] = *word;
    interrupted.known.set(number);
    at += 8;
  }
  return {interrupted, true, false};
}

}  // namespace

CodeStep step_by_code(Memory& memory, const AddressSpace& space, const Registers& frame) {
  if (is_signal_return(memory, frame.pc())) return step_over_signal(memory, frame);
  CodeStep step = CodeWalk(memory, space).from(frame);
  step.outermost = !step.caller && (step.outermost || hands_result_on(memory, frame.pc()));
  return step;
}

// e8 with a distance, or ff /2 with any operand: 2 to 7 bytes.
bool follows_call(Memory& memory, std::uint64_t address) {
  constexpr std::size_t longest_call = 7;
  std::array<std::uint8_t, longest_call> bytes{};
  if (memory.read_cached(address - longest_call, bytes.data(), bytes.size()) != bytes.size()) return false;
  for (std::size_t length = 2; length <= longest_call; ++length) {
    const std::span<const std::uint8_t> call{bytes.data() + longest_call - length, length};
    const X86Instruction instruction = decode_x86(call);
    if (instruction.effect == X86Effect::call && instruction.length == length) return true;
  }
  return false;
}

#else

CodeStep step_by_code(Memory& /*memory*/, const AddressSpace& /*space*/, const Registers& /*frame*/) {
  return {};
}

bool follows_call(Memory& /*memory*/, std::uint64_t /*address*/) {
  return true;
}

#endif

}  // namespace wedged
