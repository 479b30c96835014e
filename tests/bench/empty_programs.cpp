// SPDX-License-Identifier: Apache-2.0
// Attaches the two empty programs, says "ready" and keeps them attached until it is told to end. Measures
// nothing.
#include <unistd.h>

#include <cstdio>
#include <cstring>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"
#pragma GCC diagnostic ignored "-Wconversion"
#include "empty_programs.skel.h"
#pragma GCC diagnostic pop

int main(int argc, char** argv) {
  const bool clock = argc == 2 && std::strcmp(argv[1], "clock") == 0;
  auto* skeleton = empty_programs__open();
  if (skeleton == nullptr) return std::perror("bench_empty_programs"), 1;
  bpf_program__set_autoload(skeleton->progs.empty_enter, !clock);
  bpf_program__set_autoload(skeleton->progs.empty_exit, !clock);
  bpf_program__set_autoload(skeleton->progs.clock_enter, clock);
  bpf_program__set_autoload(skeleton->progs.clock_exit, clock);
  if (empty_programs__load(skeleton) != 0 || empty_programs__attach(skeleton) != 0) {
    return std::perror("bench_empty_programs"), 1;
  }
  std::puts("ready");
  std::fflush(stdout);
  pause();  // a signal ends the process, and with it the links
}
