// SPDX-License-Identifier: Apache-2.0
// Mutexes of every kind that pthreads has, for the faults to be made with.
#pragma once

#include <pthread.h>

namespace wedged::inject {

struct MutexKind {
  int type = PTHREAD_MUTEX_DEFAULT;
  int protocol = PTHREAD_PRIO_NONE;
  int robust = PTHREAD_MUTEX_STALLED;
  int shared = PTHREAD_PROCESS_PRIVATE;
};

inline void make(pthread_mutex_t& mutex, const MutexKind& kind) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  // glibc cannot tell NORMAL from DEFAULT there and marks what was set (no elision): a plain mutex stays
  // plain.
  if (kind.type != PTHREAD_MUTEX_DEFAULT) pthread_mutexattr_settype(&attributes, kind.type);
  pthread_mutexattr_setprotocol(&attributes, kind.protocol);
  pthread_mutexattr_setrobust(&attributes, kind.robust);
  pthread_mutexattr_setpshared(&attributes, kind.shared);
  pthread_mutex_init(&mutex, &attributes);
}

inline constexpr MutexKind recursive{.type = PTHREAD_MUTEX_RECURSIVE};
inline constexpr MutexKind errorcheck{.type = PTHREAD_MUTEX_ERRORCHECK};
inline constexpr MutexKind adaptive{.type = PTHREAD_MUTEX_ADAPTIVE_NP};
inline constexpr MutexKind priority_inheriting{.protocol = PTHREAD_PRIO_INHERIT};
inline constexpr MutexKind robust{.robust = PTHREAD_MUTEX_ROBUST};
inline constexpr MutexKind process_shared{.shared = PTHREAD_PROCESS_SHARED};

}  // namespace wedged::inject
