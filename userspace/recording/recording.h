// SPDX-License-Identifier: Apache-2.0
// Recording: snapshots as text, so that a hang can be judged again later and elsewhere, and each wrong or
// missed verdict becomes a test. Judges nothing. The text is JSON lines: a header, then one snapshot a line.
// What was absent stays absent, 64-bit numbers lose nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "observation/snapshot.h"
#include "util/result.h"

namespace wedged {

// Registers and call numbers of a recording mean what they mean on this architecture.
#if defined(__x86_64__)
inline constexpr std::string_view this_machine = "x86_64";
#elif defined(__aarch64__)
inline constexpr std::string_view this_machine = "aarch64";
#else
inline constexpr std::string_view this_machine = "unknown";
#endif

struct Recording {
  std::string wedged = WEDGED_VERSION;  // the version that made it
  std::string kernel;                   // release, as uname -r has it
  std::string machine{this_machine};
  WallTime recorded{};
  std::optional<int> process;  // the thread group that was asked about; absent: the whole host
  Duration interval{};         // intended between two snapshots
  std::vector<Snapshot> snapshots;

  bool operator==(const Recording&) const = default;
};

struct RecordingLimits {
  std::size_t line = std::size_t{64} << 20;  // bytes
  std::size_t file = std::size_t{1} << 30;
};

// Creates the file, readable by its owner alone, or overwrites it. A recording that could not be read again
// is not written.
[[nodiscard]] Status write_recording(const std::string& path, const Recording& recording);

// Anything but a recording gives an error that names file, line and field and says what would be right.
[[nodiscard]] Result<Recording> read_recording(const std::string& path, const RecordingLimits& limits = {});

// The same without a file; `name` stands in errors.
[[nodiscard]] std::string recording_text(const Recording& recording);
[[nodiscard]] Result<Recording> parse_recording(std::string_view text, const std::string& name,
                                                const RecordingLimits& limits = {});

}  // namespace wedged
