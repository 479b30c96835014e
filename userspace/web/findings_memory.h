// SPDX-License-Identifier: Apache-2.0
// FindingsMemory: what is stuck as JSON, made once for each published state however many ask. Keeps the text
// of the last state that was asked about, not the state. Thread-safe: who asks while it is made waits for it.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "report/published.h"

namespace wedged {

class FindingsMemory {
 public:
  // json::findings_list() of it. `state` may be null: as of one without findings.
  [[nodiscard]] std::shared_ptr<const std::string> list_of(const std::shared_ptr<const Published>& state);

 private:
  std::mutex mutex_;
  std::weak_ptr<const Published> state_;
  std::shared_ptr<const std::string> list_;
};

}  // namespace wedged
