// SPDX-License-Identifier: Apache-2.0
#include "observation/syscall_names.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>

namespace wedged {
namespace {

TEST(SyscallNames, agree_with_the_headers) {
  EXPECT_EQ(syscall_name(SYS_read), "read");
  EXPECT_EQ(syscall_name(SYS_futex), "futex");
  EXPECT_EQ(syscall_number("openat"), SYS_openat);
}

TEST(SyscallNames, numbers_and_names_are_each_others_inverse) {
  int named = 0;
  for (int number = 0; number < static_cast<int>(syscall_count()); ++number) {
    if (syscall_name(number).empty()) continue;
    EXPECT_EQ(syscall_number(syscall_name(number)), number);
    ++named;
  }
  EXPECT_GT(named, 250);
}

TEST(SyscallNames, what_does_not_exist_has_no_name) {
  EXPECT_TRUE(syscall_name(-1).empty());
  EXPECT_TRUE(syscall_name(100000).empty());
  EXPECT_FALSE(syscall_number("no_such_call").has_value());
}

}  // namespace
}  // namespace wedged
