// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>

#include "util/clock.h"
#include "util/fd.h"
#include "util/result.h"

namespace wedged {
namespace {

bool is_open(int fd) {
  return fcntl(fd, F_GETFD) >= 0;
}

TEST(Result, errors_carry_their_kind_and_the_noun_of_each_layer) {
  const auto error = system_error(ESRCH, "open task 7").in("sample");
  EXPECT_EQ(error.kind, ErrorKind::gone);
  EXPECT_EQ(error.message, "sample: open task 7: No such process");
  EXPECT_EQ(system_error(EPERM, "").kind, ErrorKind::denied);
  EXPECT_EQ(system_error(ENOSYS, "").kind, ErrorKind::unsupported);
  EXPECT_EQ(system_error(EIO, "").kind, ErrorKind::system);
}

TEST(Fd, destruction_and_assignment_close) {
  int first = -1, second = -1;
  {
    Fd a{dup(0)};
    Fd b{dup(0)};
    first = a.get();
    second = b.get();
    a = std::move(b);
    EXPECT_FALSE(is_open(first));
    EXPECT_TRUE(is_open(second));
    EXPECT_FALSE(b.valid());  // NOLINT(bugprone-use-after-move): that it is empty is the point
  }
  EXPECT_FALSE(is_open(second));
}

TEST(Clock, a_pair_converts_monotonic_to_wall_time) {
  using namespace std::chrono_literals;
  const ClockPair pair{Instant{100s}, WallTime{1000s}};
  EXPECT_EQ(pair.wall_of(Instant{90s}), WallTime{990s});
  EXPECT_EQ(instant_of_ns(5), Instant{5ns});
}

}  // namespace
}  // namespace wedged
