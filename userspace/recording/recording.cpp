// SPDX-License-Identifier: Apache-2.0
// Lines to a recording and back, and what must hold between them. Knows neither files nor JSON.
#include "recording/recording.h"

#include <algorithm>

#include "recording/json_reader.h"
#include "recording/json_writer.h"

namespace wedged {
namespace {

Error malformed(const std::string& name, std::size_t line, const std::string& message) {
  return {ErrorKind::malformed, name + ":" + std::to_string(line) + ": " + message};
}

// Takes the first line away, without its end.
std::string_view next_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

// What the reader of JSON would not tell well, or at all: a NUL byte is the end of the text to it.
std::string fault_of_line(std::string_view line, const RecordingLimits& limits) {
  if (line.size() > limits.line) {
    return "must be a line of at most " + std::to_string(limits.line) + " bytes: is this a recording?";
  }
  const std::size_t nul = line.find('\0');
  if (nul == std::string_view::npos) return {};
  return "column " + std::to_string(nul + 1) + ": must be text, not a NUL byte: was the file damaged?";
}

// The index of the first element that does not come after the one before it; their number if there is none.
template <typename List, typename Key>
std::size_t disorder_in(const List& list, const Key& key) {
  for (std::size_t at = 1; at < list.size(); ++at) {
    if (!(key(list[at - 1]) < key(list[at]))) return at;
  }
  return list.size();
}

// What the history relies on.
std::string fault_of(const Snapshot& snapshot, const Snapshot* before) {
  const auto in = [](const std::string& field, std::size_t at) {
    return field + "[" + std::to_string(at) +
           "]: must come after the one before it: the list is sorted by id";
  };
  const std::size_t suspect = disorder_in(snapshot.suspects, [](const Task& task) { return task.id; });
  if (suspect < snapshot.suspects.size()) return in("suspects", suspect);
  const std::size_t process = disorder_in(snapshot.complete, [](const ProcessId& id) { return id; });
  if (process < snapshot.complete.size()) return in("complete", process);
  const std::size_t absent = disorder_in(snapshot.absent, [](const NamespacedId& id) { return id; });
  if (absent < snapshot.absent.size()) return in("absent", absent);
  if (before == nullptr || before->taken.monotonic < snapshot.taken.monotonic) return {};
  return "taken.monotonic_ns: must be later than in the snapshot before";
}

}  // namespace

std::string recording_text(const Recording& recording) {
  recorded::Header header{recorded::format_version, recording, recording.snapshots.size()};
  header.recording.snapshots.clear();
  std::string text = recorded::line_of(header) + "\n";
  for (const Snapshot& snapshot : recording.snapshots) text += recorded::line_of(snapshot) + "\n";
  return text;
}

Result<Recording> parse_recording(std::string_view text, const std::string& name,
                                  const RecordingLimits& limits) {
  const std::string_view first = next_line(text);
  if (const auto fault = fault_of_line(first, limits); !fault.empty()) return malformed(name, 1, fault);
  auto header = recorded::header_of(first);
  if (!header) return malformed(name, 1, header.error().message);
  Recording recording = std::move(header->recording);
  if (recording.machine != this_machine) {
    return malformed(name, 1,
                     "machine: must be " + std::string(this_machine) +
                         ": calls have other numbers on other machines, replay it there");
  }
  for (std::size_t number = 2; !text.empty(); ++number) {
    const std::string_view line = next_line(text);
    if (const auto fault = fault_of_line(line, limits); !fault.empty()) return malformed(name, number, fault);
    auto snapshot = recorded::snapshot_of(line);
    if (!snapshot) return malformed(name, number, snapshot.error().message);
    const Snapshot* before = recording.snapshots.empty() ? nullptr : &recording.snapshots.back();
    const std::string fault = fault_of(*snapshot, before);
    if (!fault.empty()) return malformed(name, number, fault);
    recording.snapshots.push_back(std::move(*snapshot));
  }
  if (recording.snapshots.size() != header->snapshots) {
    return malformed(name, 1,
                     "snapshots: must be the number of lines that follow, " +
                         std::to_string(recording.snapshots.size()) + ", not " +
                         std::to_string(header->snapshots) + ": was the file cut off?");
  }
  return recording;
}

}  // namespace wedged
