// SPDX-License-Identifier: Apache-2.0
#include "report/journal_fields.h"

#include <syslog.h>

#include <cstdint>

#include "report/subject.h"

namespace wedged {
namespace {

JournalFields head(EventKind kind, int priority) {
  const auto& row = event_table()[static_cast<std::size_t>(kind)];
  return {{"MESSAGE_ID", std::string(row.message_id)},
          {"PRIORITY", std::to_string(priority)},
          {"WEDGED_EVENT_NAME", std::string(row.name)}};
}

void add(JournalFields& fields, std::string_view name, std::string value) {
  if (!value.empty()) fields.emplace_back(name, std::move(value));
}

void add_finding(JournalFields& fields, const Finding& finding) {
  const Task& task = finding.task;
  add(fields, "WEDGED_CAUSE", std::string(name_of(finding.key.cause)));
  add(fields, "WEDGED_CERTAINTY", std::string(name_of(finding.certainty)));
  add(fields, "WEDGED_PID", std::to_string(task.process.tgid));
  add(fields, "WEDGED_TID", std::to_string(finding.key.task.tid));
  add(fields, "WEDGED_COMM", task.process_comm.empty() ? task.comm : task.process_comm);
  add(fields, "WEDGED_UNIT", finding.unit);
  add(fields, "OBJECT_SYSTEMD_UNIT", finding.unit);
}

void add_decision(JournalFields& fields, const Decision& decision) {
  add(fields, "WEDGED_RULE", decision.rule);
  add(fields, "WEDGED_ACTION", decision.rung.name());
  add(fields, "WEDGED_VERDICT", std::string(name_of(decision.verdict)));
  if (decision.verdict == Verdict::refuse)
    add(fields, "WEDGED_REFUSAL", std::string(name_of(decision.refusal)));
}

int priority_of(Certainty certainty) {
  switch (certainty) {
    case Certainty::certain: return LOG_ERR;
    case Certainty::likely: return LOG_WARNING;
    case Certainty::possible: break;
  }
  return LOG_NOTICE;
}

int priority_of(OutcomeKind kind) {
  switch (kind) {
    case OutcomeKind::failed:
    case OutcomeKind::timed_out: return LOG_ERR;
    case OutcomeKind::done:
    case OutcomeKind::guarded: return LOG_WARNING;
    case OutcomeKind::dry_run:
    case OutcomeKind::started:
    case OutcomeKind::gone:
    case OutcomeKind::changed: break;
  }
  return LOG_NOTICE;
}

int priority_of(EventKind kind) {
  switch (kind) {
    case EventKind::enforcement_suspended: return LOG_CRIT;
    case EventKind::reload_failed:
    case EventKind::ledger_not_kept: return LOG_ERR;
    case EventKind::restart_needed:
    case EventKind::warning: return LOG_WARNING;
    case EventKind::enforcement_resumed: return LOG_NOTICE;
    default: break;
  }
  return LOG_INFO;
}

std::string_view without_end_of_line(std::string_view text) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  return text;
}

// A value with line breaks goes as its length, 64 bits little endian, and its bytes.
void append(std::string& bytes, std::string_view name, std::string_view value) {
  bytes += name;
  if (value.find('\n') == std::string_view::npos) {
    bytes += '=';
  } else {
    bytes += '\n';
    for (unsigned shift = 0; shift < 64; shift += 8)
      bytes += static_cast<char>(static_cast<std::uint64_t>(value.size()) >> shift & 0xffU);
  }
  bytes += value;
  bytes += '\n';
}

}  // namespace

JournalFields fields_of_raised(const Finding& finding) {
  auto fields = head(EventKind::finding_raised, priority_of(finding.certainty));
  add_finding(fields, finding);
  return fields;
}

JournalFields fields_of_resolved(const Finding& finding) {
  auto fields = head(EventKind::finding_resolved, LOG_INFO);
  add_finding(fields, finding);
  return fields;
}

JournalFields fields_of_decision(const Decision& decision) {
  auto fields = head(EventKind::decision, decision.verdict == Verdict::act ? LOG_WARNING : LOG_NOTICE);
  add_decision(fields, decision);
  add_finding(fields, decision.finding);
  return fields;
}

JournalFields fields_of_outcome(const Outcome& outcome) {
  auto fields = head(EventKind::outcome, priority_of(outcome.kind));
  add(fields, "WEDGED_RESULT", std::string(name_of(outcome.kind)));
  add_decision(fields, outcome.decision);
  add_finding(fields, outcome.decision.finding);
  return fields;
}

JournalFields fields_of_oops(const OopsReport& report) {
  auto fields = head(EventKind::kernel_oops, LOG_CRIT);
  if (!report.tid) return fields;
  add(fields, "WEDGED_TID", std::to_string(*report.tid));
  add(fields, "WEDGED_COMM", report.comm);
  return fields;
}

JournalFields fields_of_notice(EventKind kind) {
  return head(kind, priority_of(kind));
}

std::string journal_entry(const JournalFields& fields, std::string_view message, std::string_view event) {
  std::string bytes;
  append(bytes, "MESSAGE", without_end_of_line(message));
  append(bytes, "SYSLOG_IDENTIFIER", "wedged");
  for (const auto& [name, value] : fields) append(bytes, name, value);
  append(bytes, "WEDGED_EVENT", without_end_of_line(event));
  return bytes;
}

}  // namespace wedged
