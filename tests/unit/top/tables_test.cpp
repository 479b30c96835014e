// SPDX-License-Identifier: Apache-2.0
#include "top/tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "top_world.h"

namespace wedged::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;
using testing::StartsWith;

constexpr int call_read = 0, call_futex = 202;

TopTable sorted(const TopSample& sample, TopView view) {
  auto table = table_of(sample, view);
  sort_rows(table, first_order(view));
  return table;
}

TEST(TopTables, have_a_cell_for_every_column_and_a_first_order_among_them) {
  auto sample = sample_of({}, {in_call(counted(thread(1, 1, "a"), 5, 1), call_read, 1s)});
  sample.findings = {stuck(1, "a", 3s)};
  sample.rates = rates_between({}, {stats(call_read, 300, 50, 3)}, 1s);
  for (std::size_t at = 0; at < top_views; ++at) {
    const auto view = static_cast<TopView>(at);
    const auto table = table_of(sample, view);
    SCOPED_TRACE(title_of(view));
    ASSERT_THAT(table.rows, SizeIs(1));
    EXPECT_THAT(table.rows[0].cells, SizeIs(table.columns.size()));
    EXPECT_LT(first_order(view).column, table.columns.size());
    EXPECT_TRUE(table.columns[first_order(view).column].number);
    EXPECT_NE(table.rows[0].subject, TopSubject{});
    EXPECT_FALSE(table.empty.empty());
  }
}

TEST(TopTables, say_that_they_are_looking_until_they_have_judged) {
  TopSample sample;
  EXPECT_EQ(stuck_table(sample).empty, "looking...");
  sample.judged = true;
  EXPECT_EQ(stuck_table(sample).empty, "nothing is stuck");
  sample.calls_tracked = false;
  EXPECT_THAT(syscalls_table(sample).empty, HasSubstr("--observe scan"));
}

TEST(TopTables, show_who_is_stuck_longest_first) {
  const auto table = sorted(two_stuck(), TopView::stuck);
  EXPECT_THAT(rows_of(table), ElementsAre(StartsWith("self_deadlock older\\x1b[31m 2/2 >5 min"),
                                          StartsWith("self_deadlock younger 1/1 >3.0 s")));
  EXPECT_EQ(table.rows[0].alarm, TopAlarm::bad);
}

TEST(TopTables, show_the_thread_that_has_ended_and_not_who_is_left) {
  TopSample sample;
  Finding finding = stuck(1, "main", 3s);
  Task ended = finding.task;
  ended.id.tid = 5;
  ended.comm = "worker";
  ended.state = RunState::dead;
  finding.key = {Cause::crashed_thread, ended.id};
  finding.threads = {{ended, {}, {}, "nothing any more: it crashed"}};
  sample.findings = {finding};
  EXPECT_THAT(rows_of(stuck_table(sample)),
              ElementsAre(HasSubstr(" 1/5 >3.0 s certain worker - nothing any more: it crashed")));
}

TEST(TopTables, show_of_each_call_in_flight_the_thread_that_is_in_it_longest) {
  auto sample =
      sample_of({}, {in_call(thread(1, 1, "a"), call_read, 1s), in_call(thread(2, 2, "b"), call_read, 90s),
                     in_cgroup(in_call(thread(3, 4, "c"), call_futex, 5s), 7)});
  sample.findings = {stuck(1, "a", 3s)};
  const auto table = sorted(sample, TopView::calls);
  EXPECT_THAT(rows_of(table),
              ElementsAre("read 1 min 30 s 2 2/2 b b -", "futex 5.0 s 1 3/4 c c postgresql.service"));
  EXPECT_EQ(table.rows[0].alarm, TopAlarm::bad) << "a thread in it is stuck, if not the longest";
  EXPECT_EQ(table.rows[1].alarm, TopAlarm::none);
  EXPECT_EQ(table.rows[0].subject, TopSubject{(CallSubject{call_read, false})});
}

