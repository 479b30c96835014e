// SPDX-License-Identifier: Apache-2.0
// The threads of a process in `wedged why`: the stuck ones in full, the others in one line each, those that
// do the same folded into one, so that four hundred idle workers do not hide the one that matters.
#include <algorithm>
#include <map>
#include <vector>

#include "diagnosis/call_text.h"
#include "report/escape.h"
#include "report/finding_text.h"
#include "report/format.h"
#include "report/stack_text.h"
#include "report/why_text.h"

namespace wedged::text {
namespace {

constexpr std::size_t shown_names = 6;
constexpr std::size_t shown_in_full = 16;  // kinds of stuck threads
constexpr std::size_t shown_lines = 40;    // kinds of other threads
constexpr std::size_t name_columns = 24;
constexpr StackLimits whole_stack{std::string::npos, 0};

// Threads that do the same; the first stands for all.
using Alike = std::vector<const WhyThread*>;

// Addresses differ from thread to thread where what they do does not.
std::string without_addresses(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (text.compare(at, 2, "0x") == 0) {
      out += "0x...";
      at = text.find_first_not_of("0123456789abcdef", at + 2);
      if (at == std::string::npos) break;
    } else {
      out += text[at++];
    }
  }
  return out;
}

// What makes two stuck threads look the same: what they do and every function on both stacks.
std::string full_kind(const WhyThread& thread) {
  std::string kind = thread.does;
  if (thread.task.user_side) {
    for (const UserFrame& frame : thread.task.user_side->stack) {
      kind += "\n" + frame.function + "+" + std::to_string(frame.offset) + frame.module;
    }
  }
  if (thread.task.details) {
    for (const std::string& frame : thread.task.details->kernel_stack) kind += "\n" + frame;
  }
  return kind;
}

std::string short_kind(const WhyThread& thread) {
  return std::string(1, letter_of(thread.task.state)) + without_addresses(thread.does);
}

// In the order in which each kind is first met.
std::vector<Alike> folded(const std::vector<WhyThread>& threads, bool stuck, bool all_stacks) {
  std::vector<Alike> groups;
  std::map<std::string, std::size_t> known;
  for (const WhyThread& thread : threads) {
    if (thread.stuck != stuck) continue;
    const auto [place, is_new] = known.emplace(stuck ? full_kind(thread) : short_kind(thread), groups.size());
    if (is_new || all_stacks) {
      groups.push_back({&thread});
    } else {
      groups[place->second].push_back(&thread);
    }
  }
  return groups;
}

std::string names_of(const Alike& group, std::size_t first) {
  const std::size_t end = std::min(group.size(), first + shown_names);
  std::string names;
  for (std::size_t at = first; at < end; ++at) {
    names += (at == first ? "" : ", ") + thread_text(group[at]->task);
  }
  return end < group.size() ? names + ", " + and_more(group.size(), end) : names;
}

std::string state_line(const WhyThread& thread, const WhyView& view) {
  std::string text = state_text(thread.task.state);
  if (thread.waiting <= Duration::zero()) return text;
  text += std::string(", since ") + (thread.waiting_exact ? "" : "at least ");
  return text + time_text(view.now.wall_of(view.now.monotonic - thread.waiting)) + " (" +
         duration_text(thread.waiting) + ")";
}

std::string holder_text(const WhyThread& thread, const Why& why) {
  if (!thread.holder) return {};
  if (*thread.holder == thread.task.id) return "this thread itself";
  for (const WhyThread& other : why.threads) {
    if (other.task.id == *thread.holder) return thread_text(other.task);
  }
  return "thread " + std::to_string(thread.holder->tid);
}

std::string call_line(const WhyThread& thread, const WhyView& view) {
  if (!thread.task.call) return {};
  std::string text = printable(call_text(thread.task));
  if (!thread.task.call->entered) return text;
  return text + ", for " + duration_text(view.now.monotonic - *thread.task.call->entered);
}

std::string in_full(const Alike& group, const Why& why, const WhyView& view) {
  const WhyThread& thread = *group.front();
  const Task& task = thread.task;
  std::string text = "  " +
                     painted(thread_text(task), thread.stuck ? Colour::red : Colour::bold, view.style) +
                     "  " + printable(thread.does) + "\n";
  TextBlock block(view.style);
  block.line("state", state_line(thread, view));
  block.line("call", call_line(thread, view));
  if (thread.lock) block.line("lock", lock_text(*thread.lock, holder_text(thread, why)));
  if (task.details) add_details(block, task);
  const StackLimits limits{view.all_stacks ? whole_stack.frames : StackLimits{}.frames, view.width};
  if (task.user_side) add_user_stack(block, *task.user_side, limits);
  if (task.details) add_kernel_stack(block, task.details->kernel_stack, limits);
  if (group.size() > 1) {
    block.line("also", std::to_string(group.size() - 1) + " more just like it: " + names_of(group, 1));
  }
  return text + block.take();
}

// "12.3 s", or "1.0 s to 3 min" of several.
std::string waiting_text(const Alike& group) {
  const auto shorter = [](const WhyThread* left, const WhyThread* right) {
    return left->waiting < right->waiting;
  };
  const auto [least, most] = std::minmax_element(group.begin(), group.end(), shorter);
  if ((*most)->waiting <= Duration::zero()) return {};
  const std::string longest = duration_text((*most)->waiting);
  const std::string shortest = duration_text((*least)->waiting);
  return shortest == longest ? longest : shortest + " to " + longest;
}

std::string in_one_line(const Alike& group, std::size_t columns, const WhyView& view) {
  const WhyThread& thread = *group.front();
  const std::string waiting = waiting_text(group);
  const bool many = group.size() > 1;
  const std::string name =
      many ? std::to_string(group.size()) + " threads like this" : thread_text(thread.task);
  std::string rest = std::string("  ") + letter_of(thread.task.state) + "  ";
  rest += printable(many ? without_addresses(thread.does) : thread.does);
  if (!waiting.empty()) rest += " (" + waiting + ")";
  if (many) rest += ": " + names_of(group, 0);
  const std::string line = "  " + padded(cut_to(name, columns), columns) + rest + "\n";
  return view.width == 0 ? line : cut_to(line.substr(0, line.size() - 1), view.width) + "\n";
}

std::string heading(const Why& why, std::size_t stuck, const WhyView& view) {
  std::string text = "THREADS  " + std::to_string(why.threads.size());
  if (why.threads_total > why.threads.size()) text += " of " + std::to_string(why.threads_total);
  if (stuck > 0) text += ", " + std::to_string(stuck) + " stuck";
  return "\n" + painted(text, Colour::bold, view.style) + "\n";
}

// Every group in its form, as many as `most`.
template <typename Form>
std::string each(const std::vector<Alike>& groups, std::size_t most, const Form& form) {
  std::string text;
  const std::size_t shown = std::min(groups.size(), most);
  for (std::size_t at = 0; at < shown; ++at) text += form(groups[at]);
  if (shown < groups.size()) text += "  " + and_more(groups.size(), shown) + ": --all-stacks shows them\n";
  return text;
}

}  // namespace

std::string why_threads(const Why& why, const WhyView& view) {
  const auto full = [&](const Alike& group) { return in_full(group, why, view); };
  const std::vector<Alike> stuck = folded(why.threads, true, view.all_stacks);
  const std::vector<Alike> others = folded(why.threads, false, view.all_stacks);
  std::size_t stuck_threads = 0;
  for (const Alike& group : stuck) stuck_threads += group.size();
  std::string text = heading(why, stuck_threads, view);
  if (view.all_stacks)
    return text + each(stuck, std::string::npos, full) + each(others, std::string::npos, full);
  text += each(stuck, shown_in_full, full);
  std::size_t columns = 0;
  for (const Alike& group : others) {
    const std::string name = group.size() > 1 ? "9999 threads like this" : thread_text(group.front()->task);
    columns = std::max(columns, std::min(columns_of(name), name_columns));
  }
  return text +
         each(others, shown_lines, [&](const Alike& group) { return in_one_line(group, columns, view); });
}

}  // namespace wedged::text
