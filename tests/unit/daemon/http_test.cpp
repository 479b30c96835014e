// SPDX-License-Identifier: Apache-2.0
// Addresses and replies as values; one GET over loopback.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <stdexcept>
#include <thread>

#include "daemon/host_addresses.h"
#include "daemon/http_client.h"
#include "util/fd.h"

namespace wedged {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(HttpUrl, is_a_host_with_or_without_a_port_and_a_folder) {
  const auto same = [](const std::string& url, const HttpPlace& wanted) {
    const auto place = parse_http_url(url, "/x");
    ASSERT_TRUE(place.ok()) << url;
    EXPECT_EQ(*place, wanted) << url;
  };
  same("http://node1:9974", {"node1", 9974, "/x"});
  same("http://node1", {"node1", 9974, "/x"});
  same("http://10.0.0.1:80/", {"10.0.0.1", 80, "/x"});
  same("http://[::1]:80/wedged/", {"::1", 80, "/wedged/x"});
  same("http://[::1]", {"::1", 9974, "/x"});
  same("https://node1:443/y", {"node1", 443, "/y/x", "", true});
  same("https://[::1]", {"::1", 9974, "/x", "", true});
}

TEST(HttpUrl, is_nothing_else) {
  for (const char* url : {"", "node1:9974", "ftp://node1", "http://", "http://:80", "http://a:0",
                          "http://a:70000", "http://a:", "http://a:8o", "http://[::1", "http://[::1]x",
                          "http://::1:80", "http://a b", "http://alice@node1", "http://:p@node1",
                          "http://a:b@", "http://a/\r\nX: 1", "https://", "https://a:0"})
    EXPECT_FALSE(parse_http_url(url, "/x").ok()) << url;
}

TEST(HttpUrl, has_no_password_in_it_and_none_is_repeated) {
  const auto place = parse_http_url("https://alice:secret@node1", "/x");
  ASSERT_FALSE(place.ok());
  EXPECT_THAT(place.error().message, HasSubstr("--password-file FILE"));
  EXPECT_THAT(place.error().message, testing::Not(HasSubstr("secret")));
  HttpPlace known{"node1", 1, "/x", "alice:secret", true};
  EXPECT_EQ(known.text(), "https://node1:1");
}

TEST(HttpUrl, of_a_server_on_all_addresses_is_loopback) {
  EXPECT_EQ(place_of({"0.0.0.0", 1}, "/x"), (HttpPlace{"127.0.0.1", 1, "/x"}));
  EXPECT_EQ(place_of({"::", 1}, "/x"), (HttpPlace{"::1", 1, "/x"}));
  EXPECT_EQ(place_of({"10.0.0.1", 1}, "/x").text(), "http://10.0.0.1:1");
}

TEST(HttpReply, has_status_and_body) {
  const auto reply = parse_http_reply("HTTP/1.1 503 Service Unavailable\r\ncontent-LENGTH: 3\r\n\r\nabc");
  ASSERT_TRUE(reply.ok());
  EXPECT_EQ(*reply, (HttpReply{503, "abc"}));
  EXPECT_EQ(parse_http_reply("HTTP/1.0 200 OK\r\n\r\nto the end")->body, "to the end");
}

TEST(HttpReply, is_not_what_was_cut_off_or_is_no_http) {
  for (const char* bytes : {"", "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc",
                            "HTTP/1.1 200 OK\r\n", "HTTP/1.1 2x0 OK\r\n\r\n", "HTTP/1.1 \r\n\r\n",
                            "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "\r\n\r\n"})
    EXPECT_FALSE(parse_http_reply(bytes).ok()) << bytes;
}

// Listens, and answers the first who connects with that text; with none it stays mute.
class Server {
 public:
  explicit Server(std::string answer)
      : socket_(::socket(AF_INET, SOCK_STREAM, 0)), answer_(std::move(answer)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    if (bind(socket_.get(), generic, sizeof address) != 0) throw std::runtime_error("no port to be had");
    listen(socket_.get(), 1);
    socklen_t size = sizeof address;
    getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    if (!answer_.empty()) thread_ = std::thread([this] { serve(); });
  }
  ~Server() {
    if (thread_.joinable()) thread_.join();
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] HttpPlace place() const { return {"127.0.0.1", port_, "/x"}; }
  [[nodiscard]] const std::string& request() const { return request_; }

 private:
  void serve() {
    const Fd client(accept(socket_.get(), nullptr, nullptr));
    char bytes[4096];
    const ssize_t got = recv(client.get(), bytes, sizeof bytes, 0);
    request_.assign(bytes, got > 0 ? static_cast<std::size_t>(got) : 0);
    send(client.get(), answer_.data(), answer_.size(), MSG_NOSIGNAL);
  }

  Fd socket_;
  std::string answer_;
  std::string request_;
  unsigned short port_ = 0;
  std::thread thread_;
};

TEST(HttpClient, gets_a_page) {
  HttpPlace place;
  {
    Server server("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    place = server.place();
    const auto reply = http_get(place, {}, Deadline(20s));
    ASSERT_TRUE(reply.ok()) << reply.error().message;
    EXPECT_EQ(reply->body, "ok");
    EXPECT_THAT(server.request(), HasSubstr("GET /x HTTP/1.0\r\nHost: 127.0.0.1:"));
  }
  const auto nobody = http_get(place, {}, Deadline(20s));
  ASSERT_FALSE(nobody.ok());
  EXPECT_EQ(nobody.error().kind, ErrorKind::gone);
}

TEST(HttpClient, does_not_wait_for_ever_for_who_says_nothing) {
  const Server mute("");
  const auto reply = http_get(mute.place(), {}, Deadline(50ms));
  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().kind, ErrorKind::system);
  EXPECT_EQ(reply.error().message, "no answer in time");
}

TEST(HttpClient, waits_no_longer_for_tls_than_for_an_answer) {
  const Server mute("");
  HttpPlace place = mute.place();
  place.tls = true;
  const auto reply = http_get(place, {}, Deadline(50ms));
  ASSERT_FALSE(reply.ok());
  EXPECT_THAT(reply.error().message, testing::EndsWith("no answer in time"));
}

TEST(HttpClient, says_that_a_server_speaks_no_tls) {
  Server plain("HTTP/1.1 400 Bad Request\r\n\r\n");
  HttpPlace place = plain.place();
  place.tls = true;
  const auto reply = http_get(place, {}, Deadline(20s));
  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().kind, ErrorKind::denied);
  EXPECT_THAT(reply.error().message, HasSubstr("speaks no TLS; ask it by http://"));
}

TEST(HttpClient, takes_an_address_for_what_it_is_and_a_name_to_a_name_server) {
  EXPECT_TRUE(addresses_of("127.0.0.1", 1, Deadline(0s)).ok());
  EXPECT_TRUE(addresses_of("::1", 1, Deadline(0s)).ok());
  EXPECT_TRUE(addresses_of("localhost", 1, Deadline(20s)).ok());
  EXPECT_FALSE(addresses_of("no-such-name.invalid", 1, Deadline(20s)).ok());
}

}  // namespace
}  // namespace wedged
