// SPDX-License-Identifier: Apache-2.0
#include "kernel/kmsg_record.h"

#include <gtest/gtest.h>

namespace wedged {

using namespace std::chrono_literals;

TEST(KmsgRecord, has_level_sequence_stamp_and_text) {
  const auto record = kmsg_record_of("6,339,5140900,-;NET: Registered protocol family 10\n");
  ASSERT_TRUE(record.has_value());
  EXPECT_EQ(*record,
            (KmsgRecord{6, true, 339, 5'140'900us, false, "", "NET: Registered protocol family 10"}));
}

TEST(KmsgRecord, of_user_space_never_passes_for_the_kernels) {
  EXPECT_FALSE(kmsg_record_of("30,340,5690716,-;udevd[80]: starting version 181\n")->from_kernel);
  EXPECT_FALSE(kmsg_record_of("10,684,6704540,-;Oops: 0002 [#9] PREEMPT SMP\n")->from_kernel);
  EXPECT_EQ(kmsg_record_of("10,684,6704540,-;Oops\n")->level, 2U);
}

TEST(KmsgRecord, tells_its_caller_among_fields_of_the_future) {
  EXPECT_EQ(kmsg_record_of("4,1,2,-,caller=T123;x\n")->caller, "T123");
  EXPECT_EQ(kmsg_record_of("4,1,2,-,new=1,caller=C1,other;x\n")->caller, "C1");
  EXPECT_EQ(kmsg_record_of("4,1,2,-,new=1;x\n")->caller, "");
}

TEST(KmsgRecord, says_that_it_is_a_fragment) {
  EXPECT_TRUE(kmsg_record_of("4,687,39773052,c;\\x09(t=5250 jiffies)\n")->fragment);
  EXPECT_FALSE(kmsg_record_of("4,687,39773052,-,caller=T1;x\n")->fragment);
}

TEST(KmsgRecord, has_the_bytes_that_were_escaped) {
  EXPECT_EQ(kmsg_record_of("4,1,2,-;Comm: x\\x5cy \\xc3\\xa9\\x0aOops\n")->text, "Comm: x\\y \xc3\xa9\nOops");
  EXPECT_EQ(kmsg_record_of("4,1,2,-;\\x4 \\xzz \\\n")->text, "\\x4 \\xzz \\") << "no escape of the kernel's";
}

TEST(KmsgRecord, leaves_out_the_keys_that_follow_the_text) {
  EXPECT_EQ(kmsg_record_of("7,160,424069,-;pci 0:0\n SUBSYSTEM=acpi\n DEVICE=+acpi:0\n")->text, "pci 0:0");
}

TEST(KmsgRecord, is_none_without_its_numbers) {
  for (const auto* bytes :
       {"", ";", "text", "6,339,5140900,-", "6,339;x", "x,339,1,-;x", "-6,339,1,-;x", "6,,1,-;x",
        "6,1,99999999999999999999,-;x", "6,1,18446744073709551615,-;x", " 6,1,1,-;x"}) {
    EXPECT_FALSE(kmsg_record_of(bytes).has_value()) << bytes;
  }
}

}  // namespace wedged
