// SPDX-License-Identifier: Apache-2.0
#include "diagnosis/call_text.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <utility>

#include "diagnosis/call_shapes.h"
#include "diagnosis/describe.h"
#include "observation/syscall_names.h"

namespace wedged {
namespace {

constexpr std::size_t longest_name = 160;  // bytes of a path that are shown

using Flag = std::pair<std::uint64_t, const char*>;

// O_SYNC and O_TMPFILE have other flags' bits in them, so they stand in front of those.
constexpr std::array<Flag, 14> open_flags{{{O_CREAT, "O_CREAT"},
                                           {O_EXCL, "O_EXCL"},
                                           {O_NOCTTY, "O_NOCTTY"},
                                           {O_TRUNC, "O_TRUNC"},
                                           {O_APPEND, "O_APPEND"},
                                           {O_NONBLOCK, "O_NONBLOCK"},
                                           {O_SYNC, "O_SYNC"},
                                           {O_DSYNC, "O_DSYNC"},
                                           {O_DIRECT, "O_DIRECT"},
                                           {O_TMPFILE, "O_TMPFILE"},
                                           {O_DIRECTORY, "O_DIRECTORY"},
                                           {O_NOFOLLOW, "O_NOFOLLOW"},
                                           {O_PATH, "O_PATH"},
                                           {O_CLOEXEC, "O_CLOEXEC"}}};

constexpr std::array futex_operations{"FUTEX_WAIT",           "FUTEX_WAKE",        "FUTEX_FD",
                                      "FUTEX_REQUEUE",        "FUTEX_CMP_REQUEUE", "FUTEX_WAKE_OP",
                                      "FUTEX_LOCK_PI",        "FUTEX_UNLOCK_PI",   "FUTEX_TRYLOCK_PI",
                                      "FUTEX_WAIT_BITSET",    "FUTEX_WAKE_BITSET", "FUTEX_WAIT_REQUEUE_PI",
                                      "FUTEX_CMP_REQUEUE_PI", "FUTEX_LOCK_PI2"};

constexpr std::array clocks{"CLOCK_REALTIME", "CLOCK_MONOTONIC", "CLOCK_PROCESS_CPUTIME_ID",
                            "CLOCK_THREAD_CPUTIME_ID"};

std::string hex(std::uint64_t value) {
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "0x%llx", static_cast<unsigned long long>(value));
  return text.data();
}

std::string octal(std::uint64_t value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "0%llo", static_cast<unsigned long long>(value));
  return text.data();
}

// Most calls take 32 bits; the upper half of the register may be anything.
int signed_of(std::uint64_t value) {
  return static_cast<int>(static_cast<std::uint32_t>(value));
}

// A name can neither end its own quotes nor fill a page: of a long one the end tells more than the beginning.
std::string enclosed(const std::string& name, char open, char close) {
  std::size_t begin = name.size() > longest_name ? name.size() - longest_name : 0;
  while (begin > 0 && begin < name.size() && (static_cast<unsigned char>(name[begin]) & 0xC0U) == 0x80U)
    ++begin;
  std::string text = std::string(1, open) + (begin > 0 ? "..." : "");
  for (std::size_t at = begin; at < name.size(); ++at) {
    if (name[at] == close || name[at] == '\\') text += '\\';
    text += name[at];
  }
  return text + close;
}

template <std::size_t Count>
std::string with_flags(std::string text, std::uint64_t value, const std::array<Flag, Count>& flags) {
  for (const auto& [bits, name] : flags) {
    if ((value & bits) != bits) continue;
    text += std::string("|") + name;
    value &= ~bits;
  }
  return value == 0 ? text : text + "|" + hex(value);
}

std::string open_text(std::uint64_t value) {
  constexpr std::uint64_t large_file = 0100000;  // O_LARGEFILE of the kernel's own, set for 64-bit callers
  constexpr std::array modes{"O_RDONLY", "O_WRONLY", "O_RDWR", "O_ACCMODE"};
  value = static_cast<std::uint32_t>(value) & ~large_file;
  const auto mode = value & O_ACCMODE;
  return with_flags(modes.at(mode), value & ~std::uint64_t{O_ACCMODE}, open_flags);
}

std::string futex_text(std::uint64_t value) {
  const auto operation = static_cast<std::uint32_t>(value) & static_cast<std::uint32_t>(FUTEX_CMD_MASK);
  if (operation >= futex_operations.size()) return hex(value);
  std::string text = futex_operations.at(operation);
  if ((value & FUTEX_PRIVATE_FLAG) != 0) text += "_PRIVATE";
  return (value & FUTEX_CLOCK_REALTIME) != 0 ? text + "|FUTEX_CLOCK_REALTIME" : text;
}

