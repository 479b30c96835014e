// SPDX-License-Identifier: Apache-2.0
// How often a test that tries many random things of one thread tries them.
#pragma once

#include "util/sanitizers.h"

namespace wedged::test {

/// `whole`, or a tenth of it (at least one) under ThreadSanitizer: that makes each round some ten times
/// slower, and has nothing to find in code that only one thread runs. The other trees run all of them.
constexpr unsigned rounds(unsigned whole) {
#ifdef WEDGED_THREAD_SANITIZER
  return whole < 10 ? 1 : whole / 10;
#else
  return whole;
#endif
}

/// The same under AddressSanitizer, too: for histories of values, whose memory is all the same after some of
/// them.
constexpr unsigned histories(unsigned whole) {
#if defined(WEDGED_ADDRESS_SANITIZER) || defined(WEDGED_THREAD_SANITIZER)
  return whole < 10 ? 1 : whole / 10;
#else
  return whole;
#endif
}

}  // namespace wedged::test
