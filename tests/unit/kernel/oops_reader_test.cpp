// SPDX-License-Identifier: Apache-2.0
// Whole logs: real ones of x86_64, ones of arm64 written by hand, and such in which reports run through each
// other.
#include "kernel/oops_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "unit/kernel/kmsg_records.h"

namespace wedged {
namespace {

using namespace test;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const std::string null_pointer = "BUG: kernel NULL pointer dereference, address: 0000000000000000";
const std::string header = "Oops: 0002 [#1] PREEMPT SMP NOPTI";
const std::string end = "---[ end trace 0000000000000000 ]---";

std::string thread(int tid, const std::string& comm = "sh") {
  return "CPU: 1 PID: " + std::to_string(tid) + " Comm: " + comm + " Not tainted 6.1.0 #1";
}

std::vector<std::optional<int>> threads_of(const std::vector<OopsReport>& reports) {
  std::vector<std::optional<int>> threads;
  for (const auto& report : reports) threads.push_back(report.tid);
  return threads;
}

TEST(OopsReader, finds_the_five_oopses_of_linux_6_1_and_nothing_else) {
  const auto reports = reports_in(captured_log("linux-6.1"));
  ASSERT_THAT(threads_of(reports), ElementsAre(98, 103, 113, 123, 126));
  EXPECT_EQ(reports[0].what, "BUG: kernel NULL pointer dereference, address: 0000000000000008");
  EXPECT_EQ(reports[1].what, "general protection fault, maybe for address 0xffffffff: 0000");
  EXPECT_EQ(reports[2].what, "kernel BUG at /build/faultmod.c:16!");
  EXPECT_EQ(reports[3].what, "divide error: 0000");
  EXPECT_EQ(reports[0].comm, "a Not tainted");
  EXPECT_EQ(reports[4].comm, "x\\y \xc3\xa9\nOops");
  EXPECT_EQ(reports[0].at, Instant{5'250'775us});
}

TEST(OopsReader, finds_the_five_oopses_of_linux_6_12_and_nothing_else) {
  const auto reports = reports_in(captured_log("linux-6.12"));
  ASSERT_THAT(threads_of(reports), ElementsAre(152, 157, 167, 177, 180));
  EXPECT_EQ(reports[0].what, "BUG: kernel NULL pointer dereference, address: 0000000000000008");
  EXPECT_EQ(reports[1].what, "Oops: general protection fault, maybe for address 0xffffffff: 0000");
  EXPECT_EQ(reports[2].what, "kernel BUG at /build/faultmod.c:16!");
}

TEST(OopsReader, keeps_the_lines_that_a_person_reads) {
  const auto reports = reports_in(captured_log("linux-6.12"));
  ASSERT_THAT(reports, SizeIs(5));
  EXPECT_THAT(
      reports[0].lines,
      ElementsAre("BUG: kernel NULL pointer dereference, address: 0000000000000008",
                  "#PF: supervisor write access in kernel mode", "#PF: error_code(0x0002) - not-present page",
                  "PGD 2fe34067 P4D 2fe34067 PUD 2fe4f067 PMD 0 ", "Oops: Oops: 0002 [#1] PREEMPT SMP NOPTI",
                  "CPU: 0 UID: 0 PID: 152 Comm: a Not tainted Tainted: G           OE      "
                  "6.12.117+deb12-cloud-amd64 #1  Debian 6.12.117-1~deb12u1",
                  "Tainted: [O]=OOT_MODULE, [E]=UNSIGNED_MODULE",
                  "RIP: 0010:fault_write+0xaf/0xff0 [faultmod]", "Call Trace:", " proc_reg_write+0x57/0xa0",
                  " vfs_write+0xf5/0x450", " ksys_write+0x6f/0xf0", " do_syscall_64+0x87/0x180",
                  " entry_SYSCALL_64_after_hwframe+0x76/0x7e", "RIP: 0033:0x47b7a0"));
}

// By hand, after arch/arm64/mm/fault.c and kernel/traps.c.
TEST(OopsReader, reads_a_report_of_arm64) {
  const auto reports = reports_in(log_of({
      "Unable to handle kernel NULL pointer dereference at virtual address 0000000000000008",
      "Mem abort info:",
      "  ESR = 0x0000000096000046",
      "  EC = 0x25: DABT (current EL), IL = 32 bits",
      "  SET = 0, FnV = 0",
      "  EA = 0, S1PTW = 0",
      "  FSC = 0x06: level 2 translation fault",
      "Data abort info:",
      "  ISV = 0, ISS = 0x00000046, ISS2 = 0x00000000",
      "user pgtable: 4k pages, 48-bit VAs, pgdp=0000000101c54000",
      "[0000000000000008] pgd=0800000101c55003, p4d=0800000101c55003, pmd=0000000000000000",
      "Internal error: Oops: 0000000096000046 [#1] SMP",
      "Modules linked in: faultmod(OE)",
      "CPU: 2 UID: 0 PID: 4321 Comm: postgres Tainted: G           OE      6.12.9-arm64 #1",
      "Hardware name: linux,dummy-virt (DT)",
      "pstate: 60400005 (nZCv daif +PAN -UAO -TCO -DIT -SSBS BTYPE=--)",
      "pc : fault_write+0x68/0x94 [faultmod]",
      "lr : proc_reg_write+0xa7/0x100",
      "sp : ffff8000800dbe90",
      "x29: ffff8000800dbe90 x28: 0000000000000000 x27: 0000000000000000",
      "Call trace:",
      " fault_write+0x68/0x94 [faultmod]",
      "Code: a9bf7bfd 910003fd f9000f80 (e5c3201c)",
      end,
  }));
  ASSERT_THAT(reports, SizeIs(1));
  EXPECT_EQ(reports[0].tid, 4321);
  EXPECT_EQ(reports[0].comm, "postgres");
  EXPECT_EQ(reports[0].what,
            "Unable to handle kernel NULL pointer dereference at virtual address 0000000000000008");
  EXPECT_THAT(reports[0].lines, SizeIs(most_oops_lines));
}

TEST(OopsReader, takes_warnings_lockups_stalls_and_hung_tasks_for_no_oops) {
  EXPECT_THAT(reports_in(log_of({
                  "------------[ cut here ]------------",
                  "WARNING: CPU: 1 PID: 118 at kernel/fork.c:17 fork+0x22d/0x1000",
                  thread(118),
                  end,
                  "watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [name:123]",
                  thread(123),
                  "rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:",
                  thread(124),
                  "INFO: task jbd2/dm-0-8:125 blocked for more than 120 seconds.",
                  "BUG: scheduling while atomic: sh/126/0x00000002",
                  thread(126),
                  "BUG: sleeping function called from invalid context at kernel/locking/mutex.c:1",
                  thread(127),
              })),
              IsEmpty());
}

TEST(OopsReader, believes_nothing_that_user_space_wrote) {
  EXPECT_THAT(reports_in(log_of({"!" + header, "!" + thread(1), "!" + end})), IsEmpty());
  EXPECT_THAT(threads_of(reports_in(log_of({header, "!" + thread(1), thread(7), "!" + end, end}))),
              ElementsAre(7));
}

TEST(OopsReader, a_newline_in_a_name_begins_no_line) {
  EXPECT_THAT(reports_in(log_of({"x\\x0aOops: 0 [#1][123]: segfault at 0", "y\\x0a" + header})), IsEmpty());
}

TEST(OopsReader, is_told_of_no_thread_where_a_warning_runs_through_before_the_thread_is_named) {
  const auto reports = reports_in(log_of(
      {null_pointer, header, "WARNING: CPU: 0 PID: 55 at kernel/fork.c:17", thread(55), thread(7), end}));
  ASSERT_THAT(reports, SizeIs(1));
  EXPECT_FALSE(reports[0].tid.has_value());
  EXPECT_EQ(reports[0].comm, "");
  EXPECT_EQ(reports[0].what, null_pointer);
}

TEST(OopsReader, does_not_choose_between_two_threads) {
  EXPECT_THAT(threads_of(reports_in(log_of({header, thread(7), thread(8), thread(7), end}))),
              ElementsAre(std::nullopt));
}

TEST(OopsReader, is_not_confused_by_a_warning_after_the_thread_was_named) {
  EXPECT_THAT(
      threads_of(reports_in(log_of({header, thread(7), "WARNING: CPU: 0 PID: 55 at x", thread(55), end}))),
      ElementsAre(7));
}

TEST(OopsReader, goes_by_the_caller_where_the_log_tells_it) {
  const auto reports =
      reports_in(log_of({"T7|" + null_pointer, "T8|kernel BUG at mm/slub.c:305!", "T7|" + header,
                         "C1|watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [x:9]", "C1|" + thread(9),
                         "T7|" + thread(7), "T8|" + end, "T7|RIP: 0010:f+0x1/0x2", "T7|" + end}));
  ASSERT_THAT(reports, SizeIs(1));
  EXPECT_EQ(reports[0].tid, 7);
  EXPECT_EQ(reports[0].what, null_pointer);
  EXPECT_THAT(reports[0].lines, ElementsAre(null_pointer, header, thread(7), "RIP: 0010:f+0x1/0x2"));
}

TEST(OopsReader, says_only_what_the_header_says_where_two_reasons_come_before_it) {
  const auto reports =
      reports_in(log_of({null_pointer, "kernel BUG at mm/slub.c:305!", header, thread(7), end}));
  ASSERT_THAT(reports, SizeIs(1));
  EXPECT_EQ(reports[0].what, "Oops: 0002");
}

TEST(OopsReader, does_not_take_the_reason_of_the_report_before) {
  const auto reports =
      reports_in(log_of({null_pointer, header, thread(7), "divide error: 0000 [#2] SMP", thread(8)}));
  ASSERT_THAT(threads_of(reports), ElementsAre(7, 8));
  EXPECT_EQ(reports[1].what, "divide error: 0000");
}

TEST(OopsReader, tells_a_report_once_and_when_it_is_whole) {
  OopsReader reader;
  feed(reader, log_of({null_pointer, header, thread(7)}));
  EXPECT_THAT(reader.take(), IsEmpty());
  feed(reader, log_of({"RIP: 0010:f+0x1/0x2", end}));
  EXPECT_THAT(threads_of(reader.take()), ElementsAre(7));
  EXPECT_THAT(reader.take(), IsEmpty());
}

TEST(OopsReader, tells_a_report_without_an_end_when_no_more_of_it_comes) {
  OopsReader reader;
  feed(reader, log_of({header, thread(7)}));
  EXPECT_THAT(reader.take(), IsEmpty());
  feed(reader, log_of({"Call Trace:"}));
  EXPECT_THAT(reader.take(), IsEmpty());
  EXPECT_THAT(threads_of(reader.take()), ElementsAre(7));
}

TEST(OopsReader, ends_a_report_where_records_are_missing) {
  OopsReader reader;
  feed(reader, log_of({header}));
  reader.skip();
  feed(reader, log_of({thread(8), end}));
  EXPECT_THAT(threads_of(reader.take()), ElementsAre(std::nullopt));
}

TEST(OopsReader, bounds_what_it_keeps) {
  std::vector<std::string> texts{header, thread(7)};
  for (int line = 0; line < 1000; ++line) texts.push_back(std::string(2000, 'x'));
  const auto reports = reports_in(log_of(texts));
  ASSERT_THAT(reports, SizeIs(1));
  EXPECT_THAT(reports[0].lines, SizeIs(most_oops_lines));
  EXPECT_EQ(reports[0].lines.back().size(), most_oops_line_bytes);
}

std::string damaged(std::string log, std::mt19937_64& random) {
  static const std::vector<std::string> pieces{";",        ",",
                                               "\n",       "[#",
                                               "]",        "Oops: ",
                                               "CPU: ",    " PID: ",
                                               "\\x0a",    "\xff",
                                               "4,1,1,-;", "99999999999999999999",
                                               " Comm: ",  "---[ end trace ",
                                               "\\"};
  for (std::size_t left = 1 + random() % 8; left > 0; --left) {
    const auto at = log.empty() ? 0 : random() % log.size();
    switch (random() % 4) {
      case 0: log.insert(at, pieces[random() % pieces.size()]); break;
      case 1: log.erase(at, 1 + random() % 300); break;
      case 2: log.insert(at, log.substr(log.empty() ? 0 : random() % log.size(), random() % 400)); break;
      default: log[at] = static_cast<char>(random()); break;
    }
  }
  return log;
}

// A damaged log may tell of other threads, but of few, and within bounds.
TEST(OopsReader, survives_thousands_of_damaged_logs) {
  std::mt19937_64 random(11);
  std::size_t found = 0;
  for (const auto* name : {"linux-6.1", "linux-6.12"}) {
    const auto log = captured_log(name);
    for (int turn = 0; turn < 2000; ++turn) {
      const auto begin = random() % log.size();
      for (const auto& report : reports_in(damaged(log.substr(begin, 1 + random() % 8000), random))) {
        ++found;
        ASSERT_LE(report.lines.size(), most_oops_lines);
        ASSERT_LE(report.what.size(), most_oops_line_bytes);
        ASSERT_GE(report.tid.value_or(0), 0);
        ASSERT_LE(report.comm.size(), 15U);
      }
    }
  }
  EXPECT_GT(found, 1000U);
}

}  // namespace
}  // namespace wedged
