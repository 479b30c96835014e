// SPDX-License-Identifier: Apache-2.0
// A real server with users and headers, and what clients may ask of it beside a page; TLS is tested with the
// daemon.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <thread>

#include "unit/report/report_values.h"
#include "unit/web/http_client.h"
#include "unit/web/passwords.h"
#include "web/web_server.h"

namespace wedged {

using namespace test;
using testing::HasSubstr;
using testing::Not;

class ProtectedServerTest : public testing::Test {
 protected:
  ProtectedServerTest() {
    protect({{"alice", secret_hash}});
    WebOptions options;
    options.address = "127.0.0.1:0";
    options.telemetry_path = "/own/metrics";
    options.security = [this] {
      const std::lock_guard lock(mutex);
      return security;
    };
    auto server = WebServer::listen(std::move(options), published, clock);
    if (!server) throw std::runtime_error(server.error().message);
    running = std::make_unique<WebServer>(std::move(*server));
  }

  void protect(std::map<std::string, std::string> users) {
    auto wanted = std::make_shared<WebSecurity>();
    wanted->headers = {{"X-Frame-Options", "deny"}, {"cache-control", "private"}};
    wanted->users = std::move(users);
    const std::lock_guard lock(mutex);
    security = std::move(wanted);
  }

  Reply ask_as(const std::string& authorization, const std::string& more = "",
               const std::string& path = "/own/metrics") {
    const std::string shown = authorization.empty() ? "" : "Authorization: " + authorization + "\r\n";
    return ask_raw(running->port(), "GET " + path + " HTTP/1.1\r\nHost: x\r\n" + shown + more + "\r\n");
  }

  Publication published;
  SystemClock clock;
  std::mutex mutex;
  std::shared_ptr<const WebSecurity> security;
  std::unique_ptr<WebServer> running;
};

TEST_F(ProtectedServerTest, lets_in_who_has_the_password) {
  for (int time = 0; time < 2; ++time) EXPECT_EQ(ask_as(alice_secret).status, 200);
  for (const char* wrong : {"", alice_wrong, mallory_secret, "Basic", "Bearer x"})
    EXPECT_EQ(ask_as(wrong).status, 401) << wrong;
}

TEST_F(ProtectedServerTest, asks_for_a_password_on_every_path_and_tells_nothing_before) {
  for (const char* path : {"/", "/healthz", "/nothing", "/own/metrics"}) {
    const Reply reply = ask_as("", "", path);
    EXPECT_EQ(reply.status, 401) << path;
    EXPECT_THAT(reply.head, HasSubstr("WWW-Authenticate: Basic realm=\"wedged\""));
    EXPECT_EQ(reply.body, "Unauthorized\n");
  }
}

TEST_F(ProtectedServerTest, answers_to_any_name_who_has_the_password) {
  const std::string request = "GET /healthz HTTP/1.1\r\nHost: wedged.example.com\r\n";
  EXPECT_EQ(ask_raw(running->port(), request + "\r\n").status, 401);
  EXPECT_EQ(ask_raw(running->port(), request + "Authorization: " + alice_secret + "\r\n\r\n").status, 503)
      << "there was no scan yet";
}

TEST_F(ProtectedServerTest, many_with_passwords_get_their_own_answers) {
  std::atomic<int> good = 0;
  std::vector<std::thread> clients;
  clients.reserve(16);
  for (int at = 0; at < 16; ++at) {
    clients.emplace_back([&, at] {
      const int status = ask_as(at % 2 == 0 ? alice_secret : alice_wrong).status;
      good += static_cast<int>(status == (at % 2 == 0 ? 200 : 401));
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(good, 16);
}

TEST_F(ProtectedServerTest, who_leaves_while_the_password_is_checked_leaves_nothing) {
  protect({{"alice", dear_hash}});
  for (int at = 0; at < 10; ++at) {
    const Fd socket = connect_to(running->port());
    send_all(socket, std::string("GET / HTTP/1.1\r\nHost: x\r\nAuthorization: ") + alice_wrong + "\r\n\r\n");
    const linger reset{1, 0};
    ::setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  }
  EXPECT_NE(ask_as("").status, 0);
}

TEST_F(ProtectedServerTest, sends_the_headers_of_the_configuration_in_place_of_its_own) {
  const Reply reply = ask_as(alice_secret);
  EXPECT_THAT(reply.head, HasSubstr("X-Frame-Options: deny\r\n"));
  EXPECT_THAT(reply.head, HasSubstr("Cache-Control: private\r\n"));
  EXPECT_THAT(reply.head, Not(HasSubstr("no-store")));
}

TEST_F(ProtectedServerTest, takes_another_configuration_while_it_runs) {
  protect({});
  for (int wait = 0; wait < 600 && ask_as("").status != 200; ++wait)
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_EQ(ask_as("").status, 200);
}

TEST_F(ProtectedServerTest, serves_the_metrics_where_and_how_they_are_wanted) {
  EXPECT_EQ(ask_as(alice_secret, "", "/metrics").status, 404);
  const Reply open = ask_as(alice_secret, "Accept: application/openmetrics-text\r\n");
  EXPECT_THAT(open.head,
              HasSubstr("Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8\r\n"));
  EXPECT_THAT(open.body, testing::EndsWith("# EOF\n"));
  const Reply compressed = ask_as(alice_secret, "Accept-Encoding: gzip\r\n");
  EXPECT_THAT(compressed.head, HasSubstr("Content-Encoding: gzip\r\n"));
  EXPECT_LT(compressed.body.size(), open.body.size() / 3);
  EXPECT_THAT(ask_as(alice_secret, "Accept-Encoding: gzip\r\n", "/healthz").head,
              Not(HasSubstr("Content-Encoding")));
}

}  // namespace wedged
