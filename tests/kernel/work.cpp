// SPDX-License-Identifier: Apache-2.0
#include "work.h"

#include <sys/syscall.h>

#include "proc_task.h"

namespace wedged::test {

Work::Work(const std::function<void()>& work)
    : child_([work](const Line& line) {
        line.say();
        if (!line.hear()) return 1;
        work();
        line.say();
        return line.hear() ? 0 : 1;
      }) {
  child_.hear();
  await_call(pid(), pid(), SYS_read);
}

void Work::be_done() const {
  child_.say();
  child_.hear();
  await_call(pid(), pid(), SYS_read);
}

}  // namespace wedged::test
