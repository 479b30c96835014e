// SPDX-License-Identifier: Apache-2.0
// The healthy look-alikes of a spinning event loop: they turn fast, and each turn has its reason.
#pragma once

#include "inject/stage.h"

namespace wedged::inject {

void timer_loop(const Stage& stage);
void busy_receiver(const Stage& stage);
void edge_triggered(const Stage& stage);
void handing_over(const Stage& stage);
void one_shot(const Stage& stage);
void busy_wait(const Stage& stage);

}  // namespace wedged::inject
