// SPDX-License-Identifier: Apache-2.0
#include "config/users.h"

#include <gtest/gtest.h>

namespace wedged {
namespace {

TEST(Users, root_is_zero_on_every_system) {
  const auto root = system_user("root");
  ASSERT_TRUE(root);
  EXPECT_EQ(*root, std::optional<std::uint32_t>{0});
}

TEST(Users, who_is_not_there_is_nobody_and_no_error) {
  const auto found = system_user("no such user: with a colon");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(*found, std::nullopt);
}

TEST(Users, a_number_is_asked_of_nobody) {
  const UserLookup refusing = [](const std::string&) -> Result<std::optional<std::uint32_t>> {
    return Error{ErrorKind::system, "asked"};
  };
  EXPECT_EQ(*user_id("0", refusing), 0U);
  EXPECT_EQ(*user_id("4294967294", refusing), 4294967294U);
  EXPECT_EQ(user_id("a1", refusing).error().message, "'a1' asked");
}

}  // namespace
}  // namespace wedged
