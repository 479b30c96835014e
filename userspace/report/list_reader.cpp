// SPDX-License-Identifier: Apache-2.0
#include "report/list_reader.h"

#include <limits>
#include <optional>

#include "report/format.h"
#include "report/json_values.h"
#include "report/page_reader.h"

namespace wedged {
namespace {

using json::any_count;
using json::greatest_id;
using json::Spot;

int id_at(const Spot& spot) {
  return static_cast<int>(spot.number(greatest_id));
}

std::size_t count_at(const Spot& spot) {
  return static_cast<std::size_t>(spot.number(any_count));
}

// One of a later version is unknown.
RunState state_at(const Spot& spot) {
  const std::string name = spot.text();
  for (auto state = RunState::running; state < RunState::unknown;
       state = static_cast<RunState>(static_cast<int>(state) + 1)) {
    if (state_name(state) == name) return state;
  }
  return RunState::unknown;
}

std::string call_at(const Spot& spot) {
  if (spot.is_null()) return {};
  SystemCall call;
  call.number = static_cast<int>(spot.at("number").number(std::numeric_limits<int>::max()));
  call.compat = spot.at("compat").truth();
  return call_name(call);
}

// The entry of this thread among those of the finding; absent if it is not listed.
std::optional<Spot> thread_of(const Spot& finding, int tid) {
  for (const Spot& thread : finding.at("threads").items()) {
    if (id_at(thread.at("tid")) == tid) return thread;
  }
  return std::nullopt;
}

// As stuck_task(): the finding's own thread where it has ended, else whose state and call the finding has.
void take_thread(const Spot& finding, ListedFinding& line) {
  const Spot own = finding.at("thread");
  const Spot told_by = finding.at("told_by");
  const Spot& who = told_by.is_null() ? own : told_by;
  line.tid = id_at(who.at("tid"));
  line.comm = who.at("comm").text_or_null();
  line.state = state_at(finding.at("state"));
  line.call = call_at(finding.at("syscall"));
  if (told_by.is_null()) return;
  const auto ended = thread_of(finding, id_at(own.at("tid")));
  if (!ended || state_at(ended->at("state")) != RunState::dead) return;
  line.tid = id_at(own.at("tid"));
  line.comm = own.at("comm").text_or_null();
  line.state = RunState::dead;
  line.call = ended->at("syscall").text_or_null();
}

// What the thread itself waits for, else the end of the chain.
std::string waits_for_at(const Spot& finding, int tid) {
  if (const auto thread = thread_of(finding, tid)) {
    std::string text = thread->at("waits_for").text_or_null();
    if (!text.empty()) return text;
  }
  const auto chain = finding.at("chain").items();
  return chain.empty() ? std::string() : chain.back().at("detail").text_or_null();
}

ListedFinding finding_at(const Spot& spot) {
  const Spot process = spot.at("process");
  ListedFinding line;
  line.cause = spot.at("cause").text();
  line.pid = id_at(process.at("pid"));
  take_thread(spot, line);
  line.lasted = spot.at("lasted_seconds").seconds();
  line.since_exact = spot.at("since_exact").truth();
  line.waits_for = waits_for_at(spot, line.tid);
  line.threads = count_at(spot.at("threads_total"));
  line.victims = count_at(spot.at("victims_total"));
  line.unit = process.at("unit").text_or_null();
  return line;
}

std::string document_of(const Spot& page, const DaemonScan& scan) {
  json::ordered_json document;
  document["schema"] = json::schema;
  document["time"] = page.at("last_scan").at("time").text();
  document["threads_scanned"] = scan.threads;
  document["untold"] = scan.untold;
  document["findings"] = page.at("findings").value();
  return json::line_of(document);
}

}  // namespace

Result<DaemonListing> read_listing(std::string_view body) {
  return json::read_page<DaemonListing>(body, [](const DaemonScan& scan, const Spot& page) {
    DaemonListing listing{scan, {}, {}};
    if (!scan.age) return listing;
    for (const Spot& finding : page.at("findings").items()) listing.findings.push_back(finding_at(finding));
    listing.document = document_of(page, scan);
    return listing;
  });
}

}  // namespace wedged
