// SPDX-License-Identifier: Apache-2.0
#include "report/stack_text.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "report/escape.h"

namespace wedged {
namespace {

constexpr std::size_t least_function_columns = 12;

std::string hex(std::uint64_t value, const char* format) {
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), format, static_cast<unsigned long long>(value));
  return text.data();
}

std::string offset_text(std::uint64_t offset) {
  return hex(offset, "+0x%llx");
}

// "/usr/lib/libc.so.6 (deleted)" -> "libc.so.6 (deleted)".
std::string base_name(const std::string& path) {
  const auto slash = path.rfind('/');
  return printable(slash == std::string::npos ? path : path.substr(slash + 1));
}

}  // namespace

std::string user_frame_text(const UserFrame& frame, std::size_t number, unsigned width) {
  const std::string front =
      "#" + std::to_string(number) + (number < 10 ? "  " : " ") + hex(frame.address, "0x%016llx") + " ";
  const bool named = !frame.function.empty();
  std::string back = named ? offset_text(frame.offset) : "";
  if (!frame.module.empty()) {
    back += " (" + base_name(frame.module) + (named ? "" : offset_text(frame.offset)) + ")";
  }
  std::string function = named ? printable(frame.function) : "??";
  const std::size_t others = columns_of(front) + columns_of(back);
  if (width != 0 && others + columns_of(function) > width) {
    const std::size_t room = width > others ? width - others : 0;
    function = cut_to(function, std::max(room, least_function_columns));
  }
  return front + function + back;
}

void add_user_stack(TextBlock& block, const UserSide& side, const StackLimits& limits) {
  constexpr std::size_t front = TextBlock::indent_columns + TextBlock::label_columns;
  const unsigned width = limits.width > front ? limits.width - static_cast<unsigned>(front) : limits.width;
  const std::size_t shown = std::min(side.stack.size(), limits.frames);
  for (std::size_t at = 0; at < shown; ++at) {
    block.line("user", user_frame_text(side.stack[at], at, width));
  }
  if (shown < side.stack.size()) {
    block.line("user", and_more(side.stack.size(), shown));
  } else if (!side.stack.empty() && !side.stack_complete) {
    block.line("user", "... (could not be unwound further)");
  }
  for (const std::string& missing : side.missing) block.line("not read", printable(missing));
}

void add_kernel_stack(TextBlock& block, const std::vector<std::string>& stack, const StackLimits& limits) {
  const std::size_t shown = std::min(stack.size(), limits.frames);
  for (std::size_t at = 0; at < shown; ++at) block.line("stack", printable(stack[at]));
  if (shown < stack.size()) block.line("stack", and_more(stack.size(), shown));
}

std::string lock_text(const Lock& lock, const std::string& holder) {
  const bool of_kernel = lock.kind == LockKind::kernel;  // has its number in its type
  std::string text = lock.type.empty() ? std::string(kind_name(lock.kind)) : printable(lock.type);
  if (!of_kernel) text += hex(lock.address, " 0x%llx");
  if (!holder.empty()) {
    text += ", held by " + holder;
  } else if (lock.owner) {
    text += ", its owner's id is " + std::to_string(*lock.owner);
  } else if (!lock.no_owner_reason.empty()) {
    text += ", owner unknown: " + printable(lock.no_owner_reason);
  }
  if (!lock.process_private && !of_kernel) text += ", may be shared with other processes";
  if (lock.has_timeout) text += ", with a timeout";
  return text;
}

std::string_view kind_name(LockKind kind) {
  switch (kind) {
    case LockKind::mutex: return "mutex";
    case LockKind::plain_lock: return "plain_lock";
    case LockKind::rwlock: return "rwlock";
    case LockKind::join: return "join";
    case LockKind::process: return "process";
    case LockKind::kernel: return "kernel";
    case LockKind::condition: return "condition";
    case LockKind::semaphore: return "semaphore";
    case LockKind::barrier: return "barrier";
    case LockKind::once: return "once";
    case LockKind::gave_up: return "gave_up";
    case LockKind::unknown: break;
  }
  return "unknown";
}

}  // namespace wedged
