// SPDX-License-Identifier: Apache-2.0
#include "kernel/libbpf_error.h"

#include <gtest/gtest.h>

namespace wedged {
namespace {

// As libbpf 1.1 and 1.5 print it.
constexpr const char* refusal =
    "load BPF programs: Operation not permitted\n"
    "libbpf: prog 'walk_tasks': BPF program load failed: Operation not permitted\n"
    "libbpf: permission error while running as root; try raising 'ulimit -l'? current value: 8.0 MiB\n"
    "libbpf: prog 'walk_tasks': failed to load: -1\n"
    "libbpf: failed to load object 'wedged_bpf'";

TEST(RefusedProgram, is_the_one_that_failed_to_load) {
  EXPECT_EQ(refused_program(refusal), "walk_tasks");
  EXPECT_EQ(
      refused_program("libbpf: prog 'other': relo #1\nlibbpf: prog 'mine': BPF program load failed: -EACCES"),
      "mine");
}

TEST(RefusedProgram, is_none_where_something_else_failed) {
  EXPECT_EQ(refused_program(""), "");
  EXPECT_EQ(refused_program("libbpf: map 'threads': failed to create: Operation not permitted(-1)"), "");
  EXPECT_EQ(refused_program("': BPF program load failed"), "");
}

}  // namespace
}  // namespace wedged
