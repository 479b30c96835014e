// SPDX-License-Identifier: Apache-2.0
#include "observation/kernel_lock.h"

#include <gtest/gtest.h>

namespace wedged {
namespace {

constexpr TaskId owner{7, 8, 9};
constexpr std::uint64_t list = 0xffff888000001010, task = 0xffff888000002000;

KernelWait in_list(const std::string& function) {
  KernelWait wait;
  wait.waiters = list;
  wait.mutex = {list - 16, task, 1, owner};
  wait.rwsem = {list - 24, task, 3, owner};
  if (!function.empty()) wait.functions = {"schedule_timeout+0x1/0x2", function, "vsnprintf+0x1/0x2"};
  return wait;
}

TEST(KernelLock, is_of_the_kind_that_the_waiting_function_tells) {
  const auto kind = [](const char* function) { return kernel_lock_of(in_list(function))->kind; };
  EXPECT_EQ(kind("__mutex_lock.constprop.0+0x1/0x2"), KernelLockKind::mutex);
  EXPECT_EQ(kind("__ww_mutex_lock.isra.0+0x1/0x2"), KernelLockKind::mutex);
  EXPECT_EQ(kind("rwsem_down_read_slowpath+0x1/0x2"), KernelLockKind::rwsem_read);
  EXPECT_EQ(kind("rwsem_down_write_slowpath+0x1/0x2"), KernelLockKind::rwsem_write);
  EXPECT_EQ(kind("__down_common+0x1/0x2"), KernelLockKind::semaphore);
  EXPECT_EQ(kind("___down_common+0x1/0x2"), KernelLockKind::semaphore);
}

TEST(KernelLock, is_none_where_neither_function_nor_kernel_tells_the_kind) {
  EXPECT_FALSE(kernel_lock_of(in_list("io_schedule+0x1/0x2")));
  EXPECT_FALSE(kernel_lock_of(in_list("")));
  EXPECT_FALSE(kernel_lock_of(in_list("0xffffffff81234567")));
  EXPECT_FALSE(kernel_lock_of({}));
}

TEST(KernelLock, is_none_where_the_functions_tell_different_kinds) {
  auto wait = in_list("__mutex_lock.constprop.0+0x1/0x2");
  wait.functions.push_back("rwsem_down_write_slowpath+0x1/0x2");
  EXPECT_FALSE(kernel_lock_of(wait));
}

TEST(KernelLock, names_the_owner_of_a_mutex_without_having_made_sure_of_it) {
  const auto lock = *kernel_lock_of(in_list("__mutex_lock.constprop.0+0x1/0x2"));
  EXPECT_EQ(lock.address, list - 16);
  EXPECT_EQ(lock.owner_address, task);
  EXPECT_EQ(lock.owner, owner);
  EXPECT_EQ(lock.holder, KernelHolder::unknown);
}

TEST(KernelLock, names_the_writer_of_an_rw_semaphore_but_never_a_reader) {
  auto wait = in_list("rwsem_down_write_slowpath+0x1/0x2");
  EXPECT_EQ(kernel_lock_of(wait)->owner, owner);
  wait.rwsem.flags = (2U << 8U) | 2;  // two readers, somebody waits
  EXPECT_FALSE(kernel_lock_of(wait)->owner);
  EXPECT_EQ(kernel_lock_of(wait)->owner_address, 0U);
  EXPECT_EQ(kernel_lock_of(wait)->readers, 2U);
}

TEST(KernelLock, names_nobody_of_a_semaphore) {
  const auto lock = *kernel_lock_of(in_list("__down+0x1/0x2"));
  EXPECT_FALSE(lock.owner);
  EXPECT_EQ(lock.address, list);
}

TEST(KernelLock, is_told_by_the_kernel_itself_before_all_else) {
  auto wait = in_list("");
  wait.waiters = list & ~7ULL;
  const auto kind = [&](std::uint64_t bits) {
    wait.blocker = wait.waiters | bits;
    return kernel_lock_of(wait)->kind;
  };
  EXPECT_EQ(kind(0), KernelLockKind::mutex);
  EXPECT_EQ(kind(1), KernelLockKind::semaphore);
  EXPECT_EQ(kind(2), KernelLockKind::rwsem_read);
  EXPECT_EQ(kind(3), KernelLockKind::rwsem_write);
}

TEST(KernelLock, of_an_rt_mutex_needs_no_list) {
  KernelWait wait;
  wait.rt_mutex = {0xffff888000003000, task, 0, owner};
  const auto lock = *kernel_lock_of(wait);
  EXPECT_EQ(lock.kind, KernelLockKind::rt_mutex);
  EXPECT_EQ(lock.owner, owner);
}

}  // namespace
}  // namespace wedged
