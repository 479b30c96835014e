// SPDX-License-Identifier: Apache-2.0
// What a process's /proc files say about it, apart from its memory map. In the child only: the command line
// lies in the process's own memory and may hang.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "inspector/address_space.h"
#include "inspector/target.h"
#include "observation/user_side.h"

namespace wedged {

// Into `side`: the command line. Reading it takes the process's mmap_lock, like all that follows, but in a
// way that a fatal signal ends (access_remote_vm, Linux 5.3): asked first, so that a late inspector can be
// killed.
void read_command_line(const Target& target, ProcessSide& side);

// Into `side`: what can be had without its memory.
void read_process_files(const Target& target, ProcessSide& side);

// The program's own mapping is of a file without a name, or that is another now.
[[nodiscard]] bool executable_replaced(const Target& target);

// From the names of mapped files; absent: none of them is a C library's.
[[nodiscard]] std::optional<CLibrary> libc_named_in(const AddressSpace& space);

// Pure parsers of the files' texts.
[[nodiscard]] std::string joined_arguments(std::string arguments);
[[nodiscard]] std::optional<std::uint64_t> caught_signals_in(const std::string& status);
[[nodiscard]] unsigned timers_in(const std::string& timers);

}  // namespace wedged
