// SPDX-License-Identifier: Apache-2.0
// Flags and files to a place, a password and whom to believe.
#include "daemon/check_access.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "daemon/ask_daemon.h"
#include "daemon/password_file.h"

namespace wedged {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class Folder {
 public:
  Folder() {
    std::string name = testing::TempDir() + "wedged-access-XXXXXX";
    path_ = ::mkdtemp(name.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }

  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }
  [[nodiscard]] std::string with(const std::string& name, const std::string& text) const {
    std::ofstream(file(name)) << text;
    return file(name);
  }

 private:
  std::string path_;
};

TEST(PasswordFile, has_the_password_in_one_line) {
  const Folder folder;
  for (const std::string text : {"sec ret", "sec ret\n", "sec ret\r\n"})
    EXPECT_EQ(*read_password(folder.with("p", text), Deadline(20s)), "sec ret");
}

TEST(PasswordFile, is_nothing_else_and_what_is_in_it_is_not_told) {
  const Folder folder;
  for (const std::string& text : {std::string{}, std::string{"\n"}, std::string{"secret\nmore\n"},
                                  std::string{"sec\0ret", 7}, std::string(5000, 's')}) {
    const auto read = read_password(folder.with("p", text), Deadline(20s));
    ASSERT_FALSE(read.ok()) << text;
    EXPECT_EQ(read.error().message,
              folder.file("p") + " must hold the password and nothing else, in one line");
  }
  EXPECT_THAT(read_password(folder.file("none"), Deadline(20s)).error().message,
              testing::AllOf(HasSubstr(folder.file("none")), HasSubstr("No such file")));
}

TEST(PasswordFile, that_is_a_pipe_without_a_writer_is_not_waited_for) {
  const Folder folder;
  ASSERT_EQ(::mkfifo(folder.file("p").c_str(), 0600), 0);
  EXPECT_FALSE(read_password(folder.file("p"), Deadline(50ms)).ok());
}

CheckFlags asking(const std::string& url) {
  CheckFlags flags;
  flags.url = url;
  return flags;
}

TEST(CheckAccess, by_url_is_as_the_flags_say) {
  const Folder folder;
  CheckFlags flags = asking("https://db1");
  flags.access.user = "alice";
  flags.access.password_file = folder.with("p", "a:b\n");
  flags.access.ca_file = "ca";
  flags.access.server_name = "db1.example";
  flags.access.cert_file = "own.crt";
  flags.access.key_file = "own.key";
  const auto access = access_by_url(flags, "/x", Deadline(20s));
  ASSERT_TRUE(access.ok()) << access.error().message;
  EXPECT_EQ(access->place, (HttpPlace{"db1", 9974, "/x", "alice:a:b", true}));
  EXPECT_EQ(access->tls, (TlsClientOptions{"ca", {}, "own.crt", "own.key", "db1.example", false}));
}

TEST(CheckAccess, by_url_without_tls_takes_no_flags_of_tls) {
  CheckFlags flags = asking("http://db1");
  flags.access.insecure = true;
  EXPECT_THAT(access_by_url(flags, "/x", Deadline(20s)).error().message,
              HasSubstr("must be https://HOST:PORT"));
  EXPECT_THAT(access_by_url(asking("db1"), "/x", Deadline(20s)).error().message,
              HasSubstr("--url: must be http"));
}

TEST(CheckAccess, that_lacks_its_password_names_flag_and_file) {
  CheckFlags flags = asking("http://db1");
  flags.access.user = "alice";
  flags.access.password_file = "/nowhere";
  EXPECT_THAT(access_by_url(flags, "/x", Deadline(20s)).error().message,
              testing::StartsWith("--password-file: /nowhere"));
}

DaemonAccess own(const CheckAccess& given, const std::string& web_config_file) {
  return *access_to_own(given, {"0.0.0.0", 1}, web_config_file, "/x", Deadline(20s));
}

TEST(CheckAccess, to_the_own_daemon_is_by_tls_if_its_web_configuration_says_so) {
  const Folder folder;
  const auto web = folder.with("web.yaml", "tls_server_config: { cert_file: s.crt, key_file: s.key }\n");
  const auto access = own({}, web);
  EXPECT_EQ(access.place.text(), "https://127.0.0.1:1");
  EXPECT_EQ(access.tls.only_file, folder.file("s.crt"));
  EXPECT_EQ(own({}, {}).place.text(), "http://127.0.0.1:1");
  EXPECT_EQ(own({}, folder.with("plain.yaml", "basic_auth_users: {}\n")).place.text(), "http://127.0.0.1:1");
  EXPECT_EQ(own({}, folder.file("none")).place.text(), "http://127.0.0.1:1");
}

TEST(CheckAccess, sends_no_password_in_plain_where_nothing_tells_whether_the_daemon_wants_tls) {
  const Folder folder;
  const auto broken = folder.with("web.yaml", "tls_server_config: { cert_file: s.crt, no_such_key: 1 }\n");
  CheckAccess given;
  given.user = "alice";
  given.password_file = folder.with("p", "secret\n");
  for (const std::string& file : {broken, folder.file("none")}) {
    const auto access = access_to_own(given, {"0.0.0.0", 1}, file, "/x", Deadline(20s));
    ASSERT_FALSE(access.ok()) << file;
    EXPECT_THAT(access.error().message, testing::AllOf(HasSubstr("a password is not sent"), HasSubstr(file)));
  }
  given.ca_file = "ca";  // it is to be TLS
  EXPECT_TRUE(own(given, broken).place.tls);
}

TEST(CheckAccess, to_the_own_daemon_believes_whom_the_flags_say) {
  const Folder folder;
  const auto web = folder.with("web.yaml", "tls_server_config: { cert_file: s.crt, key_file: s.key }\n");
  CheckAccess given;
  given.ca_file = "ca";
  EXPECT_EQ(own(given, web).tls, (TlsClientOptions{"ca", {}, {}, {}, {}, false}));
  EXPECT_TRUE(own(given, {}).place.tls);
  CheckAccess shown;
  shown.cert_file = "own.crt";
  EXPECT_EQ(own(shown, web).tls.only_file, folder.file("s.crt"));
}

TEST(AskDaemon, tells_what_bars_the_way) {
  const HttpPlace plain{"n", 1};
  const HttpPlace known{"n", 1, "/", "a:b"};
  EXPECT_THAT(barrier_of(plain, {401, {}}), HasSubstr("wants a password; --user NAME --password-file FILE"));
  EXPECT_THAT(barrier_of(known, {401, {}}), HasSubstr("does not accept this user and password"));
  EXPECT_THAT(barrier_of(known, {403, {}}), HasSubstr("forbids the question (403)"));
  EXPECT_THAT(barrier_of(plain, {400, "Client sent an HTTP request to an HTTPS server.\n"}),
              HasSubstr("speaks TLS; --url https://"));
  for (const int status : {200, 400, 404, 503}) EXPECT_EQ(barrier_of(plain, {status, "x"}), "");
}

}  // namespace
}  // namespace wedged
