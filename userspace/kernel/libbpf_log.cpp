// SPDX-License-Identifier: Apache-2.0
#include "kernel/libbpf_log.h"

#include <bpf/libbpf.h>

#include <algorithm>
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

// The verifier's log comes as one line of up to some megabytes, and its reason stands at the end.
std::string shortened(std::string line) {
  constexpr std::size_t head = 200, tail = 1200;
  if (line.size() > head + tail) line.replace(head, line.size() - head - tail, " [...] ");
  return line;
}

int keep_line(libbpf_print_level level, const char* format, va_list arguments) {
  if (level == LIBBPF_DEBUG) return 0;
  va_list again;
  va_copy(again, arguments);
  const int length = std::vsnprintf(nullptr, 0, format, arguments);
  std::string line(static_cast<std::size_t>(std::max(length, 0)) + 1, '\0');
  std::vsnprintf(line.data(), line.size(), format, again);
  va_end(again);
  line.pop_back();
  const std::lock_guard lock(log_mutex);
  log_lines().push_back(shortened(std::move(line)));
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
