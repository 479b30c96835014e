// SPDX-License-Identifier: Apache-2.0
// Runs the tests, or is the disposable process that an inspector in one of them starts: as the daemon's main.
#include <gtest/gtest.h>

#include <string_view>

#include "inspector/child.h"

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "inspector" && wedged::started_as_inspector())
    return wedged::run_inspector_child();
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
