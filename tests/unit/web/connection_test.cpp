// SPDX-License-Identifier: Apache-2.0
// One connection over a pair of sockets, without the loop.
#include "web/connection.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>

namespace wedged {

using Phase = Connection::Phase;

class ConnectionTest : public testing::Test {
 protected:
  ConnectionTest() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()), 0);
    theirs = Fd(ends[1]);
    connection = std::make_unique<Connection>(Fd(ends[0]), nullptr, now);
  }

  void say(const std::string& text) {
    EXPECT_EQ(::send(theirs.get(), text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
    connection->proceed(now);
  }
  std::size_t hear() {
    std::array<char, 65536> bytes{};
    const ssize_t count = ::recv(theirs.get(), bytes.data(), bytes.size(), 0);
    connection->proceed(now);
    return count > 0 ? static_cast<std::size_t>(count) : 0;
  }

  Connection::Time now = std::chrono::steady_clock::now();
  Fd theirs;
  std::unique_ptr<Connection> connection;
};

TEST_F(ConnectionTest, keeps_no_memory_of_an_answer_that_is_sent) {
  say("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_EQ(connection->phase(), Phase::asked);
  const std::string answer(std::size_t{4} << 20, 'a');
  connection->answer(answer, now);
  ASSERT_EQ(connection->phase(), Phase::sending);
  EXPECT_GE(connection->held_bytes(), answer.size());
  std::size_t heard = 0;
  while (connection->phase() == Phase::sending) heard += hear();
  ASSERT_EQ(connection->phase(), Phase::lingering);
  EXPECT_LT(connection->held_bytes(), 100U);
  while (const std::size_t more = hear()) heard += more;
  EXPECT_EQ(heard, answer.size());
}

TEST_F(ConnectionTest, who_says_nothing_is_told_nothing) {
  now += std::chrono::seconds(6);
  ASSERT_LT(connection->deadline(), now);
  connection->expire(now);
  EXPECT_EQ(connection->phase(), Phase::over);
}

TEST_F(ConnectionTest, who_began_to_ask_is_told_that_it_was_too_slow) {
  say("GET / HT");
  const auto deadline = connection->deadline();
  now += std::chrono::seconds(4);
  say("T");
  EXPECT_EQ(connection->deadline(), deadline) << "a byte now and then makes it no longer";
  connection->expire(now);
  EXPECT_EQ(connection->phase(), Phase::lingering);
  std::array<char, 1024> bytes{};
  const ssize_t count = ::recv(theirs.get(), bytes.data(), bytes.size(), 0);
  ASSERT_GT(count, 0);
  EXPECT_TRUE(std::string(bytes.data(), static_cast<std::size_t>(count)).starts_with("HTTP/1.1 408 "));
}

TEST_F(ConnectionTest, who_reads_a_little_now_and_then_is_not_waited_for_for_ever) {
  say("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto began = now;
  connection->answer(std::string(std::size_t{64} << 20, 'a'), now);
  for (int at = 0; at < 40; ++at) {
    now += std::chrono::seconds(2);
    (void)hear();
  }
  EXPECT_EQ(connection->phase(), Phase::sending);
  EXPECT_LE(connection->deadline(), began + std::chrono::seconds(60));
}

}  // namespace wedged
