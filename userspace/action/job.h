// SPDX-License-Identifier: Apache-2.0
// Job: one child process beside the scan loop, from its start until it is reaped. Nothing here waits for it:
// it is looked after at each scan. One that hangs in the kernel, so that not even SIGKILL ends it, is told as
// timed out and reaped whenever it ends. When a job's first process has ended, what is left of its process
// group is killed, as systemd.service(5) does with what ExecStartPre= leaves running: a job has one end. Who
// has left the group for another session escapes.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "action/spawn.h"
#include "action/work.h"

namespace wedged {

struct JobEnd {
  std::optional<int> exit_status;  // of one that ended by itself
  int signal = 0;                  // that ended it
  int start_error = 0;             // errno: the program could not be executed
  bool timed_out = false;
  std::string output;  // the first 4 KiB of what it wrote

  // The first line of it, without control characters.
  [[nodiscard]] std::string first_line() const;
};

// 0 is `done`; all else is `failed` with the status and the first line of the output. `name` is the program.
[[nodiscard]] Answer answer_of(const JobEnd& end, const std::string& name);

class Job final : public Work {
 public:
  using Judge = std::function<Answer(const JobEnd&)>;
  // `deadline`: then it is killed.
  Job(SpawnedChild child, Instant deadline, Judge judge)
      : child_(std::move(child)), deadline_(deadline), judge_(std::move(judge)) {}
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;
  ~Job() override;

  [[nodiscard]] std::optional<Answer> poll(Instant now) override;
  [[nodiscard]] bool over() override;
  void end() override;

 private:
  void listen();
  [[nodiscard]] bool reap();

  SpawnedChild child_;
  Instant deadline_;
  Judge judge_;
  JobEnd end_;
  bool reaped_ = false, told_ = false;
};

}  // namespace wedged
