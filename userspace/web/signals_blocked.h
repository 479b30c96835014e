// SPDX-License-Identifier: Apache-2.0
// SignalsBlocked: blocks every signal of this thread for its lifetime. Threads started meanwhile inherit that
// and leave all signals to the thread that waits for them.
#pragma once

#include <pthread.h>

#include <csignal>

namespace wedged {

class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

}  // namespace wedged
