// SPDX-License-Identifier: Apache-2.0
#include "config/size.h"

#include <gtest/gtest.h>

namespace wedged {
namespace {

constexpr SizeRange any{0, ~std::uint64_t{0}};

TEST(Size, each_unit_is_read_and_written) {
  for (const char* text :
       {"0KiB", "1KiB", "1023KiB", "1MiB", "256MiB", "1GiB", "1025GiB", "1TiB", "16777215TiB"}) {
    const auto bytes = parse_size(text, any);
    ASSERT_TRUE(bytes) << text;
    EXPECT_EQ(size_as_written(*bytes), text);
  }
  EXPECT_EQ(*parse_size("1024KiB", any), std::uint64_t{1} << 20);
}

TEST(Size, what_is_no_size_is_refused) {
  for (const char* text : {"", "1", "MiB", "1 MiB", "1mib", "1MB", "1M", "-1MiB", "1.5GiB", "0x1KiB",
                           "99999999999999999999KiB", "18446744073709551615TiB"}) {
    EXPECT_FALSE(parse_size(text, any)) << text;
  }
}

TEST(Size, bounds_are_part_of_the_range) {
  const SizeRange range{std::uint64_t{1} << 20, std::uint64_t{2} << 20};
  EXPECT_TRUE(parse_size("1MiB", range));
  EXPECT_TRUE(parse_size("2MiB", range));
  EXPECT_EQ(parse_size("1023KiB", range).error().message, "must be from 1MiB to 2MiB, not '1023KiB'");
  EXPECT_FALSE(parse_size("2049KiB", range));
}

}  // namespace
}  // namespace wedged
