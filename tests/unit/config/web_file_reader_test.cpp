// SPDX-License-Identifier: Apache-2.0
#include "config/web_file_reader.h"

#include <gtest/gtest.h>

#include "problems_of.h"

namespace wedged {
namespace {

const std::string hash = "$2y$10$X0h1gDsPszWURQaxFh.zoubFi6DXncSjhoQNJgRrnGs7EsimhC7zG";

std::vector<std::string> web_problems_of(const std::string& text) {
  std::vector<std::string> lines;
  const auto parsed = parse_web_file({"f", text});
  if (const auto* problems = std::get_if<ConfigProblems>(&parsed)) {
    for (const ConfigProblem& problem : *problems) lines.push_back(problem.text().substr(2));
  }
  return lines;
}

WebFile file_of(const std::string& text, const std::string& name = "f") {
  const auto parsed = parse_web_file({name, text});
  if (const auto* file = std::get_if<WebFile>(&parsed)) return *file;
  for (const std::string& line : web_problems_of(text)) ADD_FAILURE() << line;
  return {};
}

TEST(WebFileReader, an_empty_file_protects_nothing) {
  for (const char* text : {"", "{}", "tls_server_config:\nhttp_server_config:\nbasic_auth_users:\n",
                           "tls_server_config: {}\n"}) {
    const WebFile file = file_of(text);
    EXPECT_FALSE(file.tls) << text;
    EXPECT_TRUE(file.users.empty() && file.headers.empty()) << text;
  }
}

TEST(WebFileReader, everything_is_read) {
  const WebFile file = file_of(
      "tls_server_config:\n"
      "  cert_file: a.crt\n  key_file: /k/a.key\n  client_ca_file: ca/ca.crt\n"
      "  client_auth_type: RequireAndVerifyClientCert\n  min_version: TLS12\n  max_version: TLS13\n"
      "  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]\n  prefer_server_cipher_suites: false\n"
      "  curve_preferences: [X25519, CurveP256]\n"
      "http_server_config:\n  http2: false\n  headers:\n    X-Frame-Options: deny\n    "
      "X-Content-Type-Options: nosniff\n"
      "    Strict-Transport-Security: max-age=1\n"
      "basic_auth_users:\n  alice: " +
          hash + "\n",
      "/etc/wedged/web.yaml");
  ASSERT_TRUE(file.tls);
  EXPECT_EQ(file.tls->cert_file.text, "/etc/wedged/a.crt") << "relative to the file's folder";
  EXPECT_EQ(file.tls->key_file.text, "/k/a.key");
  EXPECT_EQ(file.tls->client_ca_file.text, "/etc/wedged/ca/ca.crt");
  EXPECT_EQ(file.tls->client_auth, ClientAuth::require_and_verify);
  EXPECT_EQ(file.tls->min_version, TlsVersion::tls12);
  EXPECT_EQ(file.tls->cipher_suites.at(0).place, (Place{8, 19}));
  EXPECT_FALSE(file.tls->prefer_server_cipher_suites);
  EXPECT_EQ(file.tls->curve_preferences.size(), 2U);
  EXPECT_EQ(file.headers.size(), 3U);
  EXPECT_EQ(file.users.at("alice"), hash);
}

TEST(WebFileReader, each_word_for_client_certificates_is_known) {
  const std::vector<std::pair<std::string, ClientAuth>> words{
      {"NoClientCert", ClientAuth::none},
      {"RequestClientCert", ClientAuth::request},
      {"RequireAnyClientCert", ClientAuth::require_any},
      {"RequireClientCert", ClientAuth::require_any},
      {"VerifyClientCertIfGiven", ClientAuth::verify_if_given},
      {"RequireAndVerifyClientCert", ClientAuth::require_and_verify},
  };
  for (const auto& [word, wanted] : words) {
    const std::string authority = word.find("Verify") == std::string::npos ? "" : "  client_ca_file: a\n";
    const WebFile file = file_of("tls_server_config:\n  cert_file: c\n  key_file: k\n" + authority +
                                 "  client_auth_type: " + word + "\n");
    ASSERT_TRUE(file.tls) << word;
    EXPECT_EQ(file.tls->client_auth, wanted) << word;
  }
}

TEST(WebFileReader, everything_wrong_is_told_at_once) {
  const auto problems = web_problems_of("basic_auth_users:\n  a: plain\n  b:c: " + hash +
                                        "\nhttp_server_config: { http2: true }\nrate_limit: 1\n");
  EXPECT_EQ(problems.size(), 4U) << testing::PrintToString(problems);
}

TEST(WebFileReader, a_hash_is_never_repeated_in_a_message) {
  for (const std::string& line : web_problems_of("basic_auth_users: { a: " + hash + "x }\n"))
    EXPECT_EQ(line.find("X0h1gDs"), std::string::npos) << line;
}

class BadWebFile : public testing::TestWithParam<test::Bad> {};
TEST_P(BadWebFile, is_refused_where_it_stands) {
  const auto& bad = GetParam();
  const auto problems = web_problems_of(bad.text);
  ASSERT_EQ(problems.size(), 1U) << testing::PrintToString(problems);
  EXPECT_TRUE(problems[0].starts_with(bad.place + ": ")) << problems[0];
  EXPECT_NE(problems[0].find(bad.part), std::string::npos) << problems[0];
}

std::string tls(const std::string& more) {
  return "tls_server_config:\n  cert_file: c\n  key_file: k\n" + more;
}

using test::Bad;
INSTANTIATE_TEST_SUITE_P(
    WebFileReader, BadWebFile,
    testing::Values(
        Bad{"no_yaml", "a: [", "1:1", "not valid YAML"},
        Bad{"a_word", "tls", "1:1", "the file must be a map"},
        Bad{"unknown_section", "tls_server_confg: {}\n", "1:1", "did you mean 'tls_server_config'?"},
        Bad{"unknown_key", tls("  client_ca_fil: x\n"), "4:3",
            "unknown key 'client_ca_fil' in tls_server_config; did you mean 'client_ca_file'?"},
        Bad{"no_key", "tls_server_config:\n  cert_file: c\n", "2:3", "must have key_file"},
        Bad{"no_certificate", "tls_server_config:\n  key_file: c\n", "2:3", "must have cert_file"},
        Bad{"empty_path", "tls_server_config: { cert_file: '', key_file: k }\n", "1:33", "must name a file"},
        Bad{"unknown_client_auth", tls("  client_auth_type: Require\n"), "4:21",
            "must be NoClientCert, RequestClientCert"},
        Bad{"verifies_by_nothing", tls("  client_auth_type: RequireAndVerifyClientCert\n"), "4:21",
            "needs client_ca_file"},
        Bad{"authority_of_nobody", tls("  client_ca_file: x\n"), "4:19", "is used by nothing"},
        Bad{"authority_not_asked", tls("  client_ca_file: x\n  client_auth_type: RequireAnyClientCert\n"),
            "4:19", "is used by nothing"},
        Bad{"old_version", tls("  min_version: TLS10\n"), "4:16",
            "must be TLS12 or TLS13: OpenSSL offers nothing older"},
        Bad{"no_version", tls("  max_version: 1.3\n"), "4:16", "must be TLS12 or TLS13, not '1.3'"},
        Bad{"versions_crossed", tls("  min_version: TLS13\n  max_version: TLS12\n"), "5:16",
            "must not be less than min_version"},
        Bad{"suites_as_word", tls("  cipher_suites: x\n"), "4:18", "must be a list"},
        Bad{"unknown_curve", tls("  curve_preferences: [P256]\n"), "4:23", "must be CurveP256, CurveP384"},
        Bad{"http2", "http_server_config:\n  http2: true\n", "2:10",
            "must be false or left out: this server speaks HTTP/1.1"},
        Bad{"unknown_header", "http_server_config: { headers: { Server: x } }\n", "1:34",
            "unknown key 'Server'"},
        Bad{"header_value", "http_server_config: { headers: { X-Frame-Options: allow } }\n", "1:51",
            "must be deny or sameorigin"},
        Bad{"header_with_line", "http_server_config: { headers: { X-XSS-Protection: \"a\\nb\" } }\n", "1:52",
            "must be one line of text"},
        Bad{"plain_password", "basic_auth_users:\n  alice: secret\n", "2:10",
            "must be a password's hash by bcrypt"},
        Bad{"other_hash", "basic_auth_users:\n  alice: $6$x$y\n", "2:10",
            "must be a password's hash by bcrypt"},
        Bad{"dear_hash",
            "basic_auth_users:\n  alice: $2y$20$X0h1gDsPszWURQaxFh.zoubFi6DXncSjhoQNJgRrnGs7EsimhC7zG\n",
            "2:10", "cost from 4 to 15, not 20"},
        Bad{"user_with_colon", "basic_auth_users:\n  'a:b': " + hash + "\n", "2:3",
            "a word without a colon"}),
    test::name_of_bad);

}  // namespace
}  // namespace wedged
