// SPDX-License-Identifier: Apache-2.0
// Errand: work on a thread of its own, for what may block in the kernel and needs nothing of the loop's.
#pragma once

#include <atomic>
#include <functional>
#include <future>
#include <memory>

#include "action/work.h"

namespace wedged {

class Errand final : public Work {
 public:
  // Must own all that it uses: one that hangs is left behind. Ends soon when the flag is set.
  using Task = std::function<Answer(const std::atomic<bool>& stop)>;
  Errand(Task task, Instant deadline);
  Errand(const Errand&) = delete;
  Errand& operator=(const Errand&) = delete;
  ~Errand() override { end(); }

  [[nodiscard]] std::optional<Answer> poll(Instant now) override;
  [[nodiscard]] bool over() override;
  void end() override;

 private:
  std::shared_ptr<std::atomic<bool>> stop_ = std::make_shared<std::atomic<bool>>(false);
  std::future<Answer> answer_;  // of a promise: its end waits for nobody
  Instant deadline_;
  bool told_ = false;
};

}  // namespace wedged
