// SPDX-License-Identifier: Apache-2.0
// What the policy decided about a finding, and what came of it.
import { h } from "./dom.js";
import { clock } from "./format.js";

const words = { act: "acted", dry_run: "dry run", refuse: "refused" };

// Most reasons name their rule.
function whyOf({ rule, rung, rungs, reason }) {
  return reason.includes(rule) ? reason : `rule ${rule}, step ${rung} of ${rungs}: ${reason}`;
}

function one(decision) {
  const { outcome } = decision;
  const came = outcome && outcome.result !== "dry_run"
    ? h("p", { class: `outcome ${outcome.result}` }, `${outcome.sentence}${outcome.detail ? `: ${outcome.detail}` : ""}`) : null;
  return h("li", {},
    h("p", {}, h("span", { class: `verdict-word ${decision.verdict}` }, words[decision.verdict] ?? decision.verdict), " ", decision.sentence),
    came,
    h("p", { class: "quiet" }, `${clock(decision.decided_at)}: ${whyOf(decision)}`));
}

export function decisionList(decisions, rungs) {
  if (decisions.length > 0) return h("ul", { class: "decisions" }, [...decisions].reverse().map(one));
  return h("p", { class: "quiet" }, rungs === 0 ? "Nothing: the configuration has no rules." : "Nothing so far: no rule fits it, or not yet.");
}

// In a word, for a table.
export function decisionWord(decisions) {
  const last = decisions.at(-1);
  if (!last) return "–";
  const what = `${last.action}: ${words[last.verdict] ?? last.verdict}`;
  return last.outcome && last.outcome.result !== "dry_run" ? `${last.action}: ${last.outcome.result}` : what;
}
