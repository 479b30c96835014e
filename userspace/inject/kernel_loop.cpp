// SPDX-License-Identifier: Apache-2.0
// A call that runs in the kernel for more than an hour and never sleeps: it lets a BPF program of four
// thousand steps run four thousand million times (BPF_PROG_TEST_RUN with `repeat`). Between two runs the
// kernel looks for signals and lets others have the CPU (net/bpf/test_run.c), so it harms nobody and SIGKILL
// ends it.
#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <limits>

#include "inject/stage.h"
#include "inject/variants.h"

namespace wedged::inject {
namespace {

constexpr std::size_t most_steps = 4096;  // of a program, before Linux 5.2

constexpr bpf_insn step(std::uint8_t code, std::int32_t value) {
  bpf_insn instruction{};
  instruction.code = code;
  instruction.imm = value;
  return instruction;
}

constexpr auto long_program() {
  std::array<bpf_insn, most_steps> program{};
  program.fill(step(BPF_ALU64 | BPF_ADD, 1));  // a constant (BPF_K, which is 0) to register 0
  program.front() = step(BPF_ALU64 | BPF_MOV | BPF_K, 0);
  program.back() = step(BPF_JMP | BPF_EXIT, 0);
  return program;
}

std::uint64_t address_of(const void* object) {
  return reinterpret_cast<std::uintptr_t>(object);
}

int bpf(int command, bpf_attr& attributes) {
  return static_cast<int>(syscall(SYS_bpf, command, &attributes, sizeof(attributes)));
}

int load() {
  static constexpr auto program = long_program();
  bpf_attr attributes{};
  attributes.prog_type = BPF_PROG_TYPE_SOCKET_FILTER;
  attributes.insns = address_of(program.data());
  attributes.insn_cnt = program.size();
  attributes.license = address_of("GPL");
  return must(bpf(BPF_PROG_LOAD, attributes), "load a BPF program");
}

void in_test_run(const Stage& stage) {
  const std::array<char, 64> packet{};
  bpf_attr attributes{};
  attributes.test.prog_fd = static_cast<std::uint32_t>(load());
  attributes.test.data_in = address_of(packet.data());
  attributes.test.data_size_in = packet.size();
  attributes.test.repeat = std::numeric_limits<std::uint32_t>::max();
  stage.announce({getpid(), own_tid(), 0, Awaited::to_be_runnable(), {}});
  must(bpf(BPF_PROG_TEST_RUN, attributes), "run a BPF program");
}

constexpr std::array variants{
    Variant{"bpf_test_run", "one call runs a BPF program four thousand million times (needs root)",
            in_test_run},
};

}  // namespace

std::span<const Variant> kernel_loop_variants() {
  return variants;
}

}  // namespace wedged::inject
