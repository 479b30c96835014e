// SPDX-License-Identifier: Apache-2.0
#include "web/own_names.h"

#include <gtest/gtest.h>

namespace wedged {

TEST(OwnNames, are_addresses_and_names_that_nobody_else_can_have) {
  for (const char* host :
       {"", "localhost", "localhost:9974", "LocalHost:9974", "localhost.", "127.0.0.1", "127.0.0.1:9974",
        "[::1]", "[::1]:9974", "node1:9974", "ip6-localhost", "wedged.localhost:9974",
        "localhost.localdomain", "node1.example.com:9974", "NODE1.Example.com", "node1.example.com.:9974"})
    EXPECT_TRUE(is_own_name(host, "node1.example.com")) << host;
}

TEST(OwnNames, are_no_names_that_anybody_can_have_resolve_to_this_host) {
  for (const char* host : {"attacker.example:9974", "attacker.example", "node1.example.com.attacker.example",
                           "127.0.0.1.attacker.example:9974", "localhost.attacker.example",
                           "attacker.example.", "node2.example.com:9974", "1.2.3", "attacker.example:9974:x"})
    EXPECT_FALSE(is_own_name(host, "node1.example.com")) << host;
  EXPECT_FALSE(is_own_name("attacker.example", ""));
}

}  // namespace wedged
