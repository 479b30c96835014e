// SPDX-License-Identifier: Apache-2.0
// Logs as text, one record a line (with its lines of keys), and what the reader makes of them.
#pragma once

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "kernel/oops_reader.h"

namespace wedged::test {

inline std::string captured_log(const std::string& name) {
  std::ifstream file(WEDGED_KMSG_FOLDER "/" + name);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

inline std::vector<std::string> records_in(const std::string& log) {
  std::istringstream lines(log);
  std::vector<std::string> records;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(' ') && !records.empty()) {
      records.back() += line + "\n";
    } else {
      records.push_back(line + "\n");
    }
  }
  return records;
}

// A log of these texts, written a millisecond apart by the kernel; "T7|text" has a caller, "!text" is not the
// kernel's.
inline std::string log_of(const std::vector<std::string>& texts) {
  std::string log;
  for (std::size_t at = 0; at < texts.size(); ++at) {
    auto text = texts[at];
    const bool forged = text.starts_with('!');
    if (forged) text.erase(0, 1);
    const auto bar = text.find('|');
    const auto caller = bar < 6 ? ",caller=" + text.substr(0, bar) : "";
    if (!caller.empty()) text.erase(0, bar + 1);
    log += (forged ? "12," : "4,") + std::to_string(100 + at) + "," + std::to_string(1'000'000 + 1000 * at) +
           ",-" + caller + ";" + text + "\n";
  }
  return log;
}

inline void feed(OopsReader& reader, const std::string& log) {
  for (const auto& bytes : records_in(log)) {
    if (const auto record = kmsg_record_of(bytes)) reader.feed(*record, Instant{record->stamp});
  }
}

inline std::vector<OopsReport> reports_in(const std::string& log) {
  OopsReader reader;
  feed(reader, log);
  auto reports = reader.take();
  for (auto& unfinished : reader.take()) reports.push_back(std::move(unfinished));
  return reports;
}

}  // namespace wedged::test
