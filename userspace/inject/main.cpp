// SPDX-License-Identifier: Apache-2.0
// wedged-inject: provokes a hang of a kind in a process of its own, and ends it again.
#include <exception>
#include <iostream>

#include "inject/command_line.h"
#include "inject/supervise.h"

namespace {

int start(int argc, char** argv) {
  const auto parsed = wedged::inject::parse_command_line(argc, argv);
  if (const auto* chosen = std::get_if<wedged::inject::Chosen>(&parsed))
    return static_cast<int>(wedged::inject::supervise(chosen->cause, chosen->variant, chosen->lasts));
  const auto& early = std::get<wedged::inject::EarlyExit>(parsed);
  (early.code == wedged::ExitCode::success ? std::cout : std::cerr) << early.text << std::flush;
  return static_cast<int>(early.code);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return start(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "wedged-inject: " << error.what() << '\n';
    return static_cast<int>(wedged::ExitCode::failed);
  }
}
