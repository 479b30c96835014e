// SPDX-License-Identifier: Apache-2.0
// Lines on their way to a pipe or terminal whose reader reads, does not read, or is gone.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <string>

#include "daemon/event_log.h"
#include "daemon/line_output.h"

namespace wedged {
namespace {

using namespace std::chrono_literals;

// What a reader reads, and the other end.
struct Ends {
  Fd reader;
  Fd writer;
};

void do_not_wait(const Fd& reader) {
  ASSERT_EQ(fcntl(reader.get(), F_SETFL, O_NONBLOCK), 0);
}

Ends a_pipe() {
  std::array<int, 2> ends{};
  EXPECT_EQ(pipe(ends.data()), 0);
  Ends made{Fd(ends[0]), Fd(ends[1])};
  do_not_wait(made.reader);
  return made;
}

// Its lines come as they are written, without a carriage return.
Ends a_terminal() {
  termios raw{};
  cfmakeraw(&raw);
  int reader = -1, writer = -1;
  EXPECT_EQ(openpty(&reader, &writer, nullptr, &raw, nullptr), 0);
  Ends made{Fd(reader), Fd(writer)};
  do_not_wait(made.reader);
  return made;
}

std::string what_is_there(const Fd& reader) {
  std::string text;
  std::array<char, 4096> bytes{};
  for (auto count = read(reader.get(), bytes.data(), bytes.size()); count > 0;
       count = read(reader.get(), bytes.data(), bytes.size()))
    text.append(bytes.data(), static_cast<std::size_t>(count));
  return text;
}

// Until its end is there, for at most ten seconds: what is written to a terminal comes to its reader by a
// worker of the kernel.
template <typename Output>
std::string read_all(const Fd& reader, Output& output, const std::string& end) {
  std::string text;
  for (int pauses = 0; !text.ends_with(end) && pauses < 1000;) {
    const auto more = what_is_there(reader);
    text += more;
    output.flush();
    if (!more.empty()) continue;
    usleep(10'000);
    ++pauses;
  }
  return text;
}

std::string line(int number) {
  return "line " + std::to_string(number) + std::string(3000, '.') + "\n";
}

// More than any pipe or terminal takes. Returns what was written. Hangs with an output that waits.
std::string write_much(LineOutput& output) {
  std::string written;
  for (int number = 0; number < 1000; ++number) {
    output.write(line(number));
    written += line(number);
  }
  return written;
}

void expect_everything_in_order_later(const Ends& ends) {
  LineOutput output(ends.writer.get());
  const auto written = write_much(output);
  EXPECT_FALSE(output.empty()) << "it was never full";
  EXPECT_EQ(read_all(ends.reader, output, line(999)), written);
  EXPECT_TRUE(output.empty());
  EXPECT_EQ(output.dropped(), 0U);
}

TEST(LineOutput, a_pipe_that_nobody_reads_stops_nothing_and_gets_everything_in_order_later) {
  expect_everything_in_order_later(a_pipe());
}

// An ssh session that stalls. This test would hang with an output that trusts poll(2).
TEST(LineOutput, a_terminal_that_nobody_reads_stops_nothing_and_gets_everything_in_order_later) {
  expect_everything_in_order_later(a_terminal());
}

TEST(LineOutput, a_terminal_stays_as_it_is_for_all_others) {
  const auto ends = a_terminal();
  const LineOutput output(ends.writer.get());
  EXPECT_EQ(fcntl(ends.writer.get(), F_GETFL) & O_NONBLOCK, 0);
}

TEST(LineOutput, what_is_beyond_the_bound_is_dropped_as_whole_lines_and_counted) {
  const auto ends = a_pipe();
  LineOutput output(ends.writer.get(), std::size_t{64} << 10);
  write_much(output);
  EXPECT_GT(output.dropped(), 0U);
  const auto lines = 1000 - static_cast<int>(output.dropped());
  std::string kept;
  for (int number = 0; number < lines; ++number) kept += line(number);
  EXPECT_EQ(read_all(ends.reader, output, line(lines - 1)), kept);
}

TEST(LineOutput, a_reader_that_is_gone_stops_nothing) {
  signal(SIGPIPE, SIG_IGN);
  auto ends = a_pipe();
  LineOutput output(ends.writer.get());
  ends.reader.close();
  output.write(line(0));
  EXPECT_TRUE(output.empty());
  EXPECT_EQ(output.dropped(), 1U);
}

// poll(2) then tells of an error alone, and not of room.
TEST(LineOutput, a_reader_that_goes_while_much_waits_ends_the_waiting) {
  signal(SIGPIPE, SIG_IGN);
  auto ends = a_pipe();
  LineOutput output(ends.writer.get());
  write_much(output);
  ASSERT_FALSE(output.empty()) << "it was never full";
  ends.reader.close();
  output.flush();
  EXPECT_TRUE(output.empty());
  EXPECT_GT(output.dropped(), 900U) << "each of a thousand is counted, but for those that the pipe took";
}

// A disk that is full for a while: of a file no larger than a limit, write(2) takes what fits, then nothing.
TEST(LineOutput, after_a_line_that_a_full_disk_cut_off_the_next_one_is_whole) {
  signal(SIGXFSZ, SIG_IGN);
  const Fd file(memfd_create("events", 0));
  ASSERT_TRUE(file.valid());
  LineOutput output(file.get());
  output.write("the first\n");
  rlimit former{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &former), 0);
  const rlimit full{15, former.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &full), 0);
  output.write("the second\n");
  output.write("the third\n");
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &former), 0);
  EXPECT_EQ(output.dropped(), 2U);
  output.write("the fourth\n");
  ASSERT_EQ(lseek(file.get(), 0, SEEK_SET), 0);
  EXPECT_EQ(what_is_there(file), "the first\nthe s\nthe fourth\n");
}

// Puts another descriptor in the place of standard output for its lifetime.
class AsStandardOutput {
 public:
  explicit AsStandardOutput(const Fd& other) : former_(dup(STDOUT_FILENO)) {
    std::fflush(stdout);
    dup2(other.get(), STDOUT_FILENO);
  }
  AsStandardOutput(const AsStandardOutput&) = delete;
  AsStandardOutput& operator=(const AsStandardOutput&) = delete;
  AsStandardOutput(AsStandardOutput&&) = delete;
  AsStandardOutput& operator=(AsStandardOutput&&) = delete;
  ~AsStandardOutput() { dup2(former_.get(), STDOUT_FILENO); }

 private:
  Fd former_;
};

TEST(EventLog, a_terminal_that_nobody_reads_stops_no_scan_and_loses_no_event) {
  const auto ends = a_terminal();
  std::string text;
  std::uint64_t dropped = 0;
  bool again = false, done = false;
  {
    const AsStandardOutput terminal(ends.writer);
    EventLog log(EventFormat::json, std::nullopt);
    for (int number = 0; number < 1000; ++number) log.notice(EventKind::warning, line(number), {});
    log.notice(EventKind::warning, "the end", {});
    log.drain(50ms);  // must return
    again = log.flush_within().has_value();
    text = read_all(ends.reader, log, "the end\"}\n");
    dropped = log.dropped();
    done = !log.flush_within().has_value();
  }
  EXPECT_TRUE(again) << "the loop comes back to it before the next scan";
  EXPECT_TRUE(done);
  EXPECT_EQ(dropped, 0U);
  for (int number = 0; number < 1000; ++number)
    ASSERT_NE(text.find("line " + std::to_string(number) + "."), std::string::npos) << number;
}

}  // namespace
}  // namespace wedged
