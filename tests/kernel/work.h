// SPDX-License-Identifier: Apache-2.0
// Work: what a child does when it is told to, and nothing but that between two waits for the test's word.
#pragma once

#include <functional>

#include "child.h"

namespace wedged::test {

class Work {
 public:
  // Returns when the child waits to be told.
  explicit Work(const std::function<void()>& work);

  [[nodiscard]] int pid() const { return child_.pid(); }
  // Has it begin its work; returns at once.
  void begin() const { child_.say(); }
  // Has it do its work; returns when it waits again.
  void be_done() const;

  // Of the line to the test there are beside the work's own calls: a read that told it to go on, and a send
  // that it has got there.
  static constexpr unsigned productive_calls_beside = 2;

 private:
  Child child_;
};

}  // namespace wedged::test
