// SPDX-License-Identifier: Apache-2.0
// Failures: the processes whose memory could not be read when they were last asked about: why, and how many
// scans they are left alone before they are asked about again, more after each failure. Pure.
#pragma once

#include <map>
#include <string>

#include "observation/snapshot.h"

namespace wedged {

class Failures {
 public:
  void note(const ProcessId& process, const std::string& reason);
  void forget(const ProcessId& process) { failures_.erase(process); }  // it could be read
  void age();                                                          // at the begin of each scan
  // Who is gone, once its pause is over: who comes and goes is not asked about all the more often.
  void keep_those_in(const Snapshot& snapshot);

  // Of the last time that it was asked about, as long as nothing could be read since; null: there is none.
  [[nodiscard]] const std::string* reason(const ProcessId& process) const;
  [[nodiscard]] bool pausing(const ProcessId& process) const;  // not to be asked about now

 private:
  struct Failure {
    std::string reason;
    unsigned pause = 0;       // in scans
    unsigned scans_left = 0;  // of it
  };
  std::map<ProcessId, Failure> failures_;
};

}  // namespace wedged
