// SPDX-License-Identifier: Apache-2.0
#include "action/aide.h"

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv, argv + argc);
  return wedged::is_aide(arguments) ? wedged::run_aide(arguments) : 2;
}
