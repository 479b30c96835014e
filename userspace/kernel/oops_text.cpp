// SPDX-License-Identifier: Apache-2.0
// Sources: __die() and die() of arch/x86/kernel/dumpstack.c and arch/arm64/kernel/traps.c, show_fault_oops()
// of arch/x86/mm/fault.c, die_kernel_fault() of arch/arm64/mm/fault.c, lib/bug.c, lib/dump_stack.c.
#include "kernel/oops_text.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace wedged {
namespace {

template <std::size_t Size>
bool begins_with_one_of(std::string_view line, const std::array<std::string_view, Size>& beginnings) {
  return std::any_of(beginnings.begin(), beginnings.end(),
                     [&](std::string_view beginning) { return line.starts_with(beginning); });
}

constexpr auto header_beginnings = std::to_array<std::string_view>({"Oops: ", "Oops [#", "Internal error: "});
// x86 before v6.10 writes the trap's name alone, and an error code of four digits.
constexpr auto trap_beginnings = std::to_array<std::string_view>(
    {"general protection fault", "invalid opcode", "divide error", "int3", "stack segment", "double fault",
     "alignment check", "bounds", "overflow", "invalid TSS", "segment not present",
     "coprocessor segment overrun", "fpu exception", "simd exception", "iret exception", "Bad pagetable",
     "stack guard page", "control protection fault"});

constexpr auto reason_beginnings = std::to_array<std::string_view>(
    {"BUG: kernel NULL pointer dereference", "BUG: unable to handle ", "BUG: TASK stack guard page was hit",
     "BUG: IRQ stack guard page was hit", "BUG: stack guard page", "kernel BUG at ",
     "Unable to handle kernel ", "Corrupted page table at", "kernel tried to execute "});

constexpr auto other_beginnings = std::to_array<std::string_view>(
    {"------------[ cut here ]------------", "WARNING: ", "BUG: ", "watchdog: ", "NMI watchdog: ",
     "Watchdog ", "rcu: INFO: ", "INFO: ", "NMI backtrace for cpu ", "Sending NMI from CPU ",
     "sysrq: ", "workqueue: ", "CPU: ", "Kernel panic - "});

bool is_flag_character(char character) {
  return (character >= 'A' && character <= 'Z') || character == '_' || character == ' ';
}

// " PREEMPT SMP NOPTI", "  PREEMPT_{RT,(full)} SMP": letters of other kinds only in brackets.
bool is_flags(std::string_view text) {
  constexpr std::size_t longest = 120;
  int depth = 0;
  for (const char character : text) {
    if (character == '(' || character == '{') ++depth;
    if (depth == 0 && !is_flag_character(character)) return false;
    if (character == ')' || character == '}') --depth;
    if (depth < 0) return false;
  }
  return depth == 0 && text.size() <= longest;
}

// Where " [#1]" begins if it and flags are the line's end.
std::optional<std::size_t> counter_in(std::string_view line) {
  const auto at = line.rfind("[#");
  if (at == std::string_view::npos || at == 0 || line[at - 1] != ' ') return std::nullopt;
  const auto rest = line.substr(at + 2);
  const auto digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
  if (digits == 0 || rest.substr(digits, 1) != "]" || !is_flags(rest.substr(digits + 1))) return std::nullopt;
  return at - 1;
}

// "divide error: 0000".
bool ends_with_error_code(std::string_view text) {
  constexpr std::size_t digits = 4;
  if (text.size() < digits + 2 || text.substr(text.size() - digits - 2, 2) != ": ") return false;
  return text.find_first_not_of("0123456789abcdef", text.size() - digits) == std::string_view::npos;
}

// Takes "name" and the number behind it away from the front.
std::optional<int> next_number(std::string_view& line, std::string_view name) {
  if (!line.starts_with(name)) return std::nullopt;
  unsigned value = 0;
  const auto [rest, error] = std::from_chars(line.data() + name.size(), line.data() + line.size(), value);
  if (error != std::errc{} || value > 0x7fffffffU) return std::nullopt;
  line.remove_prefix(static_cast<std::size_t>(rest - line.data()));
  return static_cast<int>(value);
}

bool skip_uid(std::string_view& line) {
  constexpr std::string_view name = " UID: ";
  if (!line.starts_with(name)) return true;
  const auto digits = line.find_first_not_of("0123456789", name.size());
  if (digits == name.size() || digits == std::string_view::npos) return false;
  line.remove_prefix(digits);
  return true;
}

// After the name stands whether the kernel is tainted. A name may say so, too, but has at most 15 bytes.
std::optional<std::string_view> comm_in(std::string_view text) {
  constexpr auto followers = std::to_array<std::string_view>({" Tainted: ", " Not tainted"});
  constexpr std::string_view kdump = " Kdump: loaded";
  constexpr std::size_t longest = 15;  // TASK_COMM_LEN less its NUL
  std::optional<std::string_view> comm;
  for (std::size_t end = 0; end <= longest + kdump.size() && end < text.size(); ++end) {
    if (!begins_with_one_of(text.substr(end), followers)) continue;
    auto name = text.substr(0, end);
    if (name.ends_with(kdump)) name.remove_suffix(kdump.size());
    if (name.size() <= longest) comm = name;
  }
  return comm;
}

}  // namespace

bool is_oops_header(std::string_view line) {
  const auto counter = counter_in(line);
  if (!counter) return false;
  if (begins_with_one_of(line, header_beginnings)) return true;
  return begins_with_one_of(line, trap_beginnings) && ends_with_error_code(line.substr(0, *counter));
}

std::string_view header_text(std::string_view line) {
  return line.substr(0, counter_in(line).value_or(line.size()));
}

bool is_oops_reason(std::string_view line) {
  return begins_with_one_of(line, reason_beginnings);
}

bool is_report_end(std::string_view line) {
  return line.starts_with("---[ end trace ");
}

bool is_other_report(std::string_view line) {
  return begins_with_one_of(line, other_beginnings) ||
         line.find(": page allocation ") != std::string_view::npos;
}

bool says_little(std::string_view line) {
  constexpr auto beginnings = std::to_array<std::string_view>(
      {"RSP: ", "RAX: ", "RDX: ", "RBP: ", "R10: ", "R13: ", "FS:  ", "CS:  ", "CR2: ", "DR0: ", "DR3: ",
       "PKRU: ", "Code: ", "sp : ", "pstate: ", " <", " ? ", "Hardware name: ", "Modules linked in:"});
  const bool arm64 =
      line.size() > 5 && line[0] == 'x' && line.substr(2, 3).find(": ") != std::string_view::npos;
  return begins_with_one_of(line, beginnings) || arm64;
}

std::optional<NamedThread> thread_in(std::string_view line) {
  constexpr std::string_view name = " Comm: ";
  if (!next_number(line, "CPU: ") || !skip_uid(line)) return std::nullopt;
  const auto tid = next_number(line, " PID: ");
  if (!tid || !line.starts_with(name)) return std::nullopt;
  line.remove_prefix(name.size());
  const auto comm = comm_in(line);
  if (!comm) return std::nullopt;
  return NamedThread{*tid, std::string(*comm)};
}

}  // namespace wedged
