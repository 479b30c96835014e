// SPDX-License-Identifier: Apache-2.0
#include "inspector/code_walk.h"

#include <array>

#include "inspector/code_pieces.h"

namespace wedged {
namespace {

// DWARF numbers of the machine's.
constexpr std::array<std::size_t, 16> dwarf_number = {0, 2, 1, 3, 7, 6, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15};
constexpr int machine_base = 5;
constexpr std::size_t base_register = 6;
constexpr std::array<std::size_t, 6> callee_saved = {3, 6, 12, 13, 14, 15};

constexpr std::size_t most_instructions = 4000;
constexpr int most_in_function = 40;  // before it traps
constexpr int deepest_calls = 3;

std::uint64_t target_of(std::uint64_t after, const X86Instruction& instruction) {
  return after + static_cast<std::uint64_t>(instruction.target);
}

}  // namespace

std::optional<Registers> CodeWalk::from(const Registers& frame) {
  ways_.push_back({frame.pc(), frame.sp(), frame});
  follow_all(ways_);
  if (!caller_) follow_all(doubtful_);
  return disagree_ ? std::nullopt : caller_;
}

void CodeWalk::follow_all(std::vector<Way>& ways) {
  while (!ways.empty() && !disagree_ && seen_.size() < most_instructions) {
    Way way = ways.back();
    ways.pop_back();
    while (seen_.size() < most_instructions && seen_.emplace(way.at, way.sp).second)
      if (!step(way)) break;
    if (&ways == &doubtful_) follow_all(ways_);
  }
}

// False: this way ends here.
bool CodeWalk::step(Way& way) {
  const X86Instruction instruction = instruction_at(memory_, way.at);
  const bool halt = instruction.effect == X86Effect::end && wedged::halts(memory_, way.at);
  way.at += instruction.length;
  switch (instruction.effect) {
    case X86Effect::none: return true;
    case X86Effect::call: return go_on_after_call(way, instruction);
    case X86Effect::jump: way.at = target_of(way.at, instruction); return true;
    case X86Effect::branch:
      ways_.push_back({target_of(way.at, instruction), way.sp, way.registers});
      return true;
    case X86Effect::ret: return_from(way, static_cast<std::uint64_t>(instruction.amount)); return false;
    case X86Effect::end: halts_ |= halt; return false;
    default: return move_stack(way, instruction);
  }
}

bool CodeWalk::go_on_after_call(const Way& way, const X86Instruction& call) {
  constexpr std::uint64_t alignment = 16;  // of functions
  if (call.target != 0 && never_returns(target_of(way.at, call), deepest_calls)) return false;
  if (way.at % alignment != 0 && !is_padding(memory_, way.at)) return true;
  doubtful_.push_back(way);
  return false;
}

// Such as __stack_chk_fail: every way through it ends in a trap, and soon.
bool CodeWalk::never_returns(std::uint64_t function, int depth) {
  if (depth == 0) return false;
  for (int count = 0; count < most_in_function; ++count) {
    const X86Instruction instruction = instruction_at(memory_, function);
    if (instruction.effect == X86Effect::end) return wedged::halts(memory_, function);
    if (instruction.effect == X86Effect::ret || instruction.effect == X86Effect::branch) return false;
    function += instruction.length;
    if (instruction.effect == X86Effect::jump) function = target_of(function, instruction);
    if (instruction.effect == X86Effect::call && instruction.target != 0 &&
        never_returns(target_of(function, instruction), depth - 1))
      return true;
  }
  return false;
}

bool CodeWalk::move_stack(Way& way, const X86Instruction& instruction) {
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
      load(way, machine_base, base);
      way.sp = base + 8;
      return base_known;
    case X86Effect::load_stack: load(way, instruction.reg, way.sp + amount); return true;
    case X86Effect::load_base:
      if (base_known) load(way, instruction.reg, base + amount);
      return true;
    default: return false;
  }
}

void CodeWalk::load(Way& way, int machine_number, std::uint64_t from) {
  if (machine_number < 0) return;
  const std::size_t number = dwarf_number[static_cast<std::size_t>(machine_number)];
  const auto word = memory_.word(from);
  way.registers.known[number] = word.has_value();
  if (word) way.registers.values[number] = *word;
}

// What does not look like a return address is none: the way went through a call that never comes back, into
// the next function.
void CodeWalk::return_from(const Way& way, std::uint64_t dropped) {
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
  disagree_ |= caller_ && caller_->sp() != caller.sp();
  if (!caller_) caller_ = caller;
}

}  // namespace wedged
