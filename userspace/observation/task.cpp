// SPDX-License-Identifier: Apache-2.0
#include "observation/task.h"

namespace wedged {

bool SystemCall::same_as(const SystemCall& other) const {
  if (number != other.number || compat != other.compat) return false;
  if (entered && other.entered && *entered != *other.entered) return false;
  return !sequence || !other.sequence || *sequence == *other.sequence;
}

}  // namespace wedged
