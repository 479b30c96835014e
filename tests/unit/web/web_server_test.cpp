// SPDX-License-Identifier: Apache-2.0
// A real server on a port of the kernel's choice, asked over real sockets.
#include "web/web_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>
#include <thread>

#include "unit/report/report_values.h"
#include "unit/web/http_client.h"
#include "web/http_loop.h"

namespace wedged {

using namespace test;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

class FixedClock final : public Clock {
 public:
  [[nodiscard]] ClockPair now() const override { return shown_now(); }
};

std::shared_ptr<const Published> a_state(std::uint64_t threads, Instant at = test_now) {
  auto state = std::make_shared<Published>();
  state->at = {at, shown_now().wall};
  state->scan_interval = 1s;
  state->threads_scanned = threads;
  state->open = {a_stuck_database()};
  return state;
}

class WebServerTest : public testing::Test {
 protected:
  WebServerTest() : running(start()) {}

  WebServer start() {
    Result<WebServer> server = WebServer::listen("127.0.0.1:0", published, fixed_clock);
    if (!server) throw std::runtime_error(server.error().message);
    return std::move(*server);
  }
  [[nodiscard]] unsigned short port() const { return running.port(); }

  Publication published;
  FixedClock fixed_clock;
  WebServer running;
};

TEST_F(WebServerTest, serves_metrics_before_the_first_scan) {
  const Reply reply = ask(port(), "/metrics");
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.head, HasSubstr("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
  EXPECT_THAT(reply.head, HasSubstr("Content-Length: " + std::to_string(reply.body.size()) + "\r\n"));
  EXPECT_THAT(reply.body, HasSubstr("\nwedged_scans_total 0\n"));
  EXPECT_THAT(reply.body, EndsWith("\n"));
}

TEST_F(WebServerTest, serves_the_newest_state) {
  published.publish(a_state(1));
  published.publish(a_state(2));
  EXPECT_THAT(ask(port(), "/metrics").body, HasSubstr("\nwedged_threads_scanned 2\n"));
}

TEST_F(WebServerTest, is_unhealthy_until_a_scan_and_when_the_last_one_is_old) {
  EXPECT_EQ(ask(port(), "/healthz").status, 503);
  EXPECT_EQ(ask(port(), "/healthz").body, "there was no scan yet\n");
  published.publish(a_state(1));
  EXPECT_EQ(ask(port(), "/healthz").status, 200);
  EXPECT_EQ(ask(port(), "/healthz").body, "ok\n");
  published.publish(a_state(1, test_now - 60s));
  EXPECT_EQ(ask(port(), "/healthz").status, 503);
  EXPECT_EQ(ask(port(), "/healthz").body, "the last scan was 1 min ago, one is due every 1.0 s\n");
}

TEST_F(WebServerTest, has_a_landing_page_with_links_and_no_findings) {
  published.publish(a_state(1));
  const Reply reply = ask(port(), "/");
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body, HasSubstr("href=\"/metrics\""));
  EXPECT_THAT(reply.body, HasSubstr("href=\"/healthz\""));
  EXPECT_THAT(reply.body, Not(HasSubstr("postgres")));
}

TEST_F(WebServerTest, ignores_the_query) {
  EXPECT_EQ(ask(port(), "/metrics?name=x").status, 200);
}

TEST_F(WebServerTest, answers_head_without_a_body) {
  const Reply head = ask(port(), "/", "HEAD");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.body, "");
  EXPECT_THAT(head.head, Not(HasSubstr("Content-Length: 0")));
}

TEST_F(WebServerTest, knows_no_other_path) {
  for (const char* path : {"/metrics/", "/nothing", "/etc/passwd", "/../../etc/passwd", "/%2e%2e/etc/passwd",
                           "/metrics.lua", "/cgi-bin/x.cgi"}) {
    EXPECT_EQ(ask(port(), path).status, 404) << path;
  }
}

TEST_F(WebServerTest, allows_no_method_but_get_and_head) {
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND"}) {
    const Reply reply = ask(port(), "/metrics", method);
    EXPECT_EQ(reply.status, 405) << method;
    EXPECT_THAT(reply.head, HasSubstr("Allow: GET, HEAD\r\n")) << method;
  }
}

