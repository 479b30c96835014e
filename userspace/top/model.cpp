// SPDX-License-Identifier: Apache-2.0
#include "top/model.h"

#include <algorithm>
#include <cstdio>
#include <map>

#include "report/escape.h"
#include "report/finding_text.h"
#include "report/format.h"

namespace wedged {
namespace {

std::string lower(std::string text) {
  for (char& letter : text) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return text;
}

bool contains(const TopRow& row, const std::string& needle) {
  return std::any_of(row.cells.begin(), row.cells.end(), [&](const TopCell& cell) {
    return lower(cell.text).find(lower(needle)) != std::string::npos;
  });
}

TopCell number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, value != 0 && value < 10 ? "%.1f" : "%.0f", value);
  return {text, value};
}

TopCell words(const std::string& text) {
  return {text.empty() ? "-" : printable(text), 0};
}

TopCell length(Duration duration) {
  constexpr auto short_one = std::chrono::milliseconds(1);
  std::string text = duration_text(duration);
  if (duration > Duration{} && duration < short_one)
    text = std::to_string(std::max<std::int64_t>(duration.count() / 1000, 1)) + " us";
  return {text, seconds_of(duration)};
}

std::string waits_for(const Finding& finding) {
  for (const auto& thread : finding.threads) {
    if (thread.task.id == finding.task.id && !thread.waits_for.empty()) return thread.waits_for;
  }
  return finding.chain.empty() ? finding.summary : finding.chain.back().detail;
}

TopTable stuck_table(const TopSample& sample) {
  TopTable table{{{"CAUSE"},
                  {"PROCESS"},
                  {"PID/TID"},
                  {"FOR", true},
                  {"CERTAIN", false, 70},
                  {"THREAD", false, 96},
                  {"UNIT", false, 110},
                  {"WAITS FOR"}},
                 {},
                 "nothing is stuck"};
  for (std::size_t at = 0; at < sample.findings.size(); ++at) {
    const Finding& finding = sample.findings[at];
    const Task& task = finding.task;
    TopCell lasted = length(finding.lasted);
    if (!finding.since_exact) lasted.text.insert(0, ">");
    const std::string ids = std::to_string(task.process.tgid) + "/" + std::to_string(task.id.tid);
    table.rows.push_back({{words(std::string(name_of(finding.key.cause))),
                           words(task.process_comm),
                           {ids, 0},
                           lasted,
                           words(std::string(name_of(finding.certainty))),
                           words(task.comm),
                           words(finding.unit),
                           words(waits_for(finding))},
                          at,
                          finding.certainty == Certainty::certain});
  }
  return table;
}

// A thread of a finding that is in just this call.
std::optional<std::size_t> finding_in(const TopSample& sample, const OldestCall& oldest) {
  for (std::size_t at = 0; at < sample.findings.size(); ++at) {
    const auto& call = sample.findings[at].task.call;
    if (call && call->number == oldest.number && call->entered == oldest.entered) return at;
  }
  return {};
}

TopTable calls_table(const TopSample& sample) {
  TopTable table{
      {{"SYSCALL"}, {"AGE", true}, {"PID/TID"}, {"PROCESS"}, {"THREAD"}, {"UNIT", false, 60}},
      {},
      sample.calls_tracked ? "no call in flight is known yet" : "calls are not tracked (--observe scan)"};
  for (const auto& oldest : sample.oldest_calls) {
    TopRow row{{words(name_of_call(oldest.number, false)), length(sample.at.monotonic - oldest.entered)},
               finding_in(sample, oldest),
               false};
    const Finding* finding = row.finding ? &sample.findings[*row.finding] : nullptr;
    const auto* task = finding ? &finding->task : nullptr;
    row.alarming = finding && finding->certainty == Certainty::certain;
    row.cells.push_back(
        {task ? std::to_string(task->process.tgid) + "/" + std::to_string(task->id.tid) : "-", 0});
    row.cells.push_back(words(task ? task->process_comm : ""));
    row.cells.push_back(words(task ? task->comm : ""));
    row.cells.push_back(words(finding ? finding->unit : ""));
    table.rows.push_back(std::move(row));
  }
  return table;
}

