// SPDX-License-Identifier: Apache-2.0
#include "report/subject.h"

#include "report/format.h"

namespace wedged {

const Task& subject_of(const Finding& finding) {
  for (const auto& thread : finding.threads) {
    if (thread.task.id == finding.key.task) return thread.task;
  }
  return finding.task;
}

std::string subject_text(const Finding& finding) {
  const Task& subject = subject_of(finding);
  return subject.id == finding.key.task ? thread_text(subject)
                                        : "thread " + std::to_string(finding.key.task.tid);
}

const Task* told_by(const Finding& finding) {
  return finding.key.task == finding.task.id ? nullptr : &finding.task;
}

const Task& stuck_task(const Finding& finding) {
  const Task& subject = subject_of(finding);
  return told_by(finding) != nullptr && subject.state == RunState::dead ? subject : finding.task;
}

}  // namespace wedged
