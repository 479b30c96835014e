// SPDX-License-Identifier: Apache-2.0
#include "inspector/x86_instruction.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <iostream>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "support/rounds.h"

namespace wedged {
namespace {

using Bytes = std::vector<std::uint8_t>;

struct Case {
  const char* text;
  Bytes bytes;
  X86Effect effect;
  int reg = -1;
  std::int64_t amount = 0;
  std::int64_t target = 0;
};

const Case cases[] = {
    {"push %rbx", {0x53}, X86Effect::push},
    {"push %r12", {0x41, 0x54}, X86Effect::push},
    {"push 0x30(%rsp)", {0xff, 0x74, 0x24, 0x30}, X86Effect::push},
    {"pop %rbp", {0x5d}, X86Effect::pop, 5},
    {"pop %r14", {0x41, 0x5e}, X86Effect::pop, 14},
    {"pop %r12", {0x41, 0x5c}, X86Effect::pop, 12},
    {"pop %rsp", {0x5c}, X86Effect::end},
    {"add $0x8,%rsp", {0x48, 0x83, 0xc4, 0x08}, X86Effect::add, -1, 8},
    {"add $0x12345,%rsp", {0x48, 0x81, 0xc4, 0x45, 0x23, 0x01, 0x00}, X86Effect::add, -1, 0x12345},
    {"sub $-0x80,%rsp", {0x48, 0x83, 0xec, 0x80}, X86Effect::add, -1, 128},
    {"and $-16,%rsp", {0x48, 0x83, 0xe4, 0xf0}, X86Effect::end},
    {"cmp $0x1,%rsp", {0x48, 0x83, 0xfc, 0x01}, X86Effect::none},
    {"add $0x8,%r12", {0x49, 0x83, 0xc4, 0x08}, X86Effect::none},
    {"lea 0x10(%rsp),%rsp", {0x48, 0x8d, 0x64, 0x24, 0x10}, X86Effect::add, -1, 16},
    {"lea -0x28(%rbp),%rsp", {0x48, 0x8d, 0x65, 0xd8}, X86Effect::from_base, -1, -40},
    {"mov %rbp,%rsp", {0x48, 0x89, 0xec}, X86Effect::from_base},
    {"mov %rax,%rsp", {0x48, 0x89, 0xc4}, X86Effect::end},
    {"mov 0x18(%rsp),%rbx", {0x48, 0x8b, 0x5c, 0x24, 0x18}, X86Effect::load_stack, 3, 24},
    {"mov -0x8(%rbp),%rbx", {0x48, 0x8b, 0x5d, 0xf8}, X86Effect::load_base, 3, -8},
    {"mov (%rsp,%rcx,8),%rbx", {0x48, 0x8b, 0x1c, 0xcc}, X86Effect::none},
    {"leave", {0xc9}, X86Effect::leave},
    {"ret", {0xc3}, X86Effect::ret},
    {"repz ret", {0xf3, 0xc3}, X86Effect::ret},
    {"ret $0x10", {0xc2, 0x10, 0x00}, X86Effect::ret, -1, 16},
    {"jmp -2", {0xeb, 0xfe}, X86Effect::jump, -1, 0, -2},
    {"jmp 0x11223344", {0xe9, 0x44, 0x33, 0x22, 0x11}, X86Effect::jump, -1, 0, 0x11223344},
    {"jmp *%rax", {0xff, 0xe0}, X86Effect::end},
    {"je 0x10", {0x74, 0x10}, X86Effect::branch, -1, 0, 16},
    {"jne -0x100", {0x0f, 0x85, 0x00, 0xff, 0xff, 0xff}, X86Effect::branch, -1, 0, -256},
    {"call", {0xe8, 1, 0, 0, 0}, X86Effect::call, -1, 0, 1},
    {"call *0x8(%rax)", {0xff, 0x50, 0x08}, X86Effect::call},
    {"call *%r9", {0x41, 0xff, 0xd1}, X86Effect::call},
    {"syscall", {0x0f, 0x05}, X86Effect::none},
    {"hlt", {0xf4}, X86Effect::end},
    {"ud2", {0x0f, 0x0b}, X86Effect::end},
    {"movabs $1,%rax", {0x48, 0xb8, 1, 0, 0, 0, 0, 0, 0, 0}, X86Effect::none},
    {"vpxor %xmm0,%xmm0,%xmm0", {0xc5, 0xf9, 0xef, 0xc0}, X86Effect::none},
    {"inc without 64 bit", {0x06}, X86Effect::end},
};

TEST(X86Instruction, says_what_becomes_of_the_stack_pointer_and_where_it_goes_on) {
  for (const Case& expected : cases) {
    const X86Instruction found = decode_x86(expected.bytes);
    EXPECT_EQ(found.effect, expected.effect) << expected.text;
    if (expected.effect == X86Effect::end) continue;
    EXPECT_EQ(found.length, expected.bytes.size()) << expected.text;
    EXPECT_EQ(found.reg, expected.reg) << expected.text;
    if (expected.effect == X86Effect::jump || expected.effect == X86Effect::branch)
      EXPECT_EQ(found.target, expected.target) << expected.text;
    else
      EXPECT_EQ(found.amount, expected.amount) << expected.text;
  }
}

TEST(X86Instruction, cut_off_is_unknown) {
  for (const Case& whole : cases) {
    if (whole.bytes.size() < 2 || whole.effect == X86Effect::end) continue;
    for (std::size_t size = 1; size < whole.bytes.size(); ++size) {
      const auto found = decode_x86({whole.bytes.data(), size});
      EXPECT_TRUE(found.length <= size) << whole.text;
    }
  }
}

TEST(X86Instruction, of_random_bytes_never_reaches_beyond_them) {
  std::mt19937 random(1);
  for (unsigned round = 0; round < test::rounds(200'000); ++round) {
    Bytes bytes(random() % 17);
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
    EXPECT_LE(decode_x86(bytes).length, bytes.size());
  }
}

#if defined(__x86_64__)
// "   12345:\t48 83 c4 08 \tadd ..." of objdump -dw
Bytes bytes_of(const std::string& line) {
  Bytes bytes;
  const auto begin = line.find(":\t");
  if (begin == std::string::npos || line.find("(bad)") != std::string::npos) return {};
  std::istringstream words(line.substr(begin + 2, line.find('\t', begin + 2) - begin - 2));
  for (std::string word; words >> word;)
    bytes.push_back(static_cast<std::uint8_t>(std::stoul(word, nullptr, 16)));
  return bytes;
}

TEST(X86Instruction, is_as_long_as_the_disassembler_says_all_through_this_program) {
  const std::unique_ptr<FILE, int (*)(FILE*)> lines(
      popen("objdump -dw -j .text /proc/$PPID/exe 2>/dev/null || true", "r"), pclose);
  ASSERT_TRUE(lines);
  std::array<char, 4096> line{};
  constexpr std::size_t enough = 200'000;
  std::size_t compared = 0, different = 0;
  while (compared < enough && fgets(line.data(), static_cast<int>(line.size()), lines.get()) != nullptr) {
    const Bytes bytes = bytes_of(line.data());
    if (bytes.empty()) continue;
    ++compared;
    if (decode_x86(bytes).length == bytes.size() || decode_x86(bytes).effect == X86Effect::end) continue;
    if (++different < 10) ADD_FAILURE() << line.data();
  }
  std::cout << compared << " instructions compared\n";
  EXPECT_EQ(different, 0U);
}
#endif

}  // namespace
}  // namespace wedged
