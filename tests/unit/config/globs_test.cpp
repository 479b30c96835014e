// SPDX-License-Identifier: Apache-2.0
#include "config/globs.h"

#include <gtest/gtest.h>

namespace wedged {
namespace {

TEST(Globs, what_fnmatch_understands_passes) {
  for (const char* glob : {"*", "a?c", "[abc]", "[!a-z]", "[]a]", "[!]a]", "[^]]", "[[:alpha:]_]", "\\[",
                           "\\\\", "[a\\]b]", "a]b", "(sd-pam)"}) {
    EXPECT_EQ(fault_of_glob(glob, GlobSubject::comm), "") << glob;
  }
}

TEST(Globs, what_fnmatch_would_take_literally_or_not_at_all_is_refused) {
  for (const char* glob :
       {"", "[", "[]", "[!]", "a[b", "[[:alpha:]", "[[:alpha", "\\", "a\\\\\\", "[a\\]", "a\nb", "\x7f"}) {
    EXPECT_NE(fault_of_glob(glob, GlobSubject::comm), "") << glob;
  }
}

TEST(Globs, a_name_longer_than_the_kernel_keeps_is_refused_unless_it_is_open) {
  const std::string fifteen(15, 'a');
  EXPECT_EQ(fault_of_glob(fifteen, GlobSubject::comm), "");
  EXPECT_NE(fault_of_glob(fifteen + "a", GlobSubject::comm), "");
  EXPECT_EQ(fault_of_glob(fifteen + "*", GlobSubject::comm), "");
  EXPECT_EQ(fault_of_glob(fifteen + ".service", GlobSubject::unit), "");
  EXPECT_EQ(fault_of_glob("/" + fifteen, GlobSubject::protect), "") << "a slash makes it a path";
}

TEST(Globs, a_path_must_be_able_to_match) {
  EXPECT_EQ(fault_of_glob("/usr/bin/*", GlobSubject::exe), "");
  EXPECT_EQ(fault_of_glob("*postgres", GlobSubject::exe), "");
  EXPECT_NE(fault_of_glob("usr/bin/*", GlobSubject::exe), "");
  EXPECT_NE(fault_of_glob("postgres", GlobSubject::exe), "");
}

TEST(Globs, their_length_is_bounded) {
  EXPECT_EQ(fault_of_glob("*" + std::string(255, 'a'), GlobSubject::unit), "");
  EXPECT_NE(fault_of_glob("*" + std::string(256, 'a'), GlobSubject::unit), "");
}

}  // namespace
}  // namespace wedged