TEST(TopTables, show_rates_of_processes_and_what_is_unknown_as_a_dash) {
  auto sample = sample_of({counted(thread(1, 1, "a"), 0, 0)},
                          {lasting(counted(thread(1, 1, "a"), 250, 4), 250, 500us), thread(2, 2, "unknown")});
  sample.findings = {stuck(2, "unknown", 3s)};
  const auto table = sorted(sample, TopView::processes);
  EXPECT_THAT(rows_of(table), ElementsAre("a 1 250 4.0 2 us 1 0 0 - -", "unknown 2 - - - 1 0 1 - -"));
  EXPECT_EQ(table.rows[1].alarm, TopAlarm::bad);
}

TEST(TopTables, show_units_with_their_stuck_threads_and_those_no_census_has_seen) {
  auto sample = sample_of({}, {in_cgroup(counted(thread(1, 1, "postgres"), 10, 0), 7)});
  Finding of_postgres = stuck(1, "postgres", 3s);
  of_postgres.unit = "postgresql.service";
  of_postgres.victims = of_postgres.threads;
  sample.findings = {of_postgres, stuck(8, "gone", 4s)};
  EXPECT_THAT(rows_of(sorted(sample, TopView::units)),
              ElementsAre("postgresql.service 10 0 - 1 1 0 1 1 -", "gone - - - 0 0 0 1 0 -"));
}

TEST(TopTables, count_a_thread_once_however_many_findings_it_is_in) {
  auto sample = sample_of({}, {thread(1, 1, "db")});
  auto killed = stuck(1, "db", 30s);
  killed.key.cause = Cause::unkillable;
  sample.findings = {stuck(1, "db", 30s), killed};
  EXPECT_THAT(rows_of(sorted(sample, TopView::units)), ElementsAre("db - - - 1 1 0 1 0 -"));
}

TEST(TopTables, sort_ids_and_the_longest_calls_by_what_they_are) {
  auto sample = sample_of({}, {in_call(thread(1000, 1000, "a"), call_read, 2ms),
                               in_call(thread(999, 999, "b"), call_futex, 300s), thread(998, 998, "c")});
  sample.findings = {stuck(1000, "a", 3s), stuck(999, "b", 3s)};
  auto found = stuck_table(sample);
  sort_rows(found, {2, false});
  EXPECT_THAT(rows_of(found), ElementsAre(HasSubstr(" 999/999 "), HasSubstr(" 1000/1000 ")));
  auto processes = processes_table(sample);
  sort_rows(processes, {processes.columns.size() - 1, false});
  EXPECT_THAT(rows_of(processes),
              ElementsAre(HasSubstr("futex 5 min"), HasSubstr("read 2 ms"), HasSubstr("c 998")));
}

TEST(TopTables, list_threads_longest_in_their_call_first_and_no_more_than_asked_for) {
  auto sample =
      sample_of({}, {in_call(thread(1, 1, "a"), call_read, 1s), in_call(thread(1, 2, "b"), call_read, 7s),
                     thread(1, 3, "c"), thread(9, 9, "other")});
  sample.findings = {stuck(1, "a", 3s)};
  const auto of_first = [](const CensusThread& thread) { return thread.process.tgid == 1; };
  EXPECT_THAT(rows_of(threads_table(sample, of_first, 2)),
              ElementsAre("2 b S read 7.0 s - - - - b 1", "1 a S read 1.0 s - - - self_deadlock a 1"));
}

struct CellCase {
  const char* what;
  TopCell cell;
  const char* text;
};

class TopCells : public testing::TestWithParam<CellCase> {};

TEST_P(TopCells, read_well) {
  EXPECT_EQ(GetParam().cell.text, GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(Top, TopCells,
                         testing::Values(CellCase{"zero", number_cell(0), "0"},
                                         CellCase{"small", number_cell(0.34), "0.3"},
                                         CellCase{"great", number_cell(12345.6), "12346"},
                                         CellCase{"count", count_cell(3), "3"},
                                         CellCase{"nothing", text_cell(""), "-"},
                                         CellCase{"hostile", text_cell("\033c"), "\\x1bc"},
                                         CellCase{"microseconds", length_cell(2500ns), "2 us"},
                                         CellCase{"less_than_one", length_cell(1ns), "1 us"},
                                         CellCase{"lower_bound", length_cell(3s, false), ">3.0 s"}),
                         [](const auto& test) { return std::string(test.param.what); });

void PrintTo(const CellCase& test, std::ostream* out) {
  *out << test.what;
}

}  // namespace
}  // namespace wedged::test
