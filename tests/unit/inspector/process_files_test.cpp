// SPDX-License-Identifier: Apache-2.0
#include "inspector/process_files.h"

#include <gtest/gtest.h>

namespace wedged {
namespace {

AddressSpace mapping(const std::string& path) {
  AddressSpace space;
  space.add_text("1000-2000 r-xp 00000000 fe:01 7 " + path + "\n");
  return space;
}

TEST(ProcessFiles, arguments_are_joined_with_spaces) {
  EXPECT_EQ(joined_arguments(std::string("cat\0a b\0", 8)), "cat a b");
  EXPECT_EQ(joined_arguments(std::string("a\0\0b\0\0", 6)), "a  b");
  EXPECT_EQ(joined_arguments(""), "");
  EXPECT_EQ(joined_arguments("a title of its own"), "a title of its own");
}

TEST(ProcessFiles, caught_signals_are_the_bits_of_status) {
  EXPECT_EQ(caught_signals_in("SigIgn:\t00\nSigCgt:\t0000000180004a03\nCapInh:\t0\n"), 0x180004a03U);
  EXPECT_EQ(caught_signals_in("Name:\tSigCgt\n"), std::nullopt);
  EXPECT_EQ(caught_signals_in("x\nSigCgt:\t\n"), std::nullopt);
}

TEST(ProcessFiles, timers_are_counted_by_their_ids) {
  EXPECT_EQ(timers_in(""), 0U);
  EXPECT_EQ(timers_in("ID: 0\nsignal: 10/0\nnotify: none/pid.1\nClockID: 1\nID: 1\nsignal: 2/0\n"), 2U);
}

TEST(ProcessFiles, the_c_library_is_told_by_the_names_of_mapped_files) {
  EXPECT_EQ(libc_named_in(mapping("/usr/lib/x86_64-linux-gnu/libc.so.6")), CLibrary::glibc);
  EXPECT_EQ(libc_named_in(mapping("/lib64/libc-2.17.so")), CLibrary::glibc);
  EXPECT_EQ(libc_named_in(mapping("/lib/libc.so.6 (deleted)")), CLibrary::glibc);
  EXPECT_EQ(libc_named_in(mapping("/lib/ld-musl-x86_64.so.1")), CLibrary::musl);
  EXPECT_EQ(libc_named_in(mapping("/usr/lib/x86_64-linux-musl/libc.so")), CLibrary::musl);
  EXPECT_EQ(libc_named_in(mapping("/usr/lib/libcrypto.so.3")), std::nullopt);
  EXPECT_EQ(libc_named_in(mapping("/system/lib64/libc.so")), std::nullopt);
}

}  // namespace
}  // namespace wedged
