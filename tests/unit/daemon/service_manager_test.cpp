// SPDX-License-Identifier: Apache-2.0
// What the service manager is told: a socket stands for PID 1, which reads, does not read, or is not there.
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "daemon/service_manager.h"

namespace wedged {
namespace {

using namespace std::chrono_literals;

// As $NOTIFY_SOCKET has it: '@' first is an abstract name, which no file is left of.
std::string an_address() {
  return "@wedged-notify-test-" + std::to_string(getpid());
}

class Manager {
 public:
  explicit Manager(const std::string& where = an_address())
      : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, where.data(), where.size());
    if (where.front() == '@') address.sun_path[0] = '\0';
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + where.size());
    EXPECT_EQ(bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), length), 0);
  }

  // The next datagram; absent if there is none.
  [[nodiscard]] std::optional<std::string> next() const {
    std::array<char, 4096> bytes{};
    const auto count = recv(socket_.get(), bytes.data(), bytes.size(), 0);
    if (count < 0) return std::nullopt;
    return std::string(bytes.data(), static_cast<std::size_t>(count));
  }
  [[nodiscard]] std::vector<std::string> all() const {
    std::vector<std::string> told;
    for (auto one = next(); one; one = next()) told.push_back(*one);
    return told;
  }

 private:
  Fd socket_;
};

using Told = std::vector<std::string>;

// More than any queue takes: net.unix.max_dgram_qlen is 10 or 512. Hangs with a sender that waits.
void scan_until_the_queue_is_full(ServiceManager& service) {
  for (int at = 0; at < 2000; ++at) service.scanned("busy");
}

TEST(ServiceManager, is_told_each_state_and_each_scan) {
  const Manager manager;
  ServiceManager service{NotifySocket(an_address())};
  service.ready("watching", 1s);
  service.scanned("0 findings, 7 threads");
  service.reloading(Instant{1500us});
  service.stopping();
  EXPECT_EQ(manager.all(), (Told{"READY=1\nSTATUS=watching", "WATCHDOG=1\nSTATUS=0 findings, 7 threads",
                                 "RELOADING=1\nMONOTONIC_USEC=1500", "STOPPING=1"}));
}

TEST(ServiceManager, is_found_by_a_path_in_the_environment) {
  std::string folder = "/tmp/wedged-notify-XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  const auto path = folder + "/notify";
  setenv("NOTIFY_SOCKET", path.c_str(), 1);
  const Manager manager(path);
  ServiceManager service;
  service.ready("watching", 1s);
  EXPECT_EQ(manager.all(), Told{"READY=1\nSTATUS=watching"});
  unsetenv("NOTIFY_SOCKET");
  unlink(path.c_str());
  rmdir(folder.c_str());
}

// A service manager with a watchdog, as it says to its services; without WATCHDOG_PID that is to each
// process.
class Watchdog {
 public:
  explicit Watchdog(const char* microseconds) {
    unsetenv("WATCHDOG_PID");
    setenv("WATCHDOG_USEC", microseconds, 1);
  }
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;
  Watchdog(Watchdog&&) = delete;
  Watchdog& operator=(Watchdog&&) = delete;
  ~Watchdog() { unsetenv("WATCHDOG_USEC"); }
};

// WatchdogSec=30s.
TEST(ServiceManager, is_asked_for_a_watchdog_that_lets_three_scans_pass) {
  const Watchdog watchdog("30000000");
  const Manager manager;
  ServiceManager service{NotifySocket(an_address())};
  service.ready("watching", 10s);
  service.ready("watching", 10s + 1ms);
  service.ready("watching", 1h);
  EXPECT_EQ(manager.all(),
            (Told{"READY=1\nSTATUS=watching", "READY=1\nSTATUS=watching\nWATCHDOG_USEC=30003000",
                  "READY=1\nSTATUS=watching\nWATCHDOG_USEC=10800000000"}));
}

TEST(ServiceManager, is_asked_for_the_units_own_watchdog_when_scans_come_often_again) {
  const Watchdog watchdog("30000000");
  const Manager manager;
  ServiceManager service{NotifySocket(an_address())};
  service.ready("watching", 1min);
  service.ready("watching", 1s);
  EXPECT_EQ(manager.all(), (Told{"READY=1\nSTATUS=watching\nWATCHDOG_USEC=180000000",
                                 "READY=1\nSTATUS=watching\nWATCHDOG_USEC=30000000"}));
}

TEST(ServiceManager, that_did_not_take_the_wish_for_a_watchdog_is_told_it_with_a_later_scan) {
  const Watchdog watchdog("30000000");
  const Manager manager;
  ServiceManager service{NotifySocket(an_address())};
  scan_until_the_queue_is_full(service);
  service.ready("watching", 1min);
  service.reloading(Instant{1500us});
  service.ready("watching", 1min);
  for (const auto& told : manager.all()) EXPECT_EQ(told, "WATCHDOG=1\nSTATUS=busy");
  service.scanned("calm");
  EXPECT_EQ(manager.next(), "READY=1\nSTATUS=watching\nWATCHDOG_USEC=180000000");
}

TEST(ServiceManager, without_a_watchdog_is_asked_for_none) {
  unsetenv("WATCHDOG_USEC");
  const Manager manager;
  ServiceManager service{NotifySocket(an_address())};
  service.ready("watching", 1h);
  EXPECT_EQ(manager.all(), Told{"READY=1\nSTATUS=watching"});
}

TEST(ServiceManager, nobody_is_told_outside_a_service_or_by_an_address_of_another_kind) {
  unsetenv("NOTIFY_SOCKET");
  EXPECT_TRUE(NotifySocket::of_environment().send("READY=1"));
  const std::string too_long(sizeof sockaddr_un{}.sun_path, 'x');
  for (const auto& address :
       {std::string("vsock:2:1234"), std::string("relative"), std::string("/"), "@" + too_long})
    EXPECT_TRUE(NotifySocket(address).send("READY=1")) << address;
}

// PID 1 hangs. This test would hang with sd_notify(3), which waits.
TEST(ServiceManager, that_does_not_read_stops_no_scan) {
  const Manager manager;
  ServiceManager service{NotifySocket(an_address())};
  scan_until_the_queue_is_full(service);
  const auto told = manager.all();
  EXPECT_GT(told.size(), 1U);
  EXPECT_LT(told.size(), 2000U) << "the queue was never full";
}

TEST(ServiceManager, that_did_not_take_a_state_is_told_it_with_a_later_scan) {
  const Manager manager;
  ServiceManager service{NotifySocket(an_address())};
  scan_until_the_queue_is_full(service);
  service.reloading(Instant{1500us});
  service.ready("watching", 1s);
  scan_until_the_queue_is_full(service);
  for (const auto& told : manager.all()) EXPECT_EQ(told, "WATCHDOG=1\nSTATUS=busy");
  service.scanned("calm");
  service.scanned("calm");
  EXPECT_EQ(manager.all(),
            (Told{"READY=1\nSTATUS=watching", "WATCHDOG=1\nSTATUS=calm", "WATCHDOG=1\nSTATUS=calm"}))
      << "the last state, once";
}

TEST(ServiceManager, that_is_not_there_yet_is_told_the_state_when_it_is) {
  ServiceManager service{NotifySocket(an_address())};
  service.ready("watching", 1s);
  service.scanned("early");
  const Manager manager;
  service.scanned("late");
  EXPECT_EQ(manager.all(), (Told{"READY=1\nSTATUS=watching", "WATCHDOG=1\nSTATUS=late"}));
}

}  // namespace
}  // namespace wedged
