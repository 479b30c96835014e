// SPDX-License-Identifier: Apache-2.0
// FutexWaits: a child whose threads wait in futexes, and which the test can make wait anew. Knows nothing of
// what is observed.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "child.h"

namespace wedged::test {

enum class WaitKind { endless, with_timeout, futex_wait, futex_wait_with_timeout };

class FutexWaits {
 public:
  // One thread for each kind beside the first, which waits for the test; `leader_exits` ends that one.
  explicit FutexWaits(std::vector<WaitKind> kinds, bool leader_exits = false);

  [[nodiscard]] int pid() const { return child_->pid(); }
  [[nodiscard]] const std::vector<int>& tids() const { return tids_; }  // in the order of the kinds
  // Lets them begin, and returns when all of them are asleep in their calls.
  void begin();
  // Ends the wait of one of them, which at once waits again; returns when it does.
  void wake(std::size_t which);

 private:
  static constexpr std::size_t most = 1'500;
  struct Words {
    std::uint32_t go;
    std::uint32_t words[most];
    std::uint32_t rounds[most];  // waits begun
    int tids[most];
  };

  void await_asleep(std::size_t which) const;

  std::vector<WaitKind> kinds_;
  Shared<Words> words_;
  std::unique_ptr<Child> child_;
  std::vector<int> tids_;
};

[[nodiscard]] bool kernel_has_futex_wait();  // futex_wait(2), v6.7

}  // namespace wedged::test
