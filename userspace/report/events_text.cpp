// SPDX-License-Identifier: Apache-2.0
// The first word after the time is the severity: STUCK, RESOLVED, ACTION, DRY RUN, REFUSED, DONE, FAILED, ...
#include "report/events_text.h"

#include <algorithm>
#include <cctype>

#include "report/escape.h"
#include "report/finding_text.h"
#include "report/format.h"

namespace wedged::text {
namespace {

constexpr std::size_t word_columns = 9;

std::string header(const ClockPair& now, const std::string& word, Colour colour, const std::string& rest,
                   const EventStyle& style) {
  const std::string space(columns_of(word) < word_columns ? word_columns - columns_of(word) : 1, ' ');
  return time_text(now.wall) + " " + painted(word, colour, style) + space + rest + "\n";
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

struct Wording {
  std::string word;
  Colour colour = Colour::none;
  std::string sentence;
};

Wording wording_of(const Decision& decision, const std::string& rung, const std::string& process) {
  switch (decision.verdict) {
    case Verdict::act: return {"ACTION", Colour::yellow, rung + " for " + process};
    case Verdict::dry_run: return {"DRY RUN", Colour::yellow, rung + " for " + process + " would be due"};
    case Verdict::refuse: break;
  }
  return {"REFUSED", Colour::yellow,
          rung + " for " + process + " refused (" + std::string(name_of(decision.refusal)) + ")"};
}

Wording wording_of(OutcomeKind kind, const Rung& rung, const std::string& name, const std::string& process) {
  const bool signal = rung.action == ActionKind::signal;
  switch (kind) {
    case OutcomeKind::done: return {"DONE", Colour::green, name + (signal ? " sent to " : " for ") + process};
    case OutcomeKind::gone: return {"GONE", Colour::none, process + " ended before " + name};
    case OutcomeKind::changed:
      return {"CHANGED", Colour::none, process + " moved on before " + name + ": nothing was done"};
    case OutcomeKind::dry_run:
      return {"DRY RUN", Colour::yellow, name + " for " + process + " not carried out: enforcement is off"};
    case OutcomeKind::failed: break;
  }
  return {"FAILED", Colour::red, name + " for " + process + " failed"};
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

std::string decision(const Decision& decision, const ClockPair& now, const EventStyle& style) {
  const Wording wording = wording_of(decision, decision.rung.name(), process_text(decision.finding.task));
  TextBlock block(style);
  block.line("rule", printable(decision.rule) + ", rung " + std::to_string(decision.rung_number + 1));
  block.line("reason", printable(decision.reason));
  block.line("finding", cause_text(decision.finding) + " for " + duration_text(decision.finding.lasted) +
                            ": " + printable(decision.finding.summary));
  return header(now, wording.word, wording.colour, wording.sentence, style) + block.take();
}

std::string outcome(const Outcome& outcome, const ClockPair& now, const EventStyle& style) {
  const Decision& decision = outcome.decision;
  const Wording wording =
      wording_of(outcome.kind, decision.rung, decision.rung.name(), process_text(decision.finding.task));
  TextBlock block(style);
  block.line("rule", printable(decision.rule) + ", rung " + std::to_string(decision.rung_number + 1));
  block.line("detail", printable(outcome.detail));
  return header(now, wording.word, wording.colour, wording.sentence, style) + block.take();
}

std::string notice(const std::string& name, const std::string& message, const ClockPair& now,
                   const EventStyle& style) {
  return header(now, upper(printable(name)), Colour::none, printable(message), style);
}

}  // namespace wedged::text