TEST_F(WebServerTest, does_not_answer_to_names_of_others) {
  for (const char* path : {"/", "/metrics", "/api/v1/findings"}) {
    const std::string request = std::string("GET ") + path + " HTTP/1.1\r\nHost: ";
    EXPECT_EQ(ask_raw(port(), request + "attacker.example:9974\r\n\r\n").status, 421) << path;
    EXPECT_NE(ask_raw(port(), request + "127.0.0.1:9974\r\n\r\n").status, 421) << path;
  }
}

TEST_F(WebServerTest, lets_no_page_of_others_read_its_answers) {
  const Reply reply = ask_raw(
      port(), "GET /api/v1/findings HTTP/1.1\r\nHost: localhost\r\nOrigin: http://attacker.example\r\n\r\n");
  EXPECT_THAT(reply.head, Not(HasSubstr("Access-Control-")));
  EXPECT_THAT(reply.head, HasSubstr("X-Content-Type-Options: nosniff\r\n"));
}

TEST_F(WebServerTest, survives_requests_that_are_none) {
  const std::vector<std::string> requests{
      "\r\n\r\n",
      "nonsense\r\n\r\n",
      "GET\r\n\r\n",
      "GET /metrics\r\n\r\n",
      "TRACE /metrics HTTP/1.1\r\n\r\n",
      "CONNECT /metrics HTTP/1.1\r\n\r\n",
      "GET metrics HTTP/1.1\r\n\r\n",
      "BREW /metrics HTTP/1.1\r\n\r\n",
      "GET /metrics HTTP/1.1\r\nno colon\r\n\r\n",
      std::string("\0\xff\x16\x03\x01\r\n\r\n", 9),
      "GET /" + std::string(20'000, 'a') + " HTTP/1.1\r\n\r\n",
      "GET / HTTP/1.1\r\nCookie: " + std::string(1'000'000, 'a') + "\r\n\r\n",
      "GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
  };
  for (const std::string& request : requests) {
    const int status = ask_raw(port(), request).status;
    // A peer that had more to send may see the connection reset in place of the answer.
    EXPECT_TRUE(status == 0 || (status >= 400 && status < 500)) << request.substr(0, 40) << " " << status;
    EXPECT_EQ(ask(port(), "/metrics").status, 200) << request.substr(0, 40);
  }
}

TEST_F(WebServerTest, tells_a_client_what_was_wrong_with_its_request) {
  const Reply reply = ask_raw(port(), "nonsense\r\n\r\n");
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(reply.head, HasSubstr("Content-Type: text/plain; charset=utf-8\r\n"));
  EXPECT_NE(reply.body, "\n");
  EXPECT_EQ(ask_raw(port(), "GET /" + std::string(9'000, 'a') + " HTTP/1.1\r\n\r\n").status / 100, 4);
}

TEST_F(WebServerTest, slow_clients_do_not_keep_others_waiting) {
  std::vector<Fd> slow;
  for (int at = 0; at < 3; ++at) {
    slow.push_back(connect_to(port()));
    send_all(slow.back(), "GET /metr");
  }
  for (int at = 0; at < 20; ++at) EXPECT_EQ(ask(port(), "/metrics").status, 200);
}

// Both ends of every connection are this process's.
bool may_open(rlim_t descriptors) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = std::max(limit.rlim_cur, std::min(descriptors, limit.rlim_max));
  ::setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur >= descriptors;
}

TEST_F(WebServerTest, who_has_an_answer_and_stays_makes_room_for_who_asks) {
  if (!may_open(2 * HttpLoop::most_connections + 200)) GTEST_SKIP() << "too few descriptors may be open";
  std::vector<Fd> staying;
  for (std::size_t at = 0; at < HttpLoop::most_connections + 50; ++at) {
    staying.push_back(connect_to(port()));
    send_all(staying.back(), "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    char first = 0;
    ASSERT_EQ(::recv(staying.back().get(), &first, 1, 0), 1) << at;
  }
  EXPECT_EQ(ask(port(), "/metrics").status, 200);
}

TEST_F(WebServerTest, lives_on_when_clients_vanish_without_reading) {
  for (int at = 0; at < 50; ++at) {
    const Fd socket = connect_to(port());
    send_all(socket, "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
    const linger reset{1, 0};
    ::setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  }
  EXPECT_EQ(ask(port(), "/metrics").status, 200);
}

TEST_F(WebServerTest, scrapes_see_whole_states_while_new_ones_are_published) {
  std::atomic<bool> stop = false;
  std::thread loop([&] {
    for (std::uint64_t count = 0; !stop; ++count) published.publish(a_state(count));
  });
  std::vector<std::thread> scrapers;
  scrapers.reserve(3);
  std::atomic<int> good = 0;
  for (int at = 0; at < 3; ++at) {
    scrapers.emplace_back([&] {
      for (int scrape = 0; scrape < 30; ++scrape) {
        const Reply reply = ask(port(), "/metrics");
        if (reply.status == 200 && reply.body.find("\nwedged_build_info") != std::string::npos) ++good;
      }
    });
  }
  for (std::thread& scraper : scrapers) scraper.join();
  stop = true;
  loop.join();
  EXPECT_EQ(good, 90);
}

TEST_F(WebServerTest, moves_and_frees_its_port_when_it_ends) {
  const unsigned short port_before = port();
  std::optional<WebServer> moved(std::move(running));
  EXPECT_EQ(moved->port(), port_before);
  EXPECT_EQ(ask(port_before, "/").status, 200);
  moved.reset();
  EXPECT_EQ(ask(port_before, "/").status, 0);
  running = start();
  EXPECT_EQ(ask(port(), "/").status, 200);
}

TEST_F(WebServerTest, leaves_signals_to_the_thread_that_started_it) {
  sigset_t before;
  pthread_sigmask(SIG_SETMASK, nullptr, &before);
  EXPECT_EQ(sigismember(&before, SIGTERM), 0) << "the mask is as it was";
  for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task")) {
    if (thread.path().filename() == std::to_string(getpid())) continue;
    std::ifstream status(thread.path() / "status");
    const std::string text{std::istreambuf_iterator<char>(status), {}};
    const std::string blocked = text.substr(text.find("SigBlk:"), 30);
    EXPECT_THAT(blocked, HasSubstr("ffffff")) << "the server's threads take no signals";
  }
}

TEST_F(WebServerTest, says_what_to_do_when_the_port_is_taken) {
  const std::string address = "127.0.0.1:" + std::to_string(port());
  const Result<WebServer> second = WebServer::listen(address, published, fixed_clock);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::system);
  EXPECT_EQ(
      second.error().message,
      "cannot listen on " + address +
          ": another process listens there; choose another with --web.listen-address, or --no-web for none");
}

TEST_F(WebServerTest, says_what_to_do_about_an_address_it_cannot_use) {
  const Result<WebServer> foreign = WebServer::listen("192.0.2.1:9974", published, fixed_clock);
  ASSERT_FALSE(foreign);
  EXPECT_THAT(foreign.error().message,
              HasSubstr("cannot listen on 192.0.2.1:9974: no interface of this host has"));
  for (const char* address :
       {"", "127.0.0.1", "127.0.0.1:9974,9975", "127.0.0.1:9974s", "127.0.0.1:99999", "x y:1"}) {
    const Result<WebServer> wrong = WebServer::listen(address, published, fixed_clock);
    ASSERT_FALSE(wrong) << address;
    EXPECT_THAT(wrong.error().message, HasSubstr("127.0.0.1:9974")) << address;
  }
}

TEST_F(WebServerTest, listens_on_ipv6_or_says_why_not) {
  const Result<WebServer> server = WebServer::listen("[::1]:0", published, fixed_clock);
  if (server) {
    EXPECT_NE(server->port(), 0);
  } else {
    EXPECT_THAT(server.error().message,
                testing::AnyOf(HasSubstr("built without IPv6"), HasSubstr("no interface")));
  }
}

}  // namespace wedged
