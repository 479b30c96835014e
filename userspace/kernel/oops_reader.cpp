// SPDX-License-Identifier: Apache-2.0
// An oops of x86_64 is printed under a lock (die_lock), so another oops does not run into it, but a warning
// or a stall can. With CONFIG_PRINTK_CALLER each line says whose it is; elsewhere what is doubtful is left
// open.
#include "kernel/oops_reader.h"

#include <algorithm>
#include <utility>

#include "kernel/oops_text.h"

namespace wedged {
namespace {

// From its reason to its header an oops of x86_64 takes five lines, one of arm64 some fifteen; with another's
// lines between them.
constexpr std::size_t lines_remembered = 32;
constexpr Duration reason_to_header = std::chrono::seconds(5);
// What follows a header for so long without an end is none of it any more.
constexpr unsigned longest_report = 400;

std::string bounded(std::string_view text) {
  return std::string(text.substr(0, most_oops_line_bytes));
}

void keep(std::vector<std::string>& lines, std::string_view text) {
  if (lines.size() < most_oops_lines && !says_little(text)) lines.push_back(bounded(text));
}

}  // namespace

void OopsReader::remember(const KmsgRecord& record, Instant at) {
  if (recent_.size() == lines_remembered) recent_.pop_front();
  recent_.push_back({record.caller, record.text, at});
}

void OopsReader::feed(const KmsgRecord& record, Instant at) {
  if (!record.from_kernel || record.fragment) return;
  remember(record, at);
  const Line& line = recent_.back();
  if (is_oops_header(line.text)) {
    finish();
    begin();
  } else if (open_ && open_->caller == line.caller) {
    go_on(line);
  }
}

// The reason that belongs to the header, which is the newest line: the only one shortly before it that may be
// from the same caller.
std::deque<OopsReader::Line>::const_iterator OopsReader::beginning() const {
  const auto header = std::prev(recent_.end());
  auto found = header;
  for (auto at = header; at != recent_.begin();) {
    --at;
    if (header->at - at->at > reason_to_header || is_report_end(at->text) || is_oops_header(at->text)) break;
    if (at->caller != header->caller || !is_oops_reason(at->text)) continue;
    if (found != header) return header;
    found = at;
  }
  return found;
}

void OopsReader::begin() {
  const auto first = beginning();
  const Line& header = recent_.back();
  Open open;
  open.caller = header.caller;
  open.report.at = first->at;
  open.report.what = bounded(&*first == &header ? header_text(header.text) : first->text);
  for (auto line = first; line != recent_.end(); ++line) {
    if (line->caller == header.caller) keep(open.report.lines, line->text);
  }
  open_ = std::move(open);
}

void OopsReader::go_on(const Line& line) {
  open_->quiet = false;
  if (is_report_end(line.text) || ++open_->seen == longest_report) return finish();
  auto& report = open_->report;
  if (const auto thread = thread_in(line.text)) {
    if (open_->torn || (report.tid && report.tid != thread->tid)) {
      report.tid.reset();
      report.comm.clear();
      open_->torn = true;
    } else {
      report.tid = thread->tid;
      report.comm = thread->comm;
    }
  } else if (is_other_report(line.text)) {
    open_->torn = true;
    if (report.tid) return finish();
  }
  keep(report.lines, line.text);
}

void OopsReader::finish() {
  if (open_) finished_.push_back(std::move(open_->report));
  open_.reset();
}

void OopsReader::skip() {
  finish();
  recent_.clear();
}

std::vector<OopsReport> OopsReader::take() {
  if (open_ && std::exchange(open_->quiet, true)) finish();
  return std::exchange(finished_, {});
}

}  // namespace wedged
