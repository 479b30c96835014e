// SPDX-License-Identifier: Apache-2.0
#include "web/findings_memory.h"

#include "report/findings_page.h"

namespace wedged {

std::shared_ptr<const std::string> FindingsMemory::list_of(const std::shared_ptr<const Published>& state) {
  const std::lock_guard lock(mutex_);
  if (list_ == nullptr || state == nullptr || state_.lock() != state) {
    list_.reset();  // before the next one takes its memory
    list_ = std::make_shared<const std::string>(json::findings_list(state.get()));
    state_ = state;
  }
  return list_;
}

}  // namespace wedged
