// SPDX-License-Identifier: Apache-2.0
// All user registers of a thread that waits, by DWARF number: those that the thread set itself come back
// exactly, the rest is what /proc says. Absent where there are none, or where they change meanwhile.
#include <sys/syscall.h>
#include <unistd.h>

#include "child.h"
#include "compat_call.h"
#include "kernel_test.h"
#include "proc_task.h"
#include "watch.h"

namespace wedged::test {
namespace {

class AllRegistersParity : public KernelTest {};

// Whoever has the id now.
Task sample_of(Observer& observer, int tid) {
  auto sample = observer.sample_again({0, tid, 0});
  if (!sample) throw std::runtime_error(sample.error().message);
  return std::move(*sample);
}

#if defined(__x86_64__)

// Figure 3.36 of the psABI for AMD64.
enum Dwarf {
  rax,
  rdx,
  rcx,
  rbx,
  rsi,
  rdi,
  rbp,
  rsp,
  r8,
  r9,
  r10,
  r11,
  r12,
  r13,
  r14,
  r15,
  rip,
  first_unused
};

// pause(2), which looks at no argument.
[[noreturn]] void wait_with_known_registers() {
  asm volatile(
      "mov $0x1111111111111101, %%rdx\n\t"
      "mov $0x1111111111111103, %%rbx\n\t"
      "mov $0x1111111111111104, %%rsi\n\t"
      "mov $0x1111111111111105, %%rdi\n\t"
      "mov $0x1111111111111106, %%rbp\n\t"
      "mov $0x1111111111111108, %%r8\n\t"
      "mov $0x1111111111111109, %%r9\n\t"
      "mov $0x111111111111110a, %%r10\n\t"
      "mov $0x111111111111110c, %%r12\n\t"
      "mov $0x111111111111110d, %%r13\n\t"
      "mov $0x111111111111110e, %%r14\n\t"
      "mov $0x111111111111110f, %%r15\n\t"
      "1: mov $34, %%eax\n\t"
      "syscall\n\t"
      "jmp 1b"
      :
      :
      : "memory");
  __builtin_unreachable();
}

TEST_F(AllRegistersParity, come_back_as_the_thread_has_set_them) {
  Child child([](const Line&) -> int { wait_with_known_registers(); });
  await_call(child.pid(), child.pid(), SYS_pause);
  for (const auto observing : {Observing::calls, Observing::scan, Observing::once}) {
    auto observer = watch({child.pid()}, observing);
    const auto sample = sample_of(observer, child.pid());
    const auto proc = read_proc_task(child.pid(), child.pid());
    ASSERT_TRUE(sample.details && sample.details->registers && proc.syscall);
    const auto& registers = *sample.details->registers;
    for (const auto number : {rdx, rbx, rsi, rdi, rbp, r8, r9, r10, r12, r13, r14, r15}) {
      same("register " + std::to_string(number), registers.at(number),
           0x1111111111111100 + static_cast<std::uint64_t>(number));
    }
    same("stack pointer", registers[rsp], proc.syscall->stack_pointer);
    same("instruction pointer", registers[rip], proc.syscall->instruction_pointer);
    same("where the call returns to", registers[rcx], registers[rip]);
    for (std::size_t number = first_unused; number < registers.size(); ++number)
      same("unused register " + std::to_string(number), registers.at(number), 0);
  }
}

TEST_F(AllRegistersParity, are_absent_for_a_thread_in_32_bit_code) {
  constexpr int getppid_32 = 64, pause_32 = 29;  // arch/x86/entry/syscalls/syscall_32.tbl
  Child probe([](const Line&) { return compat_calls_from_32_bit_code(getppid_32, 1) > 0 ? 0 : 1; });
  if (probe.wait() != 0) WEDGED_SKIP("this kernel has no 32-bit interface");
  Child child([](const Line&) { return compat_calls_from_32_bit_code(pause_32, 1); });
  await_call(child.pid(), child.pid(), pause_32);
  auto observer = watch({child.pid()});
  const auto sample = sample_of(observer, child.pid());
  ASSERT_TRUE(sample.details && sample.call);
  holds("it is in a 32-bit call", sample.call->compat);
  holds("it has no registers to unwind by", !sample.details->registers);
}

#endif

TEST_F(AllRegistersParity, agree_with_proc_for_a_thread_in_library_code) {
  Child child(wait_for_ever);
  child.hear();
  await_call(child.pid(), child.pid(), SYS_read);
  auto observer = watch({child.pid()});
  const auto sample = sample_of(observer, child.pid());
  ASSERT_TRUE(sample.details && sample.details->registers && sample.registers);
  const auto proc = read_proc_task(child.pid(), child.pid()).syscall.value_or(ProcSyscall{});
  same("stack pointer of the sample", sample.registers->stack_pointer, proc.stack_pointer);
  same("instruction pointer of the sample", sample.registers->instruction_pointer, proc.instruction_pointer);
#if defined(__x86_64__)
  same("stack pointer", sample.details->registers->at(rsp), proc.stack_pointer);
  same("instruction pointer", sample.details->registers->at(rip), proc.instruction_pointer);
  same("first argument", sample.details->registers->at(rdi), proc.arguments[0]);
#endif
}

TEST_F(AllRegistersParity, are_absent_for_kernel_threads) {
  constexpr int kthreadd = 2;
  Child child(wait_for_ever);
  auto observer = watch({child.pid()});
  const auto sample = sample_of(observer, kthreadd);
  holds("it is a kernel thread", sample.kernel_thread);
  ASSERT_TRUE(sample.details.has_value());
  holds("it has no registers to unwind by", !sample.details->registers);
  holds("nor any other", !sample.registers);
}

TEST_F(AllRegistersParity, are_absent_while_the_thread_is_on_a_cpu) {
  Child child([](const Line& line) -> int {
    line.say();
    while (true) asm volatile("");
  });
  child.hear();
  auto observer = watch({child.pid()});
  await("a sample on a CPU", [&] {
    const auto sample = sample_of(observer, child.pid());
    if (sample.off_cpu_since || !sample.details || sample.details->registers) return false;
    same("state", sample.state, RunState::running);
    return true;
  });
}

}  // namespace
}  // namespace wedged::test
