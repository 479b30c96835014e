// SPDX-License-Identifier: Apache-2.0
// Credentials, their check and what is remembered of it. The hashes are of cost 4, the cheapest there is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "unit/web/passwords.h"
#include "web/bcrypt.h"
#include "web/credentials.h"
#include "web/doorkeeper.h"
#include "web/password_memory.h"

namespace wedged {

using namespace test;
using Entry = Doorkeeper::Entry;

TEST(Credentials, are_read_from_the_header) {
  EXPECT_EQ(basic_credentials("Basic YWxpY2U6c2VjcmV0"), (Credentials{"alice", "secret"}));
  EXPECT_EQ(basic_credentials("basic   YWxpY2U6c2VjcmV0"), (Credentials{"alice", "secret"}));
  EXPECT_EQ(basic_credentials("Basic YTpiOmM="), (Credentials{"a", "b:c"})) << "a password may have colons";
  EXPECT_EQ(basic_credentials("Basic Og=="), (Credentials{"", ""}));
  for (const char* none :
       {"", "Basic", "Basic ", "Bearer YTpi", "Basic YWI", "Basic !!!!", "BasicYTpi", "Basic YT=pi"})
    EXPECT_EQ(basic_credentials(none), std::nullopt) << none;
}

TEST(Bcrypt, tells_right_from_wrong) {
  EXPECT_TRUE(bcrypt_matches("secret", secret_hash));
  EXPECT_FALSE(bcrypt_matches("Secret", secret_hash));
  EXPECT_FALSE(bcrypt_matches("", secret_hash));
  EXPECT_FALSE(bcrypt_matches(std::string("secret\0x", 8), secret_hash));
  EXPECT_FALSE(bcrypt_matches("secret", "nonsense"));
  EXPECT_FALSE(bcrypt_matches("secret", ""));
}

TEST(PasswordMemory, knows_what_it_remembers_and_nothing_like_it) {
  PasswordMemory memory;
  const Credentials alice{"alice", "secret"};
  EXPECT_FALSE(memory.knows(alice, secret_hash));
  memory.remember(alice, secret_hash);
  EXPECT_TRUE(memory.knows(alice, secret_hash));
  EXPECT_FALSE(memory.knows({"alice", "secrets"}, secret_hash));
  EXPECT_FALSE(memory.knows({"alic", "esecret"}, secret_hash));
  EXPECT_FALSE(memory.knows(alice, other_hash)) << "the user's password has changed";
}

TEST(PasswordMemory, forgets_the_oldest) {
  PasswordMemory memory;
  for (std::size_t at = 0; at <= PasswordMemory::most; ++at)
    memory.remember({std::to_string(at), "x"}, secret_hash);
  EXPECT_FALSE(memory.knows({"0", "x"}, secret_hash));
  EXPECT_TRUE(memory.knows({"1", "x"}, secret_hash));
}

class DoorkeeperTest : public testing::Test {
 protected:
  // The one verdict that follows.
  bool verdict() {
    for (int wait = 0; wait < 6000; ++wait) {
      const auto verdicts = doorkeeper.verdicts();
      if (!verdicts.empty()) return verdicts.front().right;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    ADD_FAILURE() << "no verdict";
    return false;
  }

  const Doorkeeper::Users users{{"alice", secret_hash}};
  std::atomic<int> woken = 0;
  Doorkeeper doorkeeper{[this] { ++woken; }};
};

TEST_F(DoorkeeperTest, lets_everybody_in_where_there_are_no_users) {
  EXPECT_EQ(doorkeeper.ask(1, {}, ""), Entry::open);
}

TEST_F(DoorkeeperTest, refuses_who_shows_nothing) {
  EXPECT_EQ(doorkeeper.ask(1, users, ""), Entry::refused);
  EXPECT_EQ(doorkeeper.ask(1, users, "Bearer x"), Entry::refused);
}

TEST_F(DoorkeeperTest, checks_a_right_password_once) {
  EXPECT_EQ(doorkeeper.ask(1, users, alice_secret), Entry::later);
  EXPECT_TRUE(verdict());
  EXPECT_GE(woken, 1);
  EXPECT_EQ(doorkeeper.ask(2, users, alice_secret), Entry::open);
  EXPECT_EQ(doorkeeper.ask(3, {{"alice", other_hash}}, alice_secret), Entry::later)
      << "it is another password now";
  EXPECT_FALSE(verdict());
}

TEST_F(DoorkeeperTest, checks_a_wrong_password_each_time_and_an_unknown_user_likewise) {
  for (std::uint64_t id = 1; id <= 4; ++id) {
    EXPECT_EQ(doorkeeper.ask(id, users, id % 2 == 0 ? alice_wrong : mallory_secret), Entry::later);
    EXPECT_FALSE(verdict());
  }
}

TEST_F(DoorkeeperTest, turns_away_when_too_many_wait) {
  const Doorkeeper::Users dear{{"alice", dear_hash}};
  int busy = 0;
  for (std::uint64_t id = 1; id <= 2 * PasswordThread::most_waiting; ++id)
    busy += static_cast<int>(doorkeeper.ask(id, dear, alice_wrong) == Entry::busy);
  EXPECT_GE(busy, static_cast<int>(PasswordThread::most_waiting) / 2);
}

}  // namespace wedged
