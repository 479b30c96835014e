// SPDX-License-Identifier: Apache-2.0
// Lines of kernels of several versions and machines, and lines that only look like them. Written by hand
// after the kernel's sources; the real logs are in oops_reader_test.cpp.
#include "kernel/oops_text.h"

#include <gtest/gtest.h>

namespace wedged {

TEST(OopsText, the_header_of_an_oops_is_known_on_every_machine) {
  for (
      const auto* line : {
          "Oops: 0002 [#1] PREEMPT SMP NOPTI",                                                    // x86, 6.1
          "Oops: Oops: 0002 [#1] SMP NOPTI",                                                      // x86, 6.12
          "Oops: general protection fault, maybe for address 0xffffffff: 0000 [#2] PREEMPT SMP",  // x86, 6.12
          "general protection fault, probably for non-canonical address 0xdead: 0000 [#12] SMP PTI",
          "invalid opcode: 0000 [#3] PREEMPT SMP KASAN NOPTI", "divide error: 0000 [#1] SMP",
          "Internal error: Oops: 0000000096000004 [#1] PREEMPT SMP",  // arm64
          "Internal error: Oops - BUG: 00000000f2000800 [#1]  SMP",   // arm64, 6.15
          "Internal error: Oops: 0000000096000004 [#1] PREEMPT_{RT,(lazy)} SMP",
          "Internal error: synchronous external abort: 0000000096000010 [#1] SMP",
          "Internal error: Oops: 5 [#1] PREEMPT SMP ARM",   // arm
          "Oops: Kernel access of bad area, sig: 11 [#1]",  // powerpc
          "Oops [#1]",                                      // riscv
          "Oops: 0004 ilc:2 [#1] PREEMPT SMP ",             // s390
      }) {
    EXPECT_TRUE(is_oops_header(line)) << line;
  }
}

TEST(OopsText, other_reports_have_no_header_of_an_oops) {
  for (const auto* line : {
           "BUG: kernel NULL pointer dereference, address: 0000000000000000",
           "WARNING: CPU: 1 PID: 118 at kernel/fork.c:17 fork+0x22d/0x1000",
           "watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [name:123]",
           "rcu: INFO: rcu_preempt self-detected stall on CPU",
           "INFO: task jbd2/dm-0-8:123 blocked for more than 120 seconds. [#1]",
           "BUG: scheduling while atomic: swapper/1/0/0x00000002",
           "BUG: workqueue lockup - pool cpus=1 node=0 flags=0x0 nice=0 stuck for 30s!",
           "Kernel panic - not syncing: Fatal exception",
           "traps: name[123] general protection fault ip:401000 sp:7ffe error:0 in name[400000+1000]",
           "note: name[123] exited with irqs disabled",
       }) {
    EXPECT_FALSE(is_oops_header(line)) << line;
  }
}

// A name has 15 bytes, and some messages of the kernel begin with it; a device tells more of itself.
TEST(OopsText, names_do_not_pass_for_a_header) {
  EXPECT_FALSE(
      is_oops_header("Oops: 0000 [#1][123]: segfault at 0 ip 401000 sp 7ffe error 4 in x[400000+1000]"));
  EXPECT_FALSE(is_oops_header("Oops [#1] SMP: page allocation failure: order:0"));
  EXPECT_FALSE(is_oops_header("usb 1-1: Product: Oops: 0002 [#1] SMP"));
  EXPECT_FALSE(is_oops_header("int3 toy: 0000 [#1] SMP of mine"));
  EXPECT_FALSE(is_oops_header("overflow of 12 [#1] SMP"));
  EXPECT_FALSE(is_oops_header("Oops: [#1"));
  EXPECT_FALSE(is_oops_header("Oops: x [#] SMP"));
  EXPECT_FALSE(is_oops_header("Oops: x [#1] (SMP"));
}

TEST(OopsText, the_text_of_a_header_ends_before_its_counter) {
  EXPECT_EQ(header_text("divide error: 0000 [#1] SMP"), "divide error: 0000");
  EXPECT_EQ(header_text("Oops [#1]"), "Oops");
}

TEST(OopsText, a_thread_is_named_by_old_and_new_kernels) {
  EXPECT_EQ(thread_in("CPU: 0 PID: 98 Comm: sh Tainted: G      D    OE      6.1.0-56-cloud-amd64 #1"),
            (NamedThread{98, "sh"}));
  EXPECT_EQ(thread_in("CPU: 0 UID: 4294967294 PID: 4194303 Comm: kworker/0:1 Not tainted 6.14.0 #1"),
            (NamedThread{4194303, "kworker/0:1"}));
  EXPECT_EQ(thread_in("CPU: 0 PID: 98 Comm: sh Kdump: loaded Tainted: G  6.1.0 #1"), (NamedThread{98, "sh"}));
  EXPECT_EQ(thread_in("CPU: 0 PID: 98 Comm:  Not tainted 6.1.0 #1"), (NamedThread{98, ""}));
}

TEST(OopsText, a_thread_with_a_hostile_name_keeps_it) {
  EXPECT_EQ(thread_in("CPU: 0 PID: 98 Comm: a Not tainted Tainted: G  6.1.0 #1"),
            (NamedThread{98, "a Not tainted"}));
  EXPECT_EQ(thread_in("CPU: 0 PID: 98 Comm: x Not tainted 6 Not tainted 6.1.0 #1"),
            (NamedThread{98, "x Not tainted 6"}));
  EXPECT_EQ(thread_in("CPU: 0 PID: 98 Comm: PID: 7 Comm: y Not tainted 6.1.0 #1"),
            (NamedThread{98, "PID: 7 Comm: y"}));
}

TEST(OopsText, a_line_that_is_cut_off_names_no_thread) {
  const std::string line = "CPU: 0 UID: 0 PID: 98 Comm: sh Not tainted";
  EXPECT_TRUE(thread_in(line).has_value());
  for (std::size_t length = 0; length < line.size(); ++length)
    EXPECT_FALSE(thread_in(line.substr(0, length)).has_value()) << length;
  EXPECT_FALSE(thread_in("CPU: 0 PID: 99999999999 Comm: sh Not tainted 6.1").has_value());
  EXPECT_FALSE(thread_in("WARNING: CPU: 1 PID: 118 at kernel/fork.c:17 fork+0x22d/0x1000").has_value());
}

}  // namespace wedged
