// SPDX-License-Identifier: Apache-2.0
#include "observation/watched_scope.h"

#include <gtest/gtest.h>

namespace wedged {
namespace {

TEST(WatchedScope, has_a_name_and_a_place) {
  struct Case {
    WatchedScope scope;
    const char* name{};
    const char* place{};
  };
  const Case cases[] = {
      {{}, "this host", "on this host"},
      {{{}, "/a/b", {}}, "cgroup /a/b", "in cgroup /a/b"},
      {{{5}, {}, {}}, "process 5", "in process 5"},
      {{{5, 6}, "/a", {}}, "processes 5, 6 in cgroup /a", "in processes 5, 6 in cgroup /a"},
  };
  for (const auto& [scope, name, place] : cases) {
    EXPECT_EQ(name_of(scope), name);
    EXPECT_EQ(place_of(scope), place);
  }
}

TEST(WatchedScope, that_nobody_can_be_in_is_blind_and_the_same_as_before) {
  const WatchedScope there{{}, "/a", {}};
  const WatchedScope gone{{}, "/a", "cgroup /a does not exist"};
  EXPECT_EQ(why_blind(there), "");
  EXPECT_EQ(why_blind(gone), "nobody is looked at: cgroup /a does not exist");
  EXPECT_TRUE(gone.same_as(there));
  EXPECT_FALSE(gone.same_as({}));
}

}  // namespace
}  // namespace wedged
