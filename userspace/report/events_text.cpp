// SPDX-License-Identifier: Apache-2.0
// The first word after the time is the severity: STUCK, RESOLVED, ACTION, DRY RUN, REFUSED, DONE, FAILED,
// SUSPENDED, ...
#include "report/events_text.h"

#include <algorithm>
#include <cctype>

#include "report/action_text.h"
#include "report/escape.h"
#include "report/finding_text.h"
#include "report/format.h"

namespace wedged::text {
namespace {

constexpr std::size_t word_columns = 9;

std::string header(const ClockPair& now, const std::string& word, Colour colour, const std::string& rest,
                   const EventStyle& style) {
  const std::string space(columns_of(word) < word_columns ? word_columns - columns_of(word) : 1, ' ');
  return (style.timed ? time_text(now.wall) + " " : "") + painted(word, colour, style) + space + rest + "\n";
}

std::string cause_text(const Finding& finding) {
  return std::string(name_of(finding.key.cause)) + " (" + std::string(name_of(finding.certainty)) + ")";
}

std::string upper(std::string text) {
  std::replace(text.begin(), text.end(), '_', ' ');
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::toupper(letter)); });
  return text;
}

// By which rule, and why; the same for the decision and for what came of it.
void add_grounds(TextBlock& block, const Decision& decision) {
  std::string rule = printable(decision.rule) + ", step " + std::to_string(decision.rung_number + 1) +
                     " of " + std::to_string(decision.ladder_length);
  if (!decision.rule_file.empty()) rule += ", of " + printable(decision.rule_file);
  block.line("rule", rule);
  block.line("reason", printable(decision.reason));
  if (decision.role == Role::victim) block.line("role", "victim: its threads wait for another process");
}

void add_command(TextBlock& block, const Rung& rung) {
  if (rung.action != ActionKind::hook) return;
  std::string command;
  for (const std::string& word : rung.hook.command) command += (command.empty() ? "" : " ") + printable(word);
  block.line("command", command);
}

void add_summary(TextBlock& block, const Finding& finding) {
  block.line("finding", cause_text(finding) + " for " + duration_text(finding.lasted) + ": " +
                            printable(finding.summary));
}

// After which there may be nobody left to look at: then all that was known of it belongs to the event. On a
// screen that of other steps would only be in the way.
bool ends_a_process(const Outcome& outcome) {
  const ActionKind action = outcome.decision.rung.action;
  return outcome.kind == OutcomeKind::done &&
         (action == ActionKind::signal || action == ActionKind::restart_unit);
}

}  // namespace

std::string raised(const Finding& finding, const ClockPair& now, const EventStyle& style) {
  const std::string rest =
      painted(cause_text(finding), Colour::bold, style) + ": " + printable(finding.summary);
  return header(now, "STUCK", Colour::red, rest, style) + finding_block(finding, now, style);
}

std::string resolved(const Finding& finding, const ClockPair& now, const EventStyle& style) {
  const std::string rest = std::string(name_of(finding.key.cause)) + " of " + process_text(finding.task) +
                           " ended after " + (finding.since_exact ? "" : "at least ") +
                           duration_text(finding.lasted);
  TextBlock block(style);
  add_identity(block, finding);
  block.line("was", printable(finding.summary));
  return header(now, "RESOLVED", Colour::green, rest, style) + block.take();
}

// The outcome has the whole finding; only after a reboot nobody tells it any more.
std::string decision(const Decision& decision, const ClockPair& now, const EventStyle& style) {
  const Wording wording = wording_of(decision);
  TextBlock block(style);
  add_grounds(block, decision);
  add_command(block, decision.rung);
  add_summary(block, decision.finding);
  const bool last_word = decision.verdict == Verdict::act && decision.rung.action == ActionKind::reboot;
  return header(now, wording.word, wording.colour, wording.sentence, style) + block.take() +
         (last_word ? finding_block(decision.finding, now, style) : "");
}

std::string outcome(const Outcome& outcome, const ClockPair& now, const EventStyle& style) {
  const Wording wording = wording_of(outcome);
  TextBlock block(style);
  block.line("detail", printable(outcome.detail));
  add_grounds(block, outcome.decision);
  add_command(block, outcome.decision.rung);
  add_summary(block, outcome.decision.finding);
  const std::string text = header(now, wording.word, wording.colour, wording.sentence, style) + block.take();
  return ends_a_process(outcome) ? text + finding_block(outcome.decision.finding, now, style) : text;
}

std::string suspended(const BrakeNews& news, const ClockPair& now, const EventStyle& style) {
  TextBlock block(style);
  block.line("reason", printable(news.suspension.reason));
  if (news.decisions > 0)
    block.line("counted", std::to_string(news.decisions) + " new decisions to touch a process within " +
                              duration_text(news.brake.window) + ", allowed are " +
                              std::to_string(news.brake.decisions));
  block.line("to do", "- Look what is wrong with the host. Nothing is done to any process until then.");
  block.line("to do", "- Then load the configuration again: systemctl reload wedged.");
  return header(now, "SUSPENDED", Colour::red, "enforcement has suspended itself", style) + block.take();
}

std::string resumed(const LedgerState::Suspension& ended, const std::string& why, const ClockPair& now,
                    const EventStyle& style) {
  TextBlock block(style);
  block.line("reason", printable(why));
  block.line("was",
             "suspended for " + duration_text(now.monotonic - ended.since) + ": " + printable(ended.reason));
  return header(now, "RESUMED", Colour::green, "enforcement goes on", style) + block.take();
}

std::string oops(const OopsReport& report, bool before_start, const ClockPair& now, const EventStyle& style) {
  const std::string thread =
      report.tid ? "thread " + printable(report.comm) + "[" + std::to_string(*report.tid) + "]"
                 : "a thread that the report does not tell";
  const std::string rest =
      painted("the kernel", Colour::bold, style) + " oopsed in " + thread + ": " + printable(report.what);
  TextBlock block(style);
  block.line("at", time_text(now.wall_of(report.at)) + (before_start ? ", before the monitor's start" : ""));
  for (const std::string& line : report.lines) block.line("report", printable(line));
  return header(now, "OOPS", Colour::red, rest, style) + block.take();
}

std::string notice(EventKind kind, const std::string& message, const ClockPair& now,
                   const EventStyle& style) {
  return header(now, upper(std::string(name_of(kind))), Colour::none, printable(message), style);
}

}  // namespace wedged::text
