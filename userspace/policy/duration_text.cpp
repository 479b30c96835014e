// SPDX-License-Identifier: Apache-2.0
#include "policy/duration_text.h"

namespace wedged {

std::string text_of(Duration duration) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
  if (ms % 1000 != 0) return std::to_string(ms) + " ms";
  const auto seconds = ms / 1000;
  return seconds > 90 && seconds % 60 == 0 ? std::to_string(seconds / 60) + " min"
                                           : std::to_string(seconds) + " s";
}

}  // namespace wedged
