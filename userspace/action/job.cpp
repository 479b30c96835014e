// SPDX-License-Identifier: Apache-2.0
#include "action/job.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "action/pidfd.h"

namespace wedged {
namespace {

constexpr std::size_t output_kept = 4096, line_kept = 500;
constexpr int reads_at_most = 64;  // of a child that writes faster than we read; the rest waits in the pipe

std::string with_detail(const std::string& text, const std::string& detail) {
  return detail.empty() ? text : text + ": " + detail;
}

std::string name_of_signal(int number) {
  const char* const name = ::sigabbrev_np(number);
  return name != nullptr ? std::string("SIG") + name : "signal " + std::to_string(number);
}

}  // namespace

std::string JobEnd::first_line() const {
  const auto begin = output.find_first_not_of("\n\r\t ");
  if (begin == std::string::npos) return {};
  auto line = output.substr(begin, output.find_first_of("\n\r", begin) - begin).substr(0, line_kept);
  std::replace_if(
      line.begin(), line.end(), [](unsigned char c) { return c < ' ' || c == 127; }, '?');
  return line;
}

Answer answer_of(const JobEnd& end, const std::string& name) {
  const auto line = end.first_line();
  if (end.start_error != 0) return failed("start " + name + ": " + std::strerror(end.start_error));
  if (end.timed_out)
    return {OutcomeKind::timed_out, with_detail(name + " did not end in time and was killed", line)};
  if (!end.exit_status) return failed(with_detail(name + " died of " + name_of_signal(end.signal), line));
  if (*end.exit_status != 0)
    return failed(with_detail(name + ": exit status " + std::to_string(*end.exit_status), line));
  return {OutcomeKind::done, line};
}

Job::~Job() {
  end();
  static_cast<void>(reap());
}

std::optional<Answer> Job::poll(Instant now) {
  if (told_) return std::nullopt;
  listen();
  const bool ended = reap();
  end_.timed_out = !ended && now >= deadline_;
  if (!ended && !end_.timed_out) return std::nullopt;
  told_ = true;
  if (end_.timed_out) end();
  listen();  // what it wrote last
  end_.start_error = read_start_error(child_.start_error).value_or(0);
  child_.output.close();
  child_.start_error.close();
  return judge_(end_);
}

bool Job::over() {
  return reap();
}

// The process descriptor ends the child even before it has made its group. The group then: its id is that of
// our child, and as long as we have not reaped the child nobody else can have that id, be it as a process's
// or as a group's. This is the only place that signals a group by its number.
void Job::end() {
  if (reaped_) return;
  if (child_.process.valid()) {
    static_cast<void>(send_signal(child_.process, SIGKILL));
  } else {
    ::kill(child_.id, SIGKILL);
  }
  ::kill(-child_.id, SIGKILL);
}

void Job::listen() {
  std::array<char, 4096> bytes{};
  for (int reads = 0; child_.output.valid() && reads < reads_at_most; ++reads) {
    const auto count = ::read(child_.output.get(), bytes.data(), bytes.size());
    if (count <= 0) return;
    const auto wanted = std::min(static_cast<std::size_t>(count), output_kept - end_.output.size());
    end_.output.append(bytes.data(), wanted);
  }
}

// First without reaping, so that the group can still be ended under its number.
bool Job::reap() {
  if (reaped_) return true;
  siginfo_t info{};
  const auto id = static_cast<id_t>(child_.id);
  const bool waits = ::waitid(P_PID, id, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
  if (waits && info.si_pid == 0) return false;
  if (waits) {
    ::kill(-child_.id, SIGKILL);
    ::waitid(P_PID, id, &info, WEXITED | WNOHANG);
    if (info.si_code == CLD_EXITED) end_.exit_status = info.si_status;
    if (info.si_code != CLD_EXITED) end_.signal = info.si_status;
  } else if (errno != ECHILD) {
    return false;
  }
  reaped_ = true;
  child_.process.close();
  return true;
}

}  // namespace wedged
