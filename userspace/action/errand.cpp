// SPDX-License-Identifier: Apache-2.0
#include "action/errand.h"

#include <chrono>
#include <exception>
#include <thread>
#include <utility>

namespace wedged {

Errand::Errand(Task task, Instant deadline) : deadline_(deadline) {
  std::promise<Answer> promise;
  answer_ = promise.get_future();
  std::thread([task = std::move(task), promise = std::move(promise), stop = stop_]() mutable {
    Answer answer;
    try {
      answer = task(*stop);
    } catch (const std::exception& error) {
      answer = failed(error.what());
    }
    task = nullptr;  // what it holds is closed before its end is told
    promise.set_value(std::move(answer));
  }).detach();
}

std::optional<Answer> Errand::poll(Instant now) {
  if (told_) return std::nullopt;
  told_ = over() || now >= deadline_;
  if (over()) return answer_.get();
  if (!told_) return std::nullopt;
  end();
  return Answer{OutcomeKind::timed_out, "it hangs in the kernel and was given up"};
}

bool Errand::over() {
  return !answer_.valid() || answer_.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
}

void Errand::end() {
  *stop_ = true;
}

}  // namespace wedged
