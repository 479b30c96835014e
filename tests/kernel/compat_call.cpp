// SPDX-License-Identifier: Apache-2.0
#include "compat_call.h"

#if defined(__x86_64__)
#include <sys/mman.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <stdexcept>

namespace wedged::test {
namespace {

// One page below 4 GiB: 32-bit code cannot reach further, and the upper halves of registers do not outlive
// it.
struct Page {
  std::array<unsigned char, 32> calls;
  std::array<unsigned char, 32> way_back;
  std::uint64_t saved_stack;
};

// mov %ebx,%eax; int $0x80; dec %esi; jnz to the first; ljmp $0x33,way_back. Only eax is changed by the
// calls.
constexpr std::array<unsigned char, 8> call_in_a_loop{0x89, 0xd8, 0xcd, 0x80, 0x4e, 0x75, 0xf9, 0xea};
constexpr std::uint16_t user_cs_64 = 0x33;
// 64-bit code again: mov saved_stack(%rip),%rsp; ret
constexpr std::array<unsigned char, 8> restore_the_stack{0x48, 0x8b, 0x25, 25, 0, 0, 0, 0xc3};

Page* make_page() {
  void* memory = mmap(nullptr, sizeof(Page), PROT_READ | PROT_WRITE | PROT_EXEC,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
  if (memory == MAP_FAILED) throw std::runtime_error("no memory below 4 GiB");
  auto* page = static_cast<Page*>(memory);
  const auto way_back = static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(page->way_back.data()));
  auto* at = page->calls.data();
  std::memcpy(at, call_in_a_loop.data(), call_in_a_loop.size());
  std::memcpy(at + call_in_a_loop.size(), &way_back, sizeof(way_back));
  std::memcpy(at + call_in_a_loop.size() + sizeof(way_back), &user_cs_64, sizeof(user_cs_64));
  std::memcpy(page->way_back.data(), restore_the_stack.data(), restore_the_stack.size());
  return page;
}

}  // namespace

long compat_call_from_64_bit_code(long number) {
  long result = number;
  asm volatile("int $0x80" : "+a"(result) : "b"(0L) : "memory", "cc", "r8", "r9", "r10", "r11");
  return result;
}

int compat_calls_from_32_bit_code(int number, std::uint32_t times) {
  static_assert(offsetof(Page, saved_stack) == 64);
  static Page* const page = make_page();
  int result = 0;
  asm volatile(
      "sub $128, %%rsp\n\t"  // the red zone
      "push %%rbx\n\t"
      "push %%rbp\n\t"
      "mov %%rdi, %%rbx\n\t"
      "lea 1f(%%rip), %%r11\n\t"
      "push %%r11\n\t"
      "mov %%rsp, 64(%%rcx)\n\t"
      "push $0x23\n\t"
      "push %%rcx\n\t"
      "lretq\n\t"
      "1: pop %%rbp\n\t"
      "pop %%rbx\n\t"
      "add $128, %%rsp"
      : "=a"(result), "+S"(times)
      : "D"(static_cast<long>(number)), "c"(page)
      : "memory", "cc", "rdx", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15");
  return result;
}

}  // namespace wedged::test
#endif
