// SPDX-License-Identifier: Apache-2.0
// Entries of the journal, byte by byte and field by field.
#include "report/journal_fields.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "unit/report/report_values.h"

namespace wedged {

using namespace test;
using namespace std::string_literals;

using FieldMap = std::map<std::string, std::string>;

FieldMap map_of(const JournalFields& fields) {
  FieldMap map;
  for (const auto& [name, value] : fields) {
    EXPECT_TRUE(map.emplace(name, value).second) << name << " is there twice";
  }
  return map;
}

TEST(JournalFields, of_a_finding_say_what_it_is_and_whose) {
  const FieldMap expected = {{"MESSAGE_ID", "f082178ab6254cc9b59f98825de27872"},
                             {"PRIORITY", "4"},
                             {"WEDGED_EVENT_NAME", "finding_raised"},
                             {"WEDGED_CAUSE", "uninterruptible_wait"},
                             {"WEDGED_CERTAINTY", "likely"},
                             {"WEDGED_PID", "1234"},
                             {"WEDGED_TID", "1250"},
                             {"WEDGED_COMM", "postgres"},
                             {"WEDGED_UNIT", "postgresql@15-main.service"},
                             {"OBJECT_SYSTEMD_UNIT", "postgresql@15-main.service"}};
  EXPECT_EQ(map_of(fields_of_raised(a_stuck_database())), expected);
}

TEST(JournalFields, of_a_resolved_finding_differ_in_kind_and_priority_alone) {
  auto expected = map_of(fields_of_raised(a_stuck_database()));
  expected["MESSAGE_ID"] = "493d819b2331416fbd916298171cab30";
  expected["WEDGED_EVENT_NAME"] = "finding_resolved";
  expected["PRIORITY"] = "6";
  EXPECT_EQ(map_of(fields_of_resolved(a_stuck_database())), expected);
}

TEST(JournalFields, the_priority_of_a_finding_is_its_certainty) {
  const std::map<Certainty, std::string> expected{
      {Certainty::possible, "5"}, {Certainty::likely, "4"}, {Certainty::certain, "3"}};
  for (const auto& [certainty, priority] : expected)
    EXPECT_EQ(map_of(fields_of_raised(a_finding().certainty(certainty)))["PRIORITY"], priority);
}

TEST(JournalFields, what_is_not_known_is_left_out) {
  Finding finding = a_finding().unit("");
  finding.task.comm.clear();
  finding.task.process_comm.clear();
  const auto fields = map_of(fields_of_raised(finding));
  for (const char* name : {"WEDGED_UNIT", "OBJECT_SYSTEMD_UNIT", "WEDGED_COMM"})
    EXPECT_FALSE(fields.contains(name)) << name;
}

TEST(JournalFields, of_decisions_and_outcomes_name_rule_action_and_result) {
  auto fields = map_of(fields_of_decision(a_decision(Verdict::refuse, Refusal::protected_name)));
  EXPECT_EQ(fields["WEDGED_RULE"], "kill-stuck-writers");
  EXPECT_EQ(fields["WEDGED_ACTION"], "SIGKILL");
  EXPECT_EQ(fields["WEDGED_VERDICT"], "refuse");
  EXPECT_EQ(fields["WEDGED_REFUSAL"], "protected_name");
  EXPECT_EQ(fields["WEDGED_PID"], "1234");
  fields = map_of(fields_of_outcome({a_decision(Verdict::act), OutcomeKind::failed, "", test_now}));
  EXPECT_EQ(fields["WEDGED_RESULT"], "failed");
  EXPECT_EQ(fields["PRIORITY"], "3");
  EXPECT_FALSE(fields.contains("WEDGED_REFUSAL"));
}

// systemd reads the command line of a process that it is told of so, and would hang with it.
TEST(JournalFields, never_make_journald_look_at_a_process) {
  const Outcome outcome{a_decision(Verdict::act), OutcomeKind::done, "", test_now};
  for (const auto& fields : {fields_of_raised(a_stuck_database()), fields_of_outcome(outcome)})
    EXPECT_FALSE(map_of(fields).contains("OBJECT_PID"));
}

TEST(JournalEntry, has_a_line_for_each_field) {
  EXPECT_EQ(journal_entry({{"PRIORITY", "4"}}, "it hangs\n", "{\"a\":1}\n"),
            "MESSAGE=it hangs\n"
            "SYSLOG_IDENTIFIER=wedged\n"
            "PRIORITY=4\n"
            "WEDGED_EVENT={\"a\":1}\n");
}

TEST(JournalEntry, of_several_lines_tells_its_length_in_eight_bytes) {
  const std::string message = "it hangs\n" + std::string(300, 'x');  // 309 bytes: 0x135
  EXPECT_EQ(journal_entry({}, message + "\n", "{}"), "MESSAGE\n"s + "\x35\x01\0\0\0\0\0\0"s + message +
                                                         "\nSYSLOG_IDENTIFIER=wedged\nWEDGED_EVENT={}\n");
}

TEST(JournalEntry, a_name_cannot_add_fields_of_its_own) {
  Finding finding = a_stuck_database();
  finding.task.process_comm = "x\nMESSAGE=all is well";
  const auto entry = journal_entry(fields_of_raised(finding), "it hangs", "{}");
  EXPECT_NE(entry.find("WEDGED_COMM\n\x15"s + std::string(7, '\0') + "x\nMESSAGE=all is well\n"),
            std::string::npos);
}

TEST(EventTable, ids_are_hexadecimal_and_no_two_the_same) {
  std::set<std::string_view> ids, names;
  for (const EventRow& row : event_table()) {
    EXPECT_EQ(row.message_id.find_first_not_of("0123456789abcdef"), std::string_view::npos);
    EXPECT_TRUE(ids.insert(row.message_id).second) << row.name;
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
  }
}

}  // namespace wedged
