// SPDX-License-Identifier: Apache-2.0
// What a single line of the kernel's log is to an oops. Pure. Names of processes and devices stand in many
// lines, so each form is anchored at the line's begin, and where it matters at its end as well.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace wedged {

// "Oops: 0002 [#1] PREEMPT SMP NOPTI": this line says that it is an oops, on every architecture.
[[nodiscard]] bool is_oops_header(std::string_view line);
// The header less its counter and flags: "general protection fault: 0000".
[[nodiscard]] std::string_view header_text(std::string_view line);
// "BUG: kernel NULL pointer dereference, address: 0", "kernel BUG at mm/slub.c:305!": tells before the header
// what it is. Alone it is no oops.
[[nodiscard]] bool is_oops_reason(std::string_view line);
// "---[ end trace 0000000000000000 ]---".
[[nodiscard]] bool is_report_end(std::string_view line);
// A warning, a lockup, a stall and the like begin here: the threads that follow are theirs.
[[nodiscard]] bool is_other_report(std::string_view line);
// Registers, code, machine, guesses of the unwinder: what a person who reads a few lines can do without.
[[nodiscard]] bool says_little(std::string_view line);

struct NamedThread {
  int tid = 0;
  std::string comm;

  bool operator==(const NamedThread&) const = default;
};

// "CPU: 1 UID: 0 PID: 123 Comm: name Tainted: G  D  6.12.9 #1": dump_stack_print_info().
[[nodiscard]] std::optional<NamedThread> thread_in(std::string_view line);

}  // namespace wedged
