// SPDX-License-Identifier: Apache-2.0
#include "config/globs.h"

#include <algorithm>
#include <string_view>

namespace wedged {
namespace {

constexpr std::size_t longest_glob = 256;
constexpr std::size_t longest_comm = 15;  // TASK_COMM_LEN - 1

// The position after the bracket expression that starts at `at`, or npos if it does not end. A ']' that comes
// first, or first after the negation, stands for itself; so do those within "[:alpha:]", "[.x.]" and "[=x=]".
std::size_t after_bracket(std::string_view glob, std::size_t at) {
  ++at;
  if (at < glob.size() && (glob[at] == '!' || glob[at] == '^')) ++at;
  for (bool first = true; at < glob.size(); first = false) {
    if (glob[at] == ']' && !first) return at + 1;
    if (glob[at] == '\\') {
      at += 2;
    } else if (glob[at] == '[' && at + 1 < glob.size() &&
               std::string_view{":.="}.find(glob[at + 1]) != std::string_view::npos) {
      const std::string closing{glob[at + 1], ']'};
      const std::size_t end = glob.find(closing, at + 2);
      if (end == std::string_view::npos) return end;
      at = end + 2;
    } else {
      ++at;
    }
  }
  return std::string_view::npos;
}

// fnmatch(3) takes a broken glob literally or matches nothing, and tells nobody.
std::string fault_of_form(std::string_view glob) {
  for (std::size_t at = 0; at < glob.size();) {
    if (glob[at] == '\\') {
      if (at + 1 == glob.size()) return "ends in a backslash, which escapes nothing";
      at += 2;
    } else if (glob[at] == '[') {
      at = after_bracket(glob, at);
      if (at == std::string_view::npos)
        return "has a '[' without its ']'; write \\[ for the character itself";
    } else {
      ++at;
    }
  }
  return {};
}

bool is_literal(std::string_view glob) {
  return glob.find_first_of("*?[\\") == std::string_view::npos;
}

}  // namespace

std::string fault_of_glob(const std::string& glob, GlobSubject subject) {
  if (glob.empty()) return "is empty and matches nothing";
  if (glob.size() > longest_glob) return "is longer than " + std::to_string(longest_glob) + " characters";
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (std::any_of(glob.begin(), glob.end(), is_control)) return "has a control character in it";
  if (auto fault = fault_of_form(glob); !fault.empty()) return fault;
  const bool path =
      subject == GlobSubject::exe || (subject == GlobSubject::protect && glob.find('/') != std::string::npos);
  if (path && glob.front() != '/' && glob.front() != '*')
    return "can match no executable; start it with '/' or '*'";
  const bool name = !path && subject != GlobSubject::unit;
  if (name && is_literal(glob) && glob.size() > longest_comm) {
    return "can match no name: the kernel cuts names to " + std::to_string(longest_comm) +
           " characters; write '" + glob.substr(0, longest_comm) + "'";
  }
  return {};
}

}  // namespace wedged
