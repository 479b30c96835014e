// SPDX-License-Identifier: Apache-2.0
// The lock is held for copying a pointer; the old state is freed outside of it.
#include "report/published.h"

#include <utility>

namespace wedged {

void Publication::publish(std::shared_ptr<const Published> state) {
  const std::lock_guard lock(mutex_);
  state_.swap(state);
}

std::shared_ptr<const Published> Publication::latest() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

}  // namespace wedged
