// SPDX-License-Identifier: Apache-2.0
// Prints by how many milliseconds the wall clock is ahead of CLOCK_MONOTONIC: wedged-inject tells the one,
// the daemon's events the other.
#include "fault.h"

int main(void) {
  struct timespec monotonic;
  clock_gettime(CLOCK_MONOTONIC, &monotonic);
  printf("%lld\n", now_ms() - (monotonic.tv_sec * 1000LL + monotonic.tv_nsec / 1000000));
  return 0;
}
