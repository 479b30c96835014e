// SPDX-License-Identifier: Apache-2.0
// The healthy look-alikes that wait for work, for each other's end or for signals, or survive a crash.
#pragma once

#include "inject/stage.h"

namespace wedged::inject {

void pool(const Stage& stage);
void join_long_worker(const Stage& stage);
void semaphore_idle(const Stage& stage);
void survive_signals(const Stage& stage);
void forked_idle(const Stage& stage);

// Works for 2 ms and then rests, so that many of it do not load the machine.
void compute_a_little();

}  // namespace wedged::inject
