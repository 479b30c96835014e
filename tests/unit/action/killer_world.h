// SPDX-License-Identifier: Apache-2.0
// What the tests of the killer share: decisions about real processes, and a kernel that says about them what
// the test wants it to say.
#pragma once

#include <vector>

#include "action/killer.h"
#include "child.h"
#include "support/builders.h"

namespace wedged::test {

inline TaskBuilder waiting_in(const Child& child) {
  return a_thread().of_process(child.pid()).in_d_state().switches(7);
}

inline Decision decision_on(const Finding& finding, int signal_number = SIGTERM,
                            Verdict verdict = Verdict::act) {
  Decision decision;
  decision.finding = finding;
  decision.rule = "r";
  decision.rung = {ActionKind::signal, signal_number, {}};
  decision.verdict = verdict;
  return decision;
}

// Answers each look with the task as it is said to be now, and remembers whom it was asked about.
struct World {
  Result<Task> now = Error{ErrorKind::gone, "no such task"};
  std::vector<TaskId> asked;

  Killer killer() {
    return Killer{[this](const TaskId& id) -> Result<Task> {
      asked.push_back(id);
      return now;
    }};
  }
};

}  // namespace wedged::test
