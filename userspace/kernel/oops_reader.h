// SPDX-License-Identifier: Apache-2.0
// From records of the kernel's log to reports of oopses: what is one, where it begins and ends, and whose it
// is. Pure: it is handed the records and their times. Other reports (warnings, lockups, stalls, hung tasks)
// are told apart and left out. Where another report runs through one, it says of no thread that it was it.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "kernel/kmsg_record.h"
#include "observation/kernel_voice.h"

namespace wedged {

class OopsReader {
 public:
  // In the order of the log; `at` is the record's stamp in CLOCK_MONOTONIC.
  void feed(const KmsgRecord& record, Instant at);
  // Records are missing here: what has begun goes no further.
  void skip();
  // The finished reports. One that was not heard of since the last call is finished, too: no more will come.
  [[nodiscard]] std::vector<OopsReport> take();

 private:
  struct Line {
    std::string caller;
    std::string text;
    Instant at;
  };
  struct Open {
    OopsReport report;
    std::string caller;
    unsigned seen = 0;   // lines of it, those not kept included
    bool torn = false;   // another report began in it before it said whose it is
    bool quiet = false;  // nothing of it since the last take()
  };

  void remember(const KmsgRecord& record, Instant at);
  [[nodiscard]] std::deque<Line>::const_iterator beginning() const;
  void begin();
  void go_on(const Line& line);
  void finish();

  std::deque<Line> recent_;  // an oops tells what it is some lines before it says that it is one
  std::optional<Open> open_;
  std::vector<OopsReport> finished_;
};

}  // namespace wedged
