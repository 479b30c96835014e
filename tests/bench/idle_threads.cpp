// SPDX-License-Identifier: Apache-2.0
// A process of so many threads that all wait: what a scan has to walk over. Says "ready" when the last one is
// there.
#include <pthread.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

constexpr std::size_t stack_bytes = std::size_t{16} * 1024;

void* wait_for_ever(void* /*unused*/) {
  while (true) pause();
}

int start(const pthread_attr_t& attributes) {
  pthread_t thread{};
  return pthread_create(&thread, &attributes, wait_for_ever, nullptr);
}

}  // namespace

int main(int argc, char** argv) {
  const long wanted = argc == 2 ? std::atol(argv[1]) : 0;
  if (wanted < 1) {
    std::fputs("usage: bench_idle_threads NUMBER\n", stderr);
    return 2;
  }
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stack_bytes);
  for (long started = 1; started < wanted; ++started) {  // the first thread is ours
    const int error = start(attributes);
    if (error != 0) {
      std::fprintf(stderr, "thread %ld: %s\n", started, std::strerror(error));
      return 1;
    }
  }
  std::puts("ready");
  std::fflush(stdout);
  wait_for_ever(nullptr);
}
