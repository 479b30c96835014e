// SPDX-License-Identifier: Apache-2.0
// The asking side of TLS against the server's own, over a pair of sockets in one thread.
#include "web/tls_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <csignal>

#include "unit/web/certificates.h"
#include "util/fd.h"

namespace wedged {

using namespace test;
using testing::HasSubstr;
using testing::StartsWith;

class TlsClientTest : public testing::Test {
 protected:
  TlsClientTest() {
    ::signal(SIGPIPE, SIG_IGN);
    for (const char* name : {"server", "client", "stranger"}) make_certificate(folder, name);
    serve("server");
  }

  void serve(const std::string& name) {
    server.cert_file = {folder.file(name + ".crt"), {}};
    server.key_file = {folder.file(name + ".key"), {}};
  }

  [[nodiscard]] TlsClientOptions trusting(const std::string& name) const {
    TlsClientOptions options;
    options.ca_file = folder.file(name + ".crt");
    return options;
  }

  [[nodiscard]] TlsClientOptions showing(TlsClientOptions options, const std::string& name) const {
    options.cert_file = folder.file(name + ".crt");
    options.key_file = folder.file(name + ".key");
    return options;
  }

  void want_certificates_signed_by(const std::string& name) {
    server.client_auth = ClientAuth::require_and_verify;
    server.client_ca_file = {folder.file(name + ".crt"), {}};
  }

  // What is read, or why nothing is.
  std::string ask(const TlsClientOptions& options, const std::string& host = "server") {
    auto client = TlsClient::load(options);
    if (!client) return client.error().message;
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()), 0);
    const Fd ours(ends[0]);
    const Fd theirs(ends[1]);
    const auto loaded = TlsContext::load(server);
    const auto session = std::get<std::shared_ptr<const TlsContext>>(loaded)->accept(theirs.get());
    EXPECT_TRUE((*client)->use(ours.get(), host).ok());
    return exchange(**client, *session);
  }

 private:
  // Both sides in turn; what the server makes of us may come after our handshake is done.
  static std::string exchange(TlsClient& client, TlsSession& session) {
    Transfer asking = Transfer::wants_write;
    Transfer serving = Transfer::wants_read;
    std::size_t count = 0;
    for (int round = 0; round < 20 && asking != Transfer::closed; ++round) {
      if (asking != Transfer::done) asking = client.handshake();
      if (serving != Transfer::closed && serving != Transfer::done) {
        serving = session.handshake();
        if (serving == Transfer::done) serving = session.write("answer", 6, count);
      }
      std::array<char, 16> bytes{};
      if (asking == Transfer::done && client.read(bytes.data(), bytes.size(), count) == Transfer::done)
        return {bytes.data(), count};
      if (!client.trouble().message.empty()) break;
    }
    EXPECT_EQ(client.trouble().kind, ErrorKind::denied);
    return client.trouble().message;
  }

 protected:
  Folder folder;
  WebTls server;
};

TEST_F(TlsClientTest, believes_who_has_the_certificate_of_the_file) {
  EXPECT_EQ(ask(trusting("server")), "answer");
  EXPECT_THAT(ask(trusting("stranger")), StartsWith("shows a certificate that " +
                                                    folder.file("stranger.crt") + " does not vouch for; "));
  EXPECT_THAT(ask({}), StartsWith("shows a certificate that nobody has signed whom this host trusts; "));
}

TEST_F(TlsClientTest, believes_no_other_name_unless_it_is_told_to) {
  EXPECT_THAT(ask(trusting("server"), "db1"), StartsWith("shows a certificate of server, not of db1; "));
  EXPECT_THAT(ask(trusting("server"), "127.0.0.1"),
              StartsWith("shows a certificate of server, not of 127.0.0.1; "));
  auto options = trusting("server");
  options.server_name = "server";
  EXPECT_EQ(ask(options, "127.0.0.1"), "answer");
}

TEST_F(TlsClientTest, believes_no_certificate_outside_of_its_time) {
  make_certificate(folder, "old", -2 * day, -day);
  serve("old");
  EXPECT_THAT(ask(trusting("old"), "old"), StartsWith("shows a certificate that has expired (20"));
  make_certificate(folder, "new", day, 2 * day);
  serve("new");
  EXPECT_THAT(ask(trusting("new"), "new"), StartsWith("shows a certificate that is not valid before 20"));
}

TEST_F(TlsClientTest, with_one_file_believes_that_one_whatever_its_name_and_dates) {
  make_certificate(folder, "old", -2 * day, -day);
  serve("old");
  TlsClientOptions options;
  options.only_file = folder.file("old.crt");
  EXPECT_EQ(ask(options, "127.0.0.1"), "answer");
  options.only_file = folder.file("server.crt");
  EXPECT_THAT(ask(options, "old"), StartsWith("shows another certificate than the one that"));
}

TEST_F(TlsClientTest, that_is_insecure_believes_everybody) {
  TlsClientOptions options;
  options.insecure = true;
  EXPECT_EQ(ask(options, "127.0.0.1"), "answer");
}

TEST_F(TlsClientTest, shows_its_own_certificate_where_one_is_wanted) {
  for (const auto version : {TlsVersion::tls12, TlsVersion::tls13}) {
    server.max_version = version;
    want_certificates_signed_by("client");
    EXPECT_EQ(ask(showing(trusting("server"), "client")), "answer");
    EXPECT_THAT(ask(trusting("server")), StartsWith("wants a certificate of who asks; --cert-file FILE"));
    EXPECT_THAT(ask(showing(trusting("server"), "stranger")),
                StartsWith("does not accept the certificate of --cert-file: "));
  }
}

TEST_F(TlsClientTest, names_files_that_are_none_with_their_flag) {
  EXPECT_THAT(ask(trusting("none")),
              testing::AllOf(StartsWith("--ca-file " + folder.file("none.crt") + " must have"),
                             HasSubstr("No such file")));
  EXPECT_THAT(ask(showing({}, "none")), StartsWith("--cert-file " + folder.file("none.crt") + " must have"));
  auto mixed = showing({}, "client");
  mixed.key_file = folder.file("server.key");
  EXPECT_THAT(ask(mixed), StartsWith("--key-file " + folder.file("server.key") + " must"));
  TlsClientOptions only;
  only.only_file = folder.file("none.crt");
  const auto loaded = TlsClient::load(only);
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.error().kind, ErrorKind::denied);
  EXPECT_THAT(loaded.error().message,
              HasSubstr("which cannot be read here (it cannot be opened: No such file"));
}

}  // namespace wedged
