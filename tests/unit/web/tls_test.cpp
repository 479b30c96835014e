// SPDX-License-Identifier: Apache-2.0
// The server's side of TLS against OpenSSL's client, over a pair of sockets in one thread.
#include "web/tls.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <array>
#include <csignal>

#include "unit/web/certificates.h"
#include "util/fd.h"

namespace wedged {

using namespace test;
using testing::HasSubstr;

class Client {
 public:
  explicit Client(int socket) : context_(SSL_CTX_new(TLS_client_method())), session_(SSL_new(context_)) {
    SSL_set_fd(session_, socket);
    SSL_set_connect_state(session_);
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  Client(Client&&) = delete;
  Client& operator=(Client&&) = delete;
  ~Client() {
    SSL_free(session_);
    SSL_CTX_free(context_);
  }

  void show(const Folder& folder, const std::string& name) {
    SSL_use_certificate_file(session_, folder.file(name + ".crt").c_str(), SSL_FILETYPE_PEM);
    SSL_use_PrivateKey_file(session_, folder.file(name + ".key").c_str(), SSL_FILETYPE_PEM);
  }
  void at_most(int version) { SSL_set_max_proto_version(session_, version); }
  [[nodiscard]] SSL* session() const { return session_; }

 private:
  SSL_CTX* context_;
  SSL* session_;
};

class TlsTest : public testing::Test {
 protected:
  TlsTest() {
    ::signal(SIGPIPE, SIG_IGN);  // the server's thread takes no signals
    for (const char* name : {"server", "client", "stranger"}) make_certificate(folder, name);
    options.cert_file = {folder.file("server.crt"), {2, 3}};
    options.key_file = {folder.file("server.key"), {3, 3}};
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()), 0);
    ours = Fd(ends[0]);
    theirs = Fd(ends[1]);
  }

  [[nodiscard]] TlsFault fault() const {
    const auto loaded = TlsContext::load(options);
    const auto* fault = std::get_if<TlsFault>(&loaded);
    return fault == nullptr ? TlsFault{} : *fault;
  }

  // Both sides in turn, until the server's is decided.
  Transfer shake_hands(const Client& client) {
    const auto loaded = TlsContext::load(options);
    if (const auto* fault = std::get_if<TlsFault>(&loaded)) {
      ADD_FAILURE() << fault->message;
      return Transfer::closed;
    }
    session = std::get<std::shared_ptr<const TlsContext>>(loaded)->accept(ours.get());
    Transfer server = Transfer::wants_read;
    for (int round = 0; round < 20 && server != Transfer::done && server != Transfer::closed; ++round) {
      SSL_do_handshake(client.session());
      server = session->handshake();
    }
    SSL_do_handshake(client.session());
    return server;
  }

  Folder folder;
  WebTls options;
  Fd ours;
  Fd theirs;
  std::unique_ptr<TlsSession> session;  // outlives the context
};

TEST_F(TlsTest, carries_bytes_both_ways) {
  const Client client(theirs.get());
  ASSERT_EQ(shake_hands(client), Transfer::done);
  std::array<char, 16> bytes{};
  std::size_t count = 0;
  EXPECT_EQ(session->read(bytes.data(), bytes.size(), count), Transfer::wants_read);
  SSL_write(client.session(), "ask", 3);
  ASSERT_EQ(session->read(bytes.data(), bytes.size(), count), Transfer::done);
  EXPECT_EQ(std::string(bytes.data(), count), "ask");
  ASSERT_EQ(session->write("answer", 6, count), Transfer::done);
  EXPECT_EQ(SSL_read(client.session(), bytes.data(), bytes.size()), 6);
  session->say_goodbye();
  EXPECT_LE(SSL_read(client.session(), bytes.data(), bytes.size()), 0);
  EXPECT_EQ(SSL_get_shutdown(client.session()), SSL_RECEIVED_SHUTDOWN);
}

TEST_F(TlsTest, a_peer_that_is_gone_or_no_peer_of_tls_ends_it) {
  {
    const Client client(theirs.get());
    ASSERT_EQ(shake_hands(client), Transfer::done);
  }
  theirs.close();
  char byte = 0;
  std::size_t count = 0;
  EXPECT_EQ(session->read(&byte, 1, count), Transfer::closed);
}

TEST_F(TlsTest, bytes_that_are_no_tls_end_it) {
  const auto loaded = TlsContext::load(options);
  session = std::get<std::shared_ptr<const TlsContext>>(loaded)->accept(ours.get());
  ASSERT_EQ(::send(theirs.get(), "\x16\x03\x01\xff\xff nonsense", 14, 0), 14);
  EXPECT_EQ(session->handshake(), Transfer::closed);
}

