// SPDX-License-Identifier: Apache-2.0
// Calls through the 32-bit interface of x86, made without a 32-bit compiler: `int 0x80` from 64-bit code, and
// the same from code that a far jump has switched to 32-bit mode, as in a 32-bit program.
#pragma once

#include <cstdint>

namespace wedged::test {

#if defined(__x86_64__)
// A kernel without the interface sends SIGSEGV.
long compat_call_from_64_bit_code(long number);

// Makes the call so many times; returns what the last one returned.
int compat_calls_from_32_bit_code(int number, std::uint32_t times);
#endif

}  // namespace wedged::test
