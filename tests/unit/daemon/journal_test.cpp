// SPDX-License-Identifier: Apache-2.0
// Events on their way to the journal: a socket stands for journald, which reads, does not read, or is not
// there.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <filesystem>
#include <optional>

#include "daemon/event_log.h"
#include "support/builders.h"

namespace wedged {
namespace {

using namespace std::chrono_literals;
using test::a_finding;
using test::test_now;

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "wedged-journal-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  Folder(Folder&&) = delete;
  Folder& operator=(Folder&&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }

  [[nodiscard]] std::string socket() const { return path_ + "/socket"; }

 private:
  std::string path_;
};

class Receiver {
 public:
  explicit Receiver(const std::string& path) : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    EXPECT_EQ(bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }

  // One datagram, or what is in the sealed file that came with it; absent if there is none.
  [[nodiscard]] std::optional<std::string> next() const {
    std::string bytes(std::size_t{1} << 18, '\0');
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    iovec part{bytes.data(), bytes.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const auto count = recvmsg(socket_.get(), &message, 0);
    if (count < 0) return std::nullopt;
    if (const auto* header = CMSG_FIRSTHDR(&message)) return content_of(header);
    return bytes.substr(0, static_cast<std::size_t>(count));
  }

 private:
  static std::string content_of(const cmsghdr* header) {
    int number = -1;
    std::memcpy(&number, CMSG_DATA(header), sizeof number);
    const Fd file(number);
    constexpr int wanted = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;
    EXPECT_EQ(fcntl(file.get(), F_GET_SEALS), wanted) << "journald takes sealed files only";
    struct stat status {};
    EXPECT_EQ(fstat(file.get(), &status), 0);
    std::string content(static_cast<std::size_t>(status.st_size), '\0');
    EXPECT_EQ(pread(file.get(), content.data(), content.size(), 0), status.st_size);
    return content;
  }

  Fd socket_;
};

EventLog log_to(const Folder& folder, EventFormat format = EventFormat::text) {
  return EventLog(format, JournalOutput(JournalSocket(folder.socket())));
}

ClockPair now() {
  return {test_now, WallTime{1714533165s}};
}

TEST(Journal, an_event_is_one_entry_with_message_fields_and_json) {
  const Folder folder;
  const Receiver receiver(folder.socket());
  auto log = log_to(folder);
  log.notice(EventKind::reloaded, "configuration reloaded", now());
  EXPECT_EQ(receiver.next(),
            "MESSAGE=RELOADED configuration reloaded\n"
            "SYSLOG_IDENTIFIER=wedged\n"
            "MESSAGE_ID=ea8a34beb9be4023a451f2cc89794abb\n"
            "PRIORITY=6\n"
            "WEDGED_EVENT_NAME=reloaded\n"
            "WEDGED_EVENT={\"event\":\"reloaded\",\"time\":\"2024-05-01T03:12:45.000Z\",\"schema\":1,"
            "\"message\":\"configuration reloaded\"}\n");
  EXPECT_FALSE(receiver.next().has_value());
}

TEST(Journal, the_message_is_json_where_json_was_asked_for) {
  const Folder folder;
  const Receiver receiver(folder.socket());
  log_to(folder, EventFormat::json).notice(EventKind::started, "x", now());
  EXPECT_EQ(receiver.next().value().rfind("MESSAGE={\"event\":\"started\"", 0), 0U);
}

TEST(Journal, a_finding_has_its_block_of_text_in_one_entry) {
  const Folder folder;
  const Receiver receiver(folder.socket());
  log_to(folder).raised(a_finding(), now());
  const auto entry = receiver.next().value();
  EXPECT_EQ(entry.rfind("MESSAGE\n", 0), 0U) << "several lines";
  EXPECT_NE(entry.find("STUCK    uninterruptible_wait"), std::string::npos);
  EXPECT_NE(entry.find("\nWEDGED_CAUSE=uninterruptible_wait\n"), std::string::npos);
  EXPECT_FALSE(receiver.next().has_value());
}

TEST(Journal, what_is_too_long_for_a_datagram_goes_as_a_sealed_file) {
  const Folder folder;
  const Receiver receiver(folder.socket());
  auto log = log_to(folder);
  const std::string sentence(std::size_t{1} << 20, 'x');
  log.notice(EventKind::warning, sentence, now());
  const auto entry = receiver.next();
  ASSERT_TRUE(entry.has_value());
  EXPECT_NE(entry->find("MESSAGE=WARNING  " + sentence + "\n"), std::string::npos);
  EXPECT_EQ(log.dropped(), 0U);
}

// journald stopped or hung: its queue fills up. This test would hang with a sender that waits.
TEST(Journal, a_reader_that_does_not_read_stops_nothing_and_gets_everything_in_order_later) {
  const Folder folder;
  const Receiver receiver(folder.socket());
  auto log = log_to(folder);
  constexpr int events = 2000;  // more than any queue takes: net.unix.max_dgram_qlen is 10 or 512
  for (int at = 0; at < events; ++at) log.notice(EventKind::warning, std::to_string(at) + ".", now());
  EXPECT_EQ(log.dropped(), 0U);
  for (int at = 0; at < events; ++at) {
    auto entry = receiver.next();
    if (!entry) {
      log.flush();
      entry = receiver.next();
    }
    ASSERT_TRUE(entry.has_value()) << at;
    EXPECT_EQ(entry->rfind("MESSAGE=WARNING  " + std::to_string(at) + ".\n", 0), 0U) << *entry;
  }
}

TEST(Journal, what_is_beyond_the_bound_is_dropped_as_whole_events_and_counted) {
  const Folder folder;
  const Receiver receiver(folder.socket());
  EventLog log(EventFormat::text, JournalOutput(JournalSocket(folder.socket()), std::size_t{64} << 10));
  constexpr std::uint64_t events = 5000;
  for (std::uint64_t at = 0; at < events; ++at) log.notice(EventKind::warning, std::to_string(at), now());
  EXPECT_GT(log.dropped(), 0U);
  std::uint64_t received = 0;
  for (auto entry = receiver.next(); entry; entry = receiver.next(), log.flush()) {
    EXPECT_TRUE(entry->ends_with("\"}\n")) << "half an event";
    ++received;
  }
  EXPECT_EQ(received + log.dropped(), events);
}

TEST(Journal, what_is_told_while_nobody_listens_comes_when_somebody_does) {
  const Folder folder;
  auto log = log_to(folder);
  log.notice(EventKind::started, "early", now());
  EXPECT_EQ(log.dropped(), 0U);
  const Receiver receiver(folder.socket());
  log.flush();
  EXPECT_NE(receiver.next().value_or("").find("early"), std::string::npos);
}

TEST(Journal, the_end_gives_the_reader_its_time_and_no_more) {
  const Folder folder;
  auto log = log_to(folder);
  log.notice(EventKind::stopping, "nobody listens", now());
  log.drain(50ms);  // must return
  const Receiver receiver(folder.socket());
  log.drain(50ms);
  EXPECT_TRUE(receiver.next().has_value());
}

TEST(Journal, is_known_by_device_and_inode_of_the_stream) {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  const Fd reader(ends[0]), writer(ends[1]);
  struct stat status {};
  ASSERT_EQ(fstat(writer.get(), &status), 0);
  const auto inode = std::to_string(status.st_ino);
  setenv("JOURNAL_STREAM", (std::to_string(status.st_dev) + ":" + inode).c_str(), 1);
  EXPECT_TRUE(is_journal_stream(writer.get()));
  EXPECT_FALSE(is_journal_stream(STDIN_FILENO));
  setenv("JOURNAL_STREAM", ("0:" + inode).c_str(), 1);
  EXPECT_FALSE(is_journal_stream(writer.get()));
  unsetenv("JOURNAL_STREAM");
  EXPECT_FALSE(is_journal_stream(writer.get()));
}

}  // namespace
}  // namespace wedged