TEST_F(TlsTest, versions_below_the_least_are_refused) {
  options.min_version = TlsVersion::tls13;
  Client client(theirs.get());
  client.at_most(TLS1_2_VERSION);
  EXPECT_EQ(shake_hands(client), Transfer::closed);
}

TEST_F(TlsTest, where_only_suites_of_tls_1_3_are_named_nothing_older_is_spoken) {
  options.cipher_suites = {{"TLS_AES_128_GCM_SHA256", {5, 1}}};
  Client client(theirs.get());
  client.at_most(TLS1_2_VERSION);
  EXPECT_EQ(shake_hands(client), Transfer::closed);
  options.max_version = TlsVersion::tls12;
  EXPECT_THAT(fault().message, HasSubstr("cipher_suites must have one of TLS 1.2, as max_version is TLS12"));
}

TEST_F(TlsTest, a_suite_that_is_named_is_the_one_that_is_used) {
  options.cipher_suites = {{"TLS_CHACHA20_POLY1305_SHA256", {5, 1}}};
  const Client client(theirs.get());
  ASSERT_EQ(shake_hands(client), Transfer::done);
  EXPECT_STREQ(SSL_get_cipher_name(client.session()), "TLS_CHACHA20_POLY1305_SHA256");
}

struct Case {
  std::string name;
  ClientAuth wanted;
  bool known, stranger, nobody;  // who is let in
};

void PrintTo(const Case& wanted, std::ostream* out) {
  *out << wanted.name;
}

class ClientAuthTest : public TlsTest, public testing::WithParamInterface<Case> {
 protected:
  bool lets_in(const std::string& name) {
    options.client_auth = GetParam().wanted;
    if (options.client_auth >= ClientAuth::verify_if_given)
      options.client_ca_file = {folder.file("client.crt"), {}};
    Client client(theirs.get());
    if (!name.empty()) client.show(folder, name);
    return shake_hands(client) == Transfer::done;
  }
};

TEST_P(ClientAuthTest, of_who_is_known) {
  EXPECT_EQ(lets_in("client"), GetParam().known);
}
TEST_P(ClientAuthTest, of_a_stranger) {
  EXPECT_EQ(lets_in("stranger"), GetParam().stranger);
}
TEST_P(ClientAuthTest, of_nobody) {
  EXPECT_EQ(lets_in(""), GetParam().nobody);
}

INSTANTIATE_TEST_SUITE_P(
    Tls, ClientAuthTest,
    testing::Values(Case{"none", ClientAuth::none, true, true, true},
                    Case{"request", ClientAuth::request, true, true, true},
                    Case{"require_any", ClientAuth::require_any, true, true, false},
                    Case{"verify_if_given", ClientAuth::verify_if_given, true, false, true},
                    Case{"require_and_verify", ClientAuth::require_and_verify, true, false, false}));

TEST_F(TlsTest, what_is_no_file_is_refused_without_waiting_for_it) {
  const std::string pipe = folder.file("pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  for (PlacedText* file : {&options.cert_file, &options.key_file, &options.client_ca_file}) {
    const PlacedText before = *file;
    *file = {pipe, {5, 7}};
    EXPECT_THAT(fault().message, HasSubstr("must name a file, not a folder, pipe or device"));
    EXPECT_EQ(fault().place, (Place{5, 7}));
    *file = before;
  }
}

TEST_F(TlsTest, what_cannot_be_loaded_is_told_where_it_was_said) {
  options.cert_file.text = folder.file("none.crt");
  EXPECT_THAT(fault().message,
              HasSubstr("cert_file must name a certificate in PEM: it cannot be opened: No such file"));
  EXPECT_EQ(fault().place, (Place{2, 3}));
  options.cert_file.text = folder.file("server.key");
  EXPECT_THAT(fault().message, HasSubstr("cert_file must name a certificate in PEM: "));
  options.cert_file.text = folder.file("server.crt");
  options.key_file.text = folder.file("client.key");
  EXPECT_THAT(fault().message, HasSubstr("key_file must "));
  EXPECT_EQ(fault().place, (Place{3, 3}));
  options.key_file.text = folder.file("server.key");
  options.client_ca_file = {folder.file("server.key"), {4, 3}};
  EXPECT_THAT(fault().message, HasSubstr("client_ca_file must name certificates in PEM"));
  options.client_ca_file = {};
  options.cipher_suites = {{"TLS_AES_128_GCM_SHA256", {5, 1}}, {"TLS_NONSENSE", {5, 2}}};
  EXPECT_THAT(fault().message, HasSubstr("cipher_suites must be one that OpenSSL has"));
  EXPECT_EQ(fault().place, (Place{5, 2}));
  options.cipher_suites.pop_back();
  options.curve_preferences = {{"CurveP256", {}}, {"X25519", {}}};
  EXPECT_EQ(fault().message, "");
}

}  // namespace wedged