std::string lock_text(std::uint64_t value) {
  const auto operation = signed_of(value) & ~LOCK_NB;
  const std::string more = (value & LOCK_NB) != 0 ? "|LOCK_NB" : "";
  if (operation == LOCK_SH) return "LOCK_SH" + more;
  if (operation == LOCK_EX) return "LOCK_EX" + more;
  return operation == LOCK_UN ? "LOCK_UN" + more : hex(value);
}

std::string signal_text(std::uint64_t value) {
  const char* name = sigabbrev_np(signed_of(value));
  return name == nullptr ? std::to_string(signed_of(value)) : std::string("SIG") + name;
}

std::string clock_text(std::uint64_t value) {
  const auto clock = static_cast<std::uint32_t>(value);
  return clock < clocks.size() ? clocks.at(clock) : std::to_string(signed_of(value));
}

// What the kernel looked up is known of the first argument alone.
std::string descriptor_text(const Task& task, std::uint64_t value, std::size_t place) {
  auto text = std::to_string(signed_of(value));
  if (place > 0 || !task.details || !task.details->file || task.details->file->path.empty()) return text;
  return text + enclosed(task.details->file->path, '<', '>');
}

std::string name_text(const Task& task, std::uint64_t value) {
  if (!task.details || !task.details->path_walk || task.details->path_walk->name.empty())
    return value == 0 ? "NULL" : hex(value);
  return enclosed(task.details->path_walk->name, '"', '"');
}

std::string argument_text(const Task& task, char kind, std::uint64_t value, std::size_t place) {
  switch (static_cast<ArgumentKind>(kind)) {
    case ArgumentKind::descriptor: return descriptor_text(task, value, place);
    case ArgumentKind::folder:
      return signed_of(value) == AT_FDCWD ? "AT_FDCWD" : descriptor_text(task, value, place);
    case ArgumentKind::name: return name_text(task, value);
    case ArgumentKind::pointer: return value == 0 ? "NULL" : hex(value);
    case ArgumentKind::size: return std::to_string(value);
    case ArgumentKind::integer: return std::to_string(signed_of(value));
    case ArgumentKind::hexadecimal: return value == 0 ? "0" : hex(value);
    case ArgumentKind::permissions: return value == 0 ? "0" : octal(static_cast<std::uint32_t>(value));
    case ArgumentKind::open_flags: return open_text(value);
    case ArgumentKind::futex_operation: return futex_text(value);
    case ArgumentKind::lock_operation: return lock_text(value);
    case ArgumentKind::clock: return clock_text(value);
    case ArgumentKind::signal: return signal_text(value);
  }
  return hex(value);
}

// Arguments that the operation or the flags leave without meaning.
std::size_t meant_arguments(const CallShape& shape, const std::array<std::uint64_t, 6>& arguments) {
  constexpr std::uint64_t creates = O_CREAT | (O_TMPFILE & ~O_DIRECTORY);
  const auto count = shape.arguments.size();
  if (shape.name == "open") return (arguments[1] & creates) != 0 ? count : count - 1;
  if (shape.name == "openat") return (arguments[2] & creates) != 0 ? count : count - 1;
  if (shape.name != "futex") return count;
  const auto operation = arguments[1] & static_cast<std::uint32_t>(FUTEX_CMD_MASK);
  if (operation == FUTEX_WAKE) return 3;
  if (operation == FUTEX_WAIT || operation == FUTEX_LOCK_PI) return arguments[3] == 0 ? 3 : 4;
  return count;
}

}  // namespace

std::string call_text(const Task& task) {
  if (task.call && task.call->compat) return "32-bit call " + std::to_string(task.call->number);
  auto text = describe_call(task);
  if (text.empty() || !task.call->arguments) return text;
  const auto& arguments = *task.call->arguments;
  const auto shape = call_shape(syscall_name(task.call->number));
  if (!shape) {
    for (std::size_t at = 0; at < arguments.size(); ++at) text += (at == 0 ? "(" : ", ") + hex(arguments[at]);
    return text + ")";
  }
  text += "(";
  for (std::size_t at = 0; at < meant_arguments(*shape, arguments); ++at) {
    if (at > 0) text += ", ";
    text += argument_text(task, shape->arguments[at], arguments.at(at), at);
  }
  return text + ")";
}

}  // namespace wedged
