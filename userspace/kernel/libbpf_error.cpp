// SPDX-License-Identifier: Apache-2.0
#include "kernel/libbpf_error.h"

#include <cerrno>

#include "kernel/libbpf_log.h"

namespace wedged {

Error libbpf_error(const std::string& what) {
  const int number = errno;
  auto error = system_error(number, what);
  const auto log = take_libbpf_log();
  if (!log.empty()) error.message += "\n" + log;
  return error;
}

// libbpf tells it in no other way. In all its releases: "libbpf: prog 'NAME': BPF program load failed: ...".
std::string refused_program(const std::string& log) {
  const auto said = log.find("': BPF program load failed");
  if (said == std::string::npos) return {};
  constexpr std::string_view before = "prog '";
  const auto begin = log.rfind(before, said);
  if (begin == std::string::npos) return {};
  return log.substr(begin + before.size(), said - begin - before.size());
}

}  // namespace wedged
