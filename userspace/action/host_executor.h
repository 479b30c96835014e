// SPDX-License-Identifier: Apache-2.0
// Host executor: hands each rung to who can carry it out, and keeps what goes on beside the loop. Decides
// nothing. To be used by one thread, which lives as long as the monitor does.
#pragma once

#include "action/executor.h"
#include "action/host_parts.h"
#include "action/killer.h"
#include "action/work_list.h"

namespace wedged {

class HostExecutor final : public Executor {
 public:
  explicit HostExecutor(HostParts parts);
  HostExecutor(const HostExecutor&) = delete;
  HostExecutor& operator=(const HostExecutor&) = delete;
  ~HostExecutor() override { work_.abandon(Instant{}); }

  // Whether everything that this policy's ladders need is there, tried without harming anybody; not
  // programs, which may be on a disk that hangs: a dry run looks for those. The first thing that is missing.
  [[nodiscard]] Status self_test(const Policy& policy) const override;

  [[nodiscard]] Outcome execute(const Decision& decision, const Policy& policy, Instant now) override;
  [[nodiscard]] std::vector<Outcome> finished(Instant now) override;
  [[nodiscard]] Room room() const override;
  [[nodiscard]] std::vector<Outcome> abandon(Instant now) override;

 private:
  [[nodiscard]] Status self_test(const Rung& rung) const;
  [[nodiscard]] Step begin(const Decision& decision, const Policy& policy, Instant now);
  [[nodiscard]] Step begin_signal(const Decision& decision, const Policy& policy, Instant now);
  [[nodiscard]] Step begin_beside(const Decision& decision, const Policy& policy, Instant now);

  HostParts parts_;
  Killer killer_;
  WorkList work_;
};

}  // namespace wedged