TopTable syscalls_table(const TopSample& sample) {
  TopTable table{{{"SYSCALL"},
                  {"CALLS/S", true},
                  {"ERRORS/S", true},
                  {"P50 <", true},
                  {"P99 <", true},
                  {"LONGEST <", true}},
                 {},
                 "measuring..."};
  if (!sample.calls_tracked) table.empty = "calls are not tracked (--observe scan)";
  for (const auto& rate : sample.rates) {
    table.rows.push_back({{words(rate.name), number(rate.calls_per_second), number(rate.errors_per_second),
                           length(rate.p50), length(rate.p99), length(rate.longest)},
                          {},
                          false});
  }
  return table;
}

TopTable units_table(const TopSample& sample) {
  struct Sum {
    std::size_t findings = 0, threads = 0, victims = 0;
    Duration longest{};
    std::size_t example = 0;
    bool certain = false;
  };
  std::map<std::string, Sum> sums;
  for (std::size_t at = 0; at < sample.findings.size(); ++at) {
    const Finding& finding = sample.findings[at];
    Sum& sum = sums[finding.unit.empty() ? finding.task.process_comm : finding.unit];
    if (finding.lasted >= sum.longest) sum.example = at;
    sum.longest = std::max(sum.longest, finding.lasted);
    sum.findings += 1;
    sum.threads += finding.threads.size();
    sum.victims += finding.victims.size();
    sum.certain |= finding.certainty == Certainty::certain;
  }
  TopTable table{{{"UNIT OR PROCESS"},
                  {"FINDINGS", true},
                  {"STUCK THREADS", true},
                  {"VICTIMS", true},
                  {"LONGEST", true}},
                 {},
                 "nothing is stuck in any unit"};
  for (const auto& [name, sum] : sums) {
    table.rows.push_back(
        {{words(name), number(static_cast<double>(sum.findings)), number(static_cast<double>(sum.threads)),
          number(static_cast<double>(sum.victims)), length(sum.longest)},
         sum.example,
         sum.certain});
  }
  return table;
}

}  // namespace

std::string_view title_of(TopView view) {
  switch (view) {
    case TopView::stuck: return "Stuck";
    case TopView::calls: return "Calls";
    case TopView::syscalls: return "Syscalls";
    case TopView::units: return "Units";
  }
  return "";
}

TopTable table_of(const TopSample& sample, TopView view) {
  switch (view) {
    case TopView::stuck: return stuck_table(sample);
    case TopView::calls: return calls_table(sample);
    case TopView::syscalls: return syscalls_table(sample);
    case TopView::units: return units_table(sample);
  }
  return {};
}

TopTable arranged(const TopSample& sample, const TopState& state) {
  TopTable table = table_of(sample, state.view);
  if (!state.filter.empty()) {
    if (!table.rows.empty()) table.empty = "nothing matches the filter";
    std::erase_if(table.rows, [&](const TopRow& row) { return !contains(row, state.filter); });
  }
  const auto order = state.order[static_cast<std::size_t>(state.view)];
  const bool numeric = table.columns[order.column].number;
  const bool descending = numeric != order.reversed;
  std::stable_sort(table.rows.begin(), table.rows.end(), [&](const TopRow& left, const TopRow& right) {
    const auto& a = (descending ? right : left).cells[order.column];
    const auto& b = (descending ? left : right).cells[order.column];
    return numeric ? a.key < b.key : a.text < b.text;
  });
  return table;
}

