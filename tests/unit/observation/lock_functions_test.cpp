// SPDX-License-Identifier: Apache-2.0
#include "observation/lock_functions.h"

#include <gtest/gtest.h>

#include <array>

namespace wedged {
namespace {

struct Row {
  LockKind kind;
  std::vector<const char*> names;
};

std::vector<UserFrame> stack_of(const std::vector<std::string>& functions) {
  std::vector<UserFrame> stack;
  for (const auto& function : functions) stack.push_back({0x401000, function, 0, "/usr/lib/libc.so.6"});
  return stack;
}

std::optional<LockKind> kind_in(const std::vector<std::string>& functions) {
  const auto found = lock_function(stack_of(functions));
  return found ? found->kind : std::nullopt;
}

std::string name_in(const std::vector<std::string>& functions) {
  const auto found = lock_function(stack_of(functions));
  return found ? found->name : "";
}

void PrintTo(const Row& row, std::ostream* out) {
  *out << name_of(row.kind);
}

class Table : public testing::TestWithParam<Row> {};
TEST_P(Table, each_name_is_known_however_a_symbol_table_spells_it) {
  for (const std::string name : GetParam().names) {
    for (const auto& spelling : {name, "_" + name, "__" + name, "___" + name, "__GI_" + name,
                                 "__GI___" + name, name + "@GLIBC_2.2.5", name + "@@GLIBC_2.34",
                                 name + ".constprop.0", name + ".part.0", "__" + name + ".cold"}) {
      EXPECT_EQ(kind_in({spelling}), GetParam().kind) << spelling;
      EXPECT_EQ(name_in({spelling}), spelling);
    }
    EXPECT_EQ(kind_in({name + "x"}), std::nullopt) << name;
    EXPECT_EQ(kind_in({"my_" + name}), std::nullopt) << name;
  }
}
INSTANTIATE_TEST_SUITE_P(
    LockFunctions, Table,
    testing::Values(Row{LockKind::mutex,
                        {"pthread_mutex_lock", "pthread_mutex_lock_full", "pthread_mutex_timedlock",
                         "pthread_mutex_clocklock", "pthread_mutex_cond_lock", "pthread_mutex_cond_lock_full",
                         "mtx_lock", "mtx_timedlock"}},
                    Row{LockKind::rwlock,
                        {"pthread_rwlock_rdlock", "pthread_rwlock_wrlock", "pthread_rwlock_timedrdlock",
                         "pthread_rwlock_timedwrlock", "pthread_rwlock_clockrdlock",
                         "pthread_rwlock_clockwrlock"}},
                    Row{LockKind::condition,
                        {"pthread_cond_wait", "pthread_cond_timedwait", "pthread_cond_clockwait",
                         "pthread_cond_wait_common", "cnd_wait", "cnd_timedwait"}},
                    Row{LockKind::semaphore, {"sem_wait", "sem_timedwait", "sem_clockwait"}},
                    Row{LockKind::join,
                        {"pthread_join", "pthread_timedjoin_np", "pthread_clockjoin_np",
                         "pthread_clockjoin_ex", "pthread_timedjoin_ex", "thrd_join"}},
                    Row{LockKind::barrier, {"pthread_barrier_wait"}},
                    Row{LockKind::once, {"pthread_once", "pthread_once_slow", "call_once"}}),
    [](const auto& tested) { return std::string(testing::PrintToString(tested.index)); });

TEST(LockFunctions, all_of_glibcs_semaphore_functions_are_semaphores) {
  EXPECT_EQ(kind_in({"__new_sem_wait_slow64.constprop.0"}), LockKind::semaphore);
  EXPECT_EQ(kind_in({"__new_sem_wait@@GLIBC_2.34"}), LockKind::semaphore);
  EXPECT_EQ(kind_in({"__new_sem_wait_fast"}), LockKind::semaphore);
}

// Its words may mean anything: the number behind the word is no owner.
TEST(LockFunctions, a_programs_own_function_is_none_of_the_c_library_whatever_its_name) {
  const auto kind_where = [](const std::string& module, const std::string& outermost) {
    return lock_function({{1, "syscall", 0, outermost},
                          {2, "mtx_lock", 0, module},
                          {3, "main", 0, "/bin/app"},
                          {4, "__libc_start_main", 0, outermost}})
        ->kind;
  };
  EXPECT_EQ(kind_where("/usr/lib/libc.so.6", "/usr/lib/libc.so.6"), LockKind::mutex);
  EXPECT_EQ(kind_where("/usr/lib/libpthread-2.31.so", "/usr/lib/libc-2.31.so"), LockKind::mutex);
  EXPECT_EQ(kind_where("/bin/app", "/usr/lib/libc.so.6"), std::nullopt);
  EXPECT_EQ(kind_where("/bin/app", "/lib/ld-musl-x86_64.so.1"), std::nullopt);
  EXPECT_EQ(kind_where("/bin/app", "/usr/lib/x86_64-linux-musl/libc.so"), std::nullopt);
  EXPECT_EQ(kind_where("/bin/app", "/bin/app"), LockKind::mutex) << "a static program";
}

TEST(LockFunctions, the_plumbing_is_passed_over) {
  for (const std::string plumbing : {"syscall",
                                     "__lll_lock_wait",
                                     "__lll_lock_wait_private",
                                     "__lll_wait_tid",
                                     "__syscall_cp",
                                     "__syscall_cp_asm",
                                     "__syscall_cp_c",
                                     "__cp_end",
                                     "__timedwait",
                                     "__timedwait_cp",
                                     "__wait",
                                     "__internal_syscall_cancel",
                                     "__syscall_cancel",
                                     "__syscall_cancel_arch",
                                     "__syscall_cancel_arch_end",
                                     "__futex_abstimed_wait_common64",
                                     "__GI___futex_abstimed_wait_cancelable64",
                                     "futex_wait",
                                     "std::sys::pal::unix::futex::futex_wait",
                                     "std::sys::unix::futex::futex"}) {
    EXPECT_EQ(name_in({plumbing, "pthread_mutex_lock", "main"}), "pthread_mutex_lock") << plumbing;
    EXPECT_FALSE(lock_function(stack_of({plumbing})).has_value()) << plumbing;
  }
}

TEST(LockFunctions, frames_without_a_name_are_passed_over) {
  EXPECT_EQ(name_in({"", "", "pthread_cond_wait", "pthread_mutex_lock"}), "pthread_cond_wait");
  EXPECT_FALSE(lock_function(stack_of({"", "", ""})).has_value());
  EXPECT_FALSE(lock_function({}).has_value());
  EXPECT_FALSE(lock_function(stack_of({"___", "@@GLIBC_2.34", "."})).has_value());
}

TEST(LockFunctions, the_first_frame_outside_the_plumbing_decides) {
  EXPECT_EQ(kind_in({"__lll_lock_wait_private", "malloc", "pthread_mutex_lock"}), std::nullopt);
  EXPECT_EQ(name_in({"__lll_lock_wait_private", "malloc", "pthread_mutex_lock"}), "malloc");
  EXPECT_EQ(kind_in({"pthread_cond_wait", "pthread_join"}), LockKind::condition);
}

TEST(LockFunctions, the_module_is_that_of_the_deciding_frame) {
  const auto found =
      lock_function({{1, "syscall", 0, "/a"}, {2, "pthread_mutex_lock", 0, "/b"}, {3, "main", 0, "/c"}});
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->module, "/b");
}

TEST(LockFunctions, locks_of_rust_are_plain_ones) {
  for (const std::string name : {"std::sys::sync::mutex::futex::Mutex::lock_contended",
                                 "std::sys::sync::rwlock::futex::RwLock::read_contended",
                                 "std::sys::sync::rwlock::futex::RwLock::write_contended",
                                 "parking_lot::raw_mutex::RawMutex::lock_slow",
                                 "parking_lot::raw_rwlock::RawRwLock::lock_exclusive_slow"})
    EXPECT_EQ(kind_in({"syscall", name, "main"}), LockKind::plain_lock) << name;
}

TEST(LockFunctions, conditions_and_parked_threads_of_rust_are_no_locks) {
  for (const std::string name :
       {"parking_lot::condvar::Condvar::wait_until_internal", "std::sys::sync::condvar::futex::Condvar::wait",
        "std::sys::sync::thread_parking::futex::Parker::park", "parking_lot_core::parking_lot::park"})
    EXPECT_NE(kind_in({"syscall", name, "main"}), LockKind::plain_lock) << name;
}

}  // namespace
}  // namespace wedged
