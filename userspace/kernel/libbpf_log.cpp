// SPDX-License-Identifier: Apache-2.0
#include "kernel/libbpf_log.h"

#include <bpf/libbpf.h>

#include <cstdarg>
#include <cstdio>
#include <deque>
#include <mutex>

namespace wedged {
namespace {

constexpr std::size_t lines_kept = 20;
std::mutex log_mutex;
std::deque<std::string>& log_lines() {
  static std::deque<std::string> lines;
  return lines;
}

int keep_line(libbpf_print_level level, const char* format, va_list arguments) {
  if (level == LIBBPF_DEBUG) return 0;
  char line[512];
  const int length = std::vsnprintf(line, sizeof(line), format, arguments);
  const std::lock_guard lock(log_mutex);
  log_lines().emplace_back(line);
  if (log_lines().size() > lines_kept) log_lines().pop_front();
  return length;
}

}  // namespace

void capture_libbpf_log() {
  libbpf_set_print(keep_line);
}

std::string take_libbpf_log() {
  const std::lock_guard lock(log_mutex);
  std::string text;
  for (const auto& line : log_lines()) text += line;
  log_lines().clear();
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

}  // namespace wedged