namespace {

using Mode = TopState::Mode;

void show(TopState& state, TopView view) {
  state.view = view;
  state.selected = 0;
}

void sort_further(TopState& state, const TopSample& sample) {
  auto& order = state.order[static_cast<std::size_t>(state.view)];
  order = {(order.column + 1) % table_of(sample, state.view).columns.size(), false};
}

std::size_t moved(std::size_t from, TopKey key, std::size_t page) {
  switch (key) {
    case TopKey::up: return from - std::min<std::size_t>(from, 1);
    case TopKey::down: return from + 1;
    case TopKey::page_up: return from - std::min(from, page);
    case TopKey::page_down: return from + page;
    case TopKey::home: return 0;
    case TopKey::end: return std::size_t{1} << 30;  // whoever shows it knows the end
    default: return from;
  }
}

void open(TopState& state, const TopSample& sample) {
  const auto table = arranged(sample, state);
  if (state.selected >= table.rows.size() || !table.rows[state.selected].finding) return;
  state.opened = sample.findings[*table.rows[state.selected].finding].key;
  state.mode = Mode::details;
  state.scrolled = 0;
}

void find(TopState& state, const TopSample& sample, std::size_t from) {
  const auto table = arranged(sample, state);
  for (std::size_t step = 0; step < table.rows.size(); ++step) {
    const std::size_t at = (from + step) % table.rows.size();
    if (!contains(table.rows[at], state.search)) continue;
    state.selected = at;
    return;
  }
}

void type(TopState& state, const TopPress& press, const TopSample& sample) {
  std::string& text = state.mode == Mode::search ? state.search : state.filter;
  if (press.key == TopKey::escape) text.clear();
  if (press.key == TopKey::escape || press.key == TopKey::enter) {
    state.mode = Mode::table;
  } else if (press.key == TopKey::backspace) {
    if (!text.empty()) text.pop_back();
  } else if (press.key == TopKey::text && press.character >= ' ' && text.size() < 64) {
    text += press.character;
  }
  if (state.mode == Mode::filter) state.selected = 0;
  if (state.mode == Mode::search && !text.empty()) find(state, sample, state.selected);
}

void change_interval(TopState& state, bool longer) {
  constexpr Duration least = std::chrono::milliseconds(250), most = std::chrono::seconds(60);
  state.interval = std::clamp(longer ? state.interval * 2 : state.interval / 2, least, most);
}

void command(TopState& state, char character, const TopSample& sample) {
  switch (character) {
    case '1':
    case '2':
    case '3':
    case '4': return show(state, static_cast<TopView>(character - '1'));
    case 'h':
    case '?':
      state.mode = Mode::help;
      state.scrolled = 0;
      return;
    case '/':
      state.mode = Mode::search;
      state.search.clear();
      return;
    case '\\': state.mode = Mode::filter; return;
    case 'n': return find(state, sample, state.selected + 1);
    case '<':
    case '>':
    case 's': return sort_further(state, sample);
    case 'I':
    case 'r': {
      auto& order = state.order[static_cast<std::size_t>(state.view)];
      order.reversed = !order.reversed;
      return;
    }
    case ' ':
    case 'p': state.paused = !state.paused; return;
    case '+': return change_interval(state, true);
    case '-': return change_interval(state, false);
    case 'k': state.selected = moved(state.selected, TopKey::up, 1); return;
    case 'j': state.selected = moved(state.selected, TopKey::down, 1); return;
    default: return;
  }
}

TopPress as_letter(const TopPress& press) {
  switch (press.key) {
    case TopKey::f1: return {TopKey::text, 'h'};
    case TopKey::f3: return {TopKey::text, '/'};
    case TopKey::f4: return {TopKey::text, '\\'};
    case TopKey::f6: return {TopKey::text, '>'};
    case TopKey::f10: return {TopKey::text, 'q'};
    default: return press;
  }
}

void press_in_text(TopState& state, const TopPress& press, std::size_t page) {
  const bool leaves = press.key == TopKey::escape || press.key == TopKey::enter ||
                      press.key == TopKey::backspace || (press.key == TopKey::text && press.character == 'q');
  if (leaves) state.mode = Mode::table;
  TopKey key = press.key;
  if (press.key == TopKey::text && press.character == 'j') key = TopKey::down;
  if (press.key == TopKey::text && press.character == 'k') key = TopKey::up;
  state.scrolled = moved(state.scrolled, key, page);
}

void press_in_table(TopState& state, const TopPress& press, const TopSample& sample, std::size_t page) {
  if (press.key == TopKey::text && press.character == 'q') {
    state.quit = true;
  } else if (press.key == TopKey::text) {
    command(state, press.character, sample);
  } else if (press.key == TopKey::tab) {
    show(state, static_cast<TopView>((static_cast<std::size_t>(state.view) + 1) % top_views));
  } else if (press.key == TopKey::enter) {
    open(state, sample);
  } else if (press.key == TopKey::escape) {
    state.filter.clear();
  } else {
    state.selected = moved(state.selected, press.key, page);
  }
  const std::size_t rows = arranged(sample, state).rows.size();
  state.selected = rows == 0 ? 0 : std::min(state.selected, rows - 1);
}

}  // namespace

TopState pressed(TopState state, const TopPress& raw, const TopSample& sample, std::size_t page) {
  const TopPress press = as_letter(raw);
  if (raw.key == TopKey::f10) {
    state.quit = true;
  } else if (state.mode == Mode::search || state.mode == Mode::filter) {
    type(state, raw, sample);
  } else if (state.mode == Mode::table) {
    press_in_table(state, press, sample, page);
  } else {
    press_in_text(state, press, page);
  }
  return state;
}

}  // namespace wedged
