// SPDX-License-Identifier: Apache-2.0
#include "web/http_request.h"

#include <gtest/gtest.h>

#include <random>

#include "support/rounds.h"

namespace wedged {

HttpRequest request_of(const std::string& bytes) {
  const auto parsed = parse_http_head(bytes);
  if (!parsed || !std::holds_alternative<HttpRequest>(*parsed)) {
    ADD_FAILURE() << bytes;
    return {};
  }
  return std::get<HttpRequest>(*parsed);
}

// 0: it is fine; -1: its end has not come.
int fault_of(const std::string& bytes) {
  const auto parsed = parse_http_head(bytes);
  if (!parsed) return -1;
  const auto* fault = std::get_if<HttpFault>(&*parsed);
  return fault == nullptr ? 0 : fault->status;
}

TEST(HttpRequest, has_its_method_path_and_headers) {
  const HttpRequest request =
      request_of("GET /a/b?c=/d HTTP/1.1\r\nHost: x\r\nACCEPT:  text/plain \r\nEmpty:\r\n\r\nbody");
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.path, "/a/b");
  EXPECT_EQ(request.header("accept"), "text/plain");
  EXPECT_EQ(request.header("empty"), "");
  EXPECT_EQ(request.header("none"), "");
}

TEST(HttpRequest, paths_are_decoded_but_not_made_shorter) {
  EXPECT_EQ(request_of("GET /%6det%2Frics HTTP/1.0\r\n\r\n").path, "/met/rics");
  EXPECT_EQ(request_of("GET /../a//b HTTP/1.0\r\n\r\n").path, "/../a//b");
  EXPECT_EQ(request_of("GET http://host:1/metrics HTTP/1.0\r\n\r\n").path, "/metrics");
  EXPECT_EQ(request_of("GET http://host HTTP/1.0\r\n\r\n").path, "/");
  EXPECT_EQ(request_of("OPTIONS * HTTP/1.0\r\n\r\n").path, "*");
}

TEST(HttpRequest, waits_for_its_end) {
  const std::string whole = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_EQ(fault_of(whole.substr(0, size)), -1) << size;
  EXPECT_EQ(fault_of(whole), 0);
}

TEST(HttpRequest, what_is_none_is_refused) {
  for (const char* bytes :
       {"\r\n\r\n",
        "GET\r\n\r\n",
        "GET /\r\n\r\n",
        "GET / HTTP\r\n\r\n",
        "G(T / HTTP/1.1\r\n\r\n",
        "GET a HTTP/1.1\r\n\r\n",
        "GET /%zz HTTP/1.1\r\n\r\n",
        "GET /%0 HTTP/1.1\r\n\r\n",
        "GET /%00 HTTP/1.1\r\n\r\n",
        "GET /\x01 HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n folded: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nspace : x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\na: b\x01\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\na: b\rc\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\na: b\nc: d\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nAccept: x\r\n\r\n",
        "GET /a b HTTP/1.0\r\n\r\n",
        "GET  / HTTP/1.0\r\n\r\n",
        "GET /  HTTP/1.0\r\n\r\n",
        " GET / HTTP/1.1\r\n\r\n"}) {
    EXPECT_EQ(fault_of(bytes), 400) << bytes;
  }
  EXPECT_EQ(fault_of("PRI * HTTP/2.0\r\n\r\n"), 505);
  EXPECT_EQ(fault_of("GET / HTTP/9.9\r\n\r\n"), 505);
}

TEST(HttpRequest, its_size_is_bounded) {
  const std::string long_path = "GET /" + std::string(most_head_bytes, 'a');
  EXPECT_EQ(fault_of(long_path), 414);
  EXPECT_EQ(fault_of(long_path + " HTTP/1.1\r\n\r\n"), 414);
  const std::string long_header = "GET / HTTP/1.1\r\nHost: x\r\nCookie: " + std::string(most_head_bytes, 'a');
  EXPECT_EQ(fault_of(long_header), 431);
  EXPECT_EQ(fault_of(long_header + "\r\n\r\n"), 431);
  std::string many = "GET / HTTP/1.1\r\n";
  for (int at = 0; at < 101; ++at) many += "a: b\r\n";
  EXPECT_EQ(fault_of(many + "\r\n"), 431);
}

// No assertion but that nothing breaks: under the sanitizers this is the test.
TEST(HttpRequest, survives_every_mutation) {
  std::mt19937 random(1);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same each time
  const std::string seed =
      "GET http://h/%41?b HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\nAuthorization: Basic YTpi\r\n\r\n";
  unsigned refused = 0;
  for (unsigned round = 0; round < test::rounds(20'000); ++round) {
    std::string bytes = seed;
    for (int change = 0; change < 3; ++change)
      bytes.at(random() % bytes.size()) = static_cast<char>(random() % 256);
    refused += static_cast<unsigned>(fault_of(bytes) != 0);
  }
  EXPECT_GT(refused, test::rounds(1000));
}

}  // namespace wedged
