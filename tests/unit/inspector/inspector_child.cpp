// SPDX-License-Identifier: Apache-2.0
// What `wedged inspector` is, without the rest of wedged.
#include "inspector/child.h"

int main() {
  return wedged::run_inspector_child();
}
