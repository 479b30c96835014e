// SPDX-License-Identifier: Apache-2.0
#include "report/format.h"

#include <array>
#include <cstdio>
#include <ctime>

#include "observation/syscall_names.h"
#include "report/escape.h"

namespace wedged {
namespace {

std::string two_units(std::int64_t large, const char* large_name, std::int64_t small,
                      const char* small_name) {
  std::string text = std::to_string(large) + " " + large_name;
  if (small != 0) text += " " + std::to_string(small) + " " + small_name;
  return text;
}

std::string name_and_id(const std::string& name, int id) {
  return (name.empty() ? std::string("?") : printable(name)) + "[" + std::to_string(id) + "]";
}

std::string_view escape_code(Colour colour) {
  switch (colour) {
    case Colour::red: return "\x1b[1;31m";
    case Colour::green: return "\x1b[32m";
    case Colour::yellow: return "\x1b[33m";
    case Colour::dim: return "\x1b[2m";
    case Colour::bold: return "\x1b[1m";
    case Colour::none: break;
  }
  return "";
}

}  // namespace

std::string duration_text(Duration duration) {
  using namespace std::chrono;
  if (duration < Duration::zero()) duration = Duration::zero();
  if (duration < seconds(1)) return std::to_string(duration_cast<milliseconds>(duration).count()) + " ms";
  const std::int64_t whole = duration_cast<seconds>(duration).count();
  if (duration < minutes(1)) {
    const std::int64_t tenth = duration_cast<milliseconds>(duration).count() / 100 % 10;
    return std::to_string(whole) + "." + std::to_string(tenth) + " s";
  }
  if (duration < hours(1)) return two_units(whole / 60, "min", whole % 60, "s");
  if (duration < hours(24)) return two_units(whole / 3600, "h", whole / 60 % 60, "min");
  return two_units(whole / 86400, "d", whole / 3600 % 24, "h");
}

std::string time_text(WallTime at) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(at);
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(at - whole).count();
  const std::time_t seconds = whole.time_since_epoch().count();
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> date{};
  if (std::strftime(date.data(), date.size(), "%Y-%m-%dT%H:%M:%S", &parts) == 0) return "?";
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%s.%03dZ", date.data(), static_cast<int>(milliseconds));
  return text.data();
}

std::string_view state_name(RunState state) {
  switch (state) {
    case RunState::running: return "running";
    case RunState::sleeping: return "sleeping";
    case RunState::uninterruptible: return "uninterruptible";
    case RunState::killable: return "killable";
    case RunState::idle: return "idle";
    case RunState::frozen: return "frozen";
    case RunState::stopped: return "stopped";
    case RunState::traced: return "traced";
    case RunState::dead: return "dead";
    case RunState::unknown: break;
  }
  return "unknown";
}

char letter_of(RunState state) {
  switch (state) {
    case RunState::running: return 'R';
    case RunState::sleeping: return 'S';
    case RunState::uninterruptible:
    case RunState::killable:
    case RunState::frozen: return 'D';
    case RunState::idle: return 'I';
    case RunState::stopped: return 'T';
    case RunState::traced: return 't';
    case RunState::dead: return 'Z';
    case RunState::unknown: break;
  }
  return '?';
}

std::string state_text(RunState state) {
  std::string text(1, letter_of(state));
  text += " (";
  text += state_name(state);
  if (state == RunState::uninterruptible) text += ": no signal ends it";
  if (state == RunState::killable) text += ": a fatal signal ends it";
  return text + ")";
}

std::string call_name(const SystemCall& call) {
  if (call.compat) return "32-bit call " + std::to_string(call.number);
  const std::string_view name = syscall_name(call.number);
  return name.empty() ? "call " + std::to_string(call.number) : std::string(name);
}

std::string process_text(const Task& task) {
  return name_and_id(task.process_comm.empty() ? task.comm : task.process_comm, task.process.tgid);
}

std::string thread_text(const Task& task) {
  return name_and_id(task.comm, task.id.tid);
}

std::string painted(std::string_view text, Colour colour, const EventStyle& style) {
  if (!style.colour || colour == Colour::none) return std::string(text);
  std::string out(escape_code(colour));
  out += text;
  out += "\x1b[0m";
  return out;
}

std::string padded(std::string_view printable_text, std::size_t columns) {
  std::string out(printable_text);
  const std::size_t taken = columns_of(printable_text);
  if (taken < columns) out.append(columns - taken, ' ');
  return out;
}

}  // namespace wedged
