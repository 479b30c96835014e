// SPDX-License-Identifier: Apache-2.0
#include "report/chronicle.h"

#include <algorithm>

#include "report/action_text.h"
#include "report/subject.h"

namespace wedged {
namespace {

FindingRecord record_of(const Finding& finding, Instant raised) {
  FindingRecord record;
  record.key = finding.key;
  record.certainty = finding.certainty;
  record.process_comm = finding.task.process_comm.empty() ? finding.task.comm : finding.task.process_comm;
  record.thread_comm = subject_of(finding).comm;
  record.unit = finding.unit;
  record.summary = finding.summary;
  record.since = finding.since;
  record.since_exact = finding.since_exact;
  record.raised = raised;
  record.lasted = finding.lasted;
  record.threads = finding.threads.size();
  record.victims = finding.victims.size();
  return record;
}

PolicyNote note_of(const Decision& decision) {
  PolicyNote note;
  note.target = decision.finding.task.process;
  note.role = decision.role;
  note.rule = decision.rule;
  note.rule_file = decision.rule_file;
  note.action = decision.rung.name();
  note.rung_number = decision.rung_number;
  note.ladder_length = decision.ladder_length;
  note.verdict = decision.verdict;
  note.refusal = decision.refusal;
  note.sentence = wording_of(decision).sentence;
  note.reason = decision.reason;
  note.at = decision.at;
  return note;
}

bool is_of(const PolicyNote& note, const Decision& decision) {
  return note.at == decision.at && note.rule == decision.rule && note.rung_number == decision.rung_number &&
         note.target == decision.finding.task.process;
}

bool waits_for(const Finding& root, const ProcessId& process) {
  return std::any_of(root.victims.begin(), root.victims.end(),
                     [&](const StuckThread& victim) { return victim.task.process == process; });
}

// The open finding that a decision belongs to: its own, or the root of the victim that it is about.
FindingKey key_for(const Decision& decision, const std::vector<Finding>& open) {
  if (decision.role == Role::root) return decision.finding.key;
  for (const Finding& root : open) {
    if (waits_for(root, decision.finding.task.process)) return root.key;
  }
  return decision.finding.key;
}

}  // namespace

void Chronicle::found(const FindingChanges& findings, Instant now) {
  for (const Finding& finding : findings.resolved) end(finding, now);
  for (const Finding& finding : findings.raised) {
    open_[finding.key] = std::make_shared<FindingRecord>(record_of(finding, now));
    changed_ = true;
  }
  forget(now);
}

void Chronicle::end(const Finding& finding, Instant now) {
  const auto open = open_.find(finding.key);
  if (open == open_.end()) return;
  FindingRecord record = record_of(finding, open->second->raised);
  record.ended = now;
  record.notes = open->second->notes;
  record.notes_forgotten = open->second->notes_forgotten;
  open_.erase(open);
  ended_.push_back(std::make_shared<FindingRecord>(std::move(record)));
  changed_ = true;
}

void Chronicle::forget(Instant now) {
  while (!ended_.empty() && *ended_.front()->ended + longest < now) {
    ended_.pop_front();
    changed_ = true;
  }
  while (ended_.size() > most_ended) {
    ended_.pop_front();
    ++forgotten_;
  }
}

void Chronicle::decided(const Decision& decision, const std::vector<Finding>& open) {
  const auto found = open_.find(key_for(decision, open));
  if (found == open_.end()) return;
  FindingRecord record = *found->second;
  record.notes.push_back(note_of(decision));
  if (record.notes.size() > most_notes) {
    record.notes.erase(record.notes.begin());
    ++record.notes_forgotten;
  }
  found->second = std::make_shared<FindingRecord>(std::move(record));
  changed_ = true;
}

bool Chronicle::note_result(Record& record, const Outcome& outcome) {
  const auto of_it = [&](const PolicyNote& note) { return is_of(note, outcome.decision); };
  const auto noted = std::find_if(record->notes.begin(), record->notes.end(), of_it);
  if (noted == record->notes.end()) return false;
  FindingRecord changed = *record;
  PolicyNote& note = changed.notes[static_cast<std::size_t>(noted - record->notes.begin())];
  note.result = {outcome.kind, wording_of(outcome).sentence, outcome.detail, outcome.at};
  record = std::make_shared<FindingRecord>(std::move(changed));
  return true;
}

void Chronicle::acted(const Outcome& outcome) {
  const auto noted = [&](Record& record) { return note_result(record, outcome); };
  const bool of_open =
      std::any_of(open_.begin(), open_.end(), [&](auto& entry) { return noted(entry.second); });
  if (of_open || std::any_of(ended_.rbegin(), ended_.rend(), noted)) changed_ = true;
}

std::shared_ptr<const Story> Chronicle::story() {
  if (!changed_) return story_;
  auto story = std::make_shared<Story>();
  story->revision = story_->revision + 1;
  for (const auto& [key, record] : open_) story->open.push_back(record);
  story->ended.assign(ended_.begin(), ended_.end());
  story->forgotten = forgotten_;
  story_ = std::move(story);
  changed_ = false;
  return story_;
}

}  // namespace wedged
