// SPDX-License-Identifier: Apache-2.0
// Whether a rule fits a finding. Three answers: what is not known can neither fit nor fail to.
#pragma once

#include <string>
#include <vector>

#include "diagnosis/finding.h"
#include "policy/policy.h"

namespace wedged {

enum class Fit { no, unknown, yes };  // the least of several is that of all

// `unknown`: everything known fits, and something the rule asks for is not known. The role is not looked at.
[[nodiscard]] Fit fit_of(const Match& match, const Finding& finding);

// The same for a victim's view of `root`: cause, device and mount are the root's.
[[nodiscard]] Fit fit_of(const Match& match, const Finding& victim, const Finding& root);

// Whether the rule says which unit, cgroup, container or pod it is for.
[[nodiscard]] bool names_unit(const Match& match);

[[nodiscard]] bool glob_matches(const std::string& glob, const std::string& text);

// The first glob that matches the text, or null.
[[nodiscard]] const std::string* matching_glob(const std::vector<std::string>& globs,
                                               const std::string& text);

// The process's executable as it was started, or empty if unknown: the kernel says "/usr/bin/db (deleted)" of
// one that was replaced by an upgrade.
[[nodiscard]] std::string exe_of(const Task& task);

// The name of the thread's process; empty if unknown.
[[nodiscard]] std::string process_name_of(const Task& task);

}  // namespace wedged
