// SPDX-License-Identifier: Apache-2.0
#include "config/why_arguments.h"

#include <algorithm>
#include <charconv>

#include "config/problems.h"

namespace wedged {

std::string fault_of_pid(const std::string& text) {
  int pid = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, pid);
  if (error == std::errc{} && rest == end && pid >= 1 && pid <= greatest_pid) return {};
  return "must be a process id from 1 to " + std::to_string(greatest_pid) + ", not " + quote(text);
}

std::string fault_of_target(const std::string& text) {
  if (text.empty()) return "must be a process id or the name of a process, not empty";
  const auto is_digit = [](char letter) { return letter >= '0' && letter <= '9'; };
  return std::all_of(text.begin(), text.end(), is_digit) ? fault_of_pid(text) : "";
}

Result<std::vector<Cause>> causes_to_explain(const std::string& text) {
  if (text == "all") return std::vector<Cause>(all_causes.begin(), all_causes.end());
  if (const auto cause = cause_named(text)) return std::vector<Cause>{*cause};
  std::vector<std::string> known{"all"};
  for (const Cause cause : all_causes) known.emplace_back(name_of(cause));
  const std::string hint = did_you_mean(text, known);
  return Error{ErrorKind::malformed,
               "unknown cause " + quote(text) + (hint.empty() ? "; it may be " + alternatives(known) : hint)};
}

}  // namespace wedged
