// SPDX-License-Identifier: Apache-2.0
// Five threads wait for a mutex; its holder has locked another one twice. What is told is the last of the
// five.
#include <array>

#include "inject/mutexes.h"
#include "inject/stage.h"
#include "inject/variants.h"

namespace wedged::inject {
namespace {

pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;
pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;

WEDGED_OWN_FRAME void write_log_under_lock() {
  pthread_mutex_lock(&log_lock);
  asm volatile("");
}

WEDGED_OWN_FRAME void change_table() {
  pthread_mutex_lock(&table_lock);
  pthread_mutex_lock(&log_lock);
  write_log_under_lock();
  asm volatile("");
}

WEDGED_OWN_FRAME void read_table() {
  pthread_mutex_lock(&table_lock);
  asm volatile("");
}

void victims_of_self_deadlock(const Stage& stage) {
  const Thread holder = start("changer", change_table);
  await_asleep(holder);
  for (int i = 0; i < 4; ++i) await_asleep(start("reader", read_table));
  start("reader", [&stage, holder] {
    stage.about_to_wait(holder.tid);
    read_table();
  });
  idle();
}

constexpr std::array variants{
    Variant{"self_deadlock", "five threads wait for one that has locked another mutex twice",
            victims_of_self_deadlock},
};

}  // namespace

std::span<const Variant> waits_for_stuck_variants() {
  return variants;
}

}  // namespace wedged::inject
