// SPDX-License-Identifier: Apache-2.0
#include "config/globs.h"

#include <algorithm>
#include <string_view>

namespace wedged {
namespace {

constexpr std::size_t longest_glob = 256;
constexpr std::size_t longest_comm = 15;  // TASK_COMM_LEN - 1

// fnmatch(3) takes a broken glob literally or matches nothing, and tells nobody.
std::string fault_of_form(std::string_view glob) {
  for (std::size_t at = 0; at < glob.size();) {
    if (glob[at] == '\\') {
      if (at + 1 == glob.size()) return "ends in a backslash, which escapes nothing";
      at += 2;
    } else if (glob[at] == '[') {
      at = end_of_bracket(glob, at);
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

// Where what is matched always begins alike, and with what.
std::string fault_of_path(std::string_view glob, const std::string& what) {
  if (glob.front() == '/' || glob.front() == '*') return {};
  return "can match no " + what + "; start it with '/' or '*'";
}

std::string fault_of_name(const std::string& glob) {
  if (!is_literal(glob) || glob.size() <= longest_comm) return {};
  return "can match no name: the kernel cuts names to " + std::to_string(longest_comm) +
         " characters; write '" + glob.substr(0, longest_comm) + "'";
}

// diagnosis/container.h: runtime, colon, 64 hexadecimal digits.
std::string fault_of_container(const std::string& glob) {
  constexpr std::size_t id_length = 64;
  if (!is_literal(glob)) return {};
  const auto colon = glob.find(':');
  if (colon == std::string::npos)
    return "can match no container: they are named as in 'docker:0123...'; write '*:" + glob + "*'";
  if (glob.size() - colon - 1 == id_length) return {};
  return "can match no container: ids have " + std::to_string(id_length) + " digits; write '" + glob + "*'";
}

// diagnosis/container.h: a uid with dashes, or the hash that a static pod has.
std::string fault_of_pod(const std::string& glob) {
  constexpr std::size_t uid_length = 36;
  constexpr std::size_t hash_length = 32;
  if (!is_literal(glob) || glob.size() == uid_length || glob.size() == hash_length) return {};
  return "can match no pod: their uids have " + std::to_string(uid_length) + " or " +
         std::to_string(hash_length) + " characters; names of pods are not known here";
}

// Names are the kernel's, which knows no folder of devices.
std::string fault_of_device(const std::string& glob) {
  if (!glob.starts_with("/")) return {};
  const auto slash = glob.rfind('/');
  return "can match no device, which are named as in 'sda' or 'dm-0'" +
         (slash + 1 < glob.size() ? "; write '" + glob.substr(slash + 1) + "'" : std::string{});
}

std::string fault_of_subject(const std::string& glob, GlobSubject subject) {
  switch (subject) {
    case GlobSubject::comm: return fault_of_name(glob);
    case GlobSubject::exe: return fault_of_path(glob, "executable");
    case GlobSubject::protect:
      return glob.find('/') == std::string::npos ? fault_of_name(glob) : fault_of_path(glob, "executable");
    case GlobSubject::cgroup: return fault_of_path(glob, "cgroup");
    case GlobSubject::container: return fault_of_container(glob);
    case GlobSubject::pod: return fault_of_pod(glob);
    case GlobSubject::device: return fault_of_device(glob);
    case GlobSubject::unit:
    case GlobSubject::mount: return {};
  }
  return {};
}

}  // namespace

std::size_t end_of_bracket(std::string_view glob, std::size_t at) {
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

std::string fault_of_glob(const std::string& glob, GlobSubject subject) {
  if (glob.empty()) return "is empty and matches nothing";
  if (glob.size() > longest_glob) return "is longer than " + std::to_string(longest_glob) + " characters";
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (std::any_of(glob.begin(), glob.end(), is_control)) return "has a control character in it";
  if (auto fault = fault_of_form(glob); !fault.empty()) return fault;
  return fault_of_subject(glob, subject);
}

}  // namespace wedged
