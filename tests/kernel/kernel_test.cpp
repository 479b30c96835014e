// SPDX-License-Identifier: Apache-2.0
#include "kernel_test.h"

#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <thread>

namespace wedged::test {
namespace {

std::uint64_t comparisons = 0;

std::string what_is_missing() {
  if (geteuid() != 0) return "not root: BPF programs cannot be loaded";
  if (access("/sys/kernel/btf/vmlinux", R_OK) != 0)
    return "this kernel has no type information (/sys/kernel/btf/vmlinux)";
  return {};
}

}  // namespace

void KernelTest::SetUp() {
  comparisons = 0;
  const auto missing = what_is_missing();
  if (!missing.empty()) WEDGED_SKIP(missing);
}

void KernelTest::TearDown() {
  std::cout << comparisons << " comparisons with the kernel's own account\n";
  if (IsSkipped() || HasFailure()) return;
  EXPECT_GT(comparisons, 0U) << "this test has looked at nothing";
}

bool kernel_is_required() {
  const char* required = std::getenv("WEDGED_REQUIRE_KERNEL");
  return required != nullptr && std::string(required) == "1";
}

void count_comparison() {
  ++comparisons;
}

void await(const std::string& what, const std::function<bool()>& has_come) {
  const auto deadline = now() + std::chrono::seconds(120);
  while (!has_come()) {
    if (now() > deadline) throw std::runtime_error("waited in vain for " + what);
    pause_for(std::chrono::milliseconds(1));
  }
}

void pause_for(Duration duration) {
  std::this_thread::sleep_for(duration);
}

Instant now() {
  return std::chrono::steady_clock::now();
}

std::int64_t ns(Instant at) {
  return at.time_since_epoch().count();
}

}  // namespace wedged::test
