// SPDX-License-Identifier: Apache-2.0
#include "report/why_text.h"

#include <algorithm>
#include <set>
#include <vector>

#include "report/escape.h"
#include "report/finding_text.h"
#include "report/format.h"
#include "report/prose.h"
#include "report/subject.h"

namespace wedged::text {
namespace {

constexpr std::size_t shown_chains = 8;
constexpr std::size_t shown_facts = 12;
constexpr Indent bullet{"  - ", "    "};

std::string heading(const std::string& words, const WhyView& view) {
  return "\n" + painted(words, Colour::bold, view.style) + "\n";
}

std::string process_line(const Why& why, const WhyView& view) {
  const std::string name =
      (why.comm.empty() ? "?" : printable(why.comm)) + "[" + std::to_string(why.process.tgid) + "]";
  std::string text = painted(name, Colour::bold, view.style);
  if (!why.exe.empty()) text += "  " + printable(why.exe);
  if (why.uid) text += "  uid " + std::to_string(*why.uid);
  if (!why.unit.empty()) text += "  " + printable(why.unit);
  const std::size_t threads = std::max<std::size_t>(why.threads_total, why.threads.size());
  text += "  " + std::to_string(threads) + (threads == 1 ? " thread" : " threads");
  return text + "\n";
}

std::string command_lines(const Why& why, const WhyView& view) {
  if (why.command_line.empty()) return {};
  return paragraph(printable(why.command_line), {"  started as: ", "    "}, view.width);
}

Colour colour_of(Certainty certainty) {
  return certainty == Certainty::possible ? Colour::yellow : Colour::red;
}

// "self_deadlock (certain)"; where the process is only a victim, of whom.
std::string cause_text(const Finding& finding, const Why& why, const WhyView& view) {
  std::string text =
      std::string(name_of(finding.key.cause)) + " (" + std::string(name_of(finding.certainty)) + ")";
  text = painted(text, colour_of(finding.certainty), view.style);
  if (finding.task.process != why.process) text += " of " + process_text(finding.task);
  return text;
}

std::string verdict_heading(const Why& why, const WhyView& view) {
  std::vector<std::string> causes;
  for (const Finding& finding : why.findings) {
    std::string text = cause_text(finding, why, view);
    if (std::find(causes.begin(), causes.end(), text) == causes.end()) causes.push_back(std::move(text));
  }
  std::string text = "\n" + painted("VERDICT", Colour::bold, view.style);
  if (causes.empty())
    return text + "  " + painted("no cause of a hang found", Colour::green, view.style) + "\n";
  for (std::size_t at = 0; at < causes.size(); ++at) text += (at == 0 ? "  " : ", ") + causes[at];
  return text + "\n";
}

std::string verdict(const Why& why, const WhyView& view) {
  std::string sentences;
  for (const std::string& sentence : why.verdict) {
    sentences += (sentences.empty() ? "" : " ") + printable(sentence);
  }
  if (sentences.empty()) {
    for (const Finding& finding : why.findings) {
      sentences += (sentences.empty() ? "" : ". ") + printable(finding.summary);
    }
  }
  std::string text = verdict_heading(why, view);
  if (!sentences.empty()) text += paragraph(sentences, {"  ", "  "}, view.width);
  return text;
}

// The thread and what it waits for first, the root last.
std::string chain(const Finding& finding, const WhyView& view) {
  std::string text = "  " + painted(thread_text(stuck_task(finding)), Colour::bold, view.style);
  const std::vector<std::string> steps = chain_steps(finding.chain);
  for (std::size_t at = 0; at < steps.size(); ++at) text += (at == 0 ? " " : "\n    ") + steps[at];
  text += "\n";
  if (finding.victims.empty()) return text;
  const std::string total = std::to_string(finding.victims.size());
  const std::string names = names_of(finding.victims, finding.task.process, shown_victims);
  return text + paragraph(total + (total == "1" ? " thread waits" : " threads wait") + " for it: " + names,
                          {"    ", "    "}, view.width);
}

std::string chains(const Why& why, const WhyView& view) {
  std::vector<std::string> shown;
  for (const Finding& finding : why.findings) {
    if (finding.chain.empty() && finding.victims.empty()) continue;
    std::string text = chain(finding, view);
    if (std::find(shown.begin(), shown.end(), text) == shown.end()) shown.push_back(std::move(text));
  }
  if (shown.empty()) return {};
  std::string text = heading("WHO WAITS FOR WHAT", view);
  const std::size_t most = std::min(shown.size(), shown_chains);
  for (std::size_t at = 0; at < most; ++at) text += shown[at];
  if (most < shown.size()) text += "  " + and_more(shown.size(), most) + "\n";
  return text;
}

// The lines under a heading, each once; nothing at all without lines.
std::string bullets(const std::string& title, const std::vector<std::string>& lines, std::size_t most,
                    const WhyView& view) {
  std::string text;
  std::set<std::string> seen;
  for (const std::string& line : lines) {
    if (!seen.insert(line).second || seen.size() > most) continue;
    text += paragraph(printable(line), bullet, view.width);
  }
  if (text.empty()) return {};
  if (seen.size() > most) text += "  " + and_more(seen.size(), most) + "\n";
  return heading(title, view) + text;
}

std::vector<std::string> advice_of(const Why& why) {
  std::vector<std::string> lines;
  for (const Finding& finding : why.findings) {
    lines.insert(lines.end(), finding.advice.begin(), finding.advice.end());
  }
  return lines;
}

std::vector<std::string> evidence_of(const Why& why) {
  std::vector<std::string> lines;
  for (const Finding& finding : why.findings) {
    lines.insert(lines.end(), finding.evidence.begin(), finding.evidence.end());
  }
  return lines;
}

}  // namespace

std::string why(const Why& why, const WhyView& view) {
  return process_line(why, view) + command_lines(why, view) + verdict(why, view) + chains(why, view) +
         bullets("WHAT TO DO", advice_of(why), shown_facts, view) +
         bullets("EVIDENCE", evidence_of(why), shown_facts, view) + why_threads(why, view) +
         bullets("WHAT COULD NOT BE KNOWN", why.unknown, shown_facts, view);
}

}  // namespace wedged::text
