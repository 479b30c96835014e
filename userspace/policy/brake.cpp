// SPDX-License-Identifier: Apache-2.0
#include "policy/brake.h"

#include <algorithm>

#include "policy/duration_text.h"

namespace wedged {

std::optional<Objection> brake(const Policy& policy, const std::vector<const Candidate*>& wanted,
                               const Ledger& ledger, Trials trials, Instant now) {
  if (const auto& suspension = ledger.state().suspension)
    return Objection{Refusal::brake, suspension->reason};
  const Instant since = now - policy.brake.window;
  const auto fresh = std::count_if(wanted.begin(), wanted.end(), [&](const Candidate* candidate) {
    const bool counts = trials == Trials::count || !is_on_trial(policy, *candidate->rule);
    return counts && !ledger.has_intent(candidate->rule->name, candidate->finding->task.process, since);
  });
  const std::size_t decisions = ledger.intents_since(since, trials) + static_cast<std::size_t>(fresh);
  if (decisions <= policy.brake.decisions) return std::nullopt;
  return Objection{Refusal::brake, "enforcement is suspended until the configuration is loaded again: " +
                                       std::to_string(decisions) + " processes were to be acted on within " +
                                       text_of(policy.brake.window) + ", more than the brake's " +
                                       std::to_string(policy.brake.decisions)};
}

}  // namespace wedged
