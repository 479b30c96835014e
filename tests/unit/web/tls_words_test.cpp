// SPDX-License-Identifier: Apache-2.0
#include "web/tls_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

namespace wedged {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

CertificateFault a_fault(int code) {
  return {code, "10.0.0.1", {"db1.example", "db2.example"}, "2026-01-01 00:00 UTC", "2026-02-01 00:00 UTC",
          {}};
}

TEST(TlsWords, of_a_certificate_tell_what_is_wrong_and_what_helps) {
  const struct {
    int code;
    const char* words;
  } cases[] = {
      {X509_V_ERR_IP_ADDRESS_MISMATCH,
       "shows a certificate of db1.example, db2.example, not of 10.0.0.1; --server-name NAME tells which one "
       "is "
       "right"},
      {X509_V_ERR_CERT_HAS_EXPIRED,
       "shows a certificate that has expired (2026-02-01 00:00 UTC); it must be renewed"},
      {X509_V_ERR_CERT_NOT_YET_VALID, "shows a certificate that is not valid before 2026-01-01 00:00 UTC; "},
      {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
       "shows a certificate that nobody has signed whom this host trusts; --ca-file"},
      {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, "shows a certificate that nobody has signed"},
      {X509_V_ERR_CERT_REJECTED, "shows another certificate than the one that its web configuration names; "},
      {X509_V_ERR_CA_MD_TOO_WEAK,
       "shows a certificate that cannot be believed: CA signature digest algorithm too weak; "},
  };
  for (const auto& one : cases) EXPECT_THAT(words_of(a_fault(one.code)), StartsWith(one.words));
}

TEST(TlsWords, of_a_certificate_name_the_file_that_does_not_have_its_signer) {
  auto fault = a_fault(X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN);
  fault.ca_file = "/etc/ca.crt";
  EXPECT_THAT(words_of(fault),
              StartsWith("shows a certificate that /etc/ca.crt does not vouch for; --ca-file must"));
}

TEST(TlsWords, name_three_names_at_most) {
  auto fault = a_fault(X509_V_ERR_HOSTNAME_MISMATCH);
  fault.names = {"a", "b", "c", "d"};
  EXPECT_THAT(words_of(fault), StartsWith("shows a certificate of a, b, c and others, not of 10.0.0.1;"));
  fault.names.clear();
  EXPECT_THAT(words_of(fault), HasSubstr("no name in it"));
}

TEST(TlsWords, of_a_refusal_depend_on_whether_a_certificate_was_wanted) {
  const struct {
    int reason;
    OwnCertificate own;
    const char* words;
  } cases[] = {
      {SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED, OwnCertificate::wanted,
       "wants a certificate of who asks; --cert-file"},
      {SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE, OwnCertificate::wanted,
       "wants a certificate of who asks; --cert-file"},
      {SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE, OwnCertificate::not_wanted, "does not agree on TLS: SAYS; "},
      {SSL_R_TLSV1_ALERT_UNKNOWN_CA, OwnCertificate::given,
       "does not accept the certificate of --cert-file: SAYS; "},
      {SSL_R_TLSV1_ALERT_PROTOCOL_VERSION, OwnCertificate::given,
       "has no version of TLS that is taken here; "},
      {SSL_R_WRONG_VERSION_NUMBER, OwnCertificate::not_wanted, "speaks no TLS; ask it by http://"},
      {SSL_R_TLSV1_ALERT_INTERNAL_ERROR, OwnCertificate::given, "does not agree on TLS: SAYS; "},
  };
  for (const auto& one : cases)
    EXPECT_THAT(words_of_refusal(one.reason, one.own, "SAYS"), StartsWith(one.words));
  EXPECT_THAT(words_of_silence(OwnCertificate::wanted), StartsWith("wants a certificate"));
  EXPECT_THAT(words_of_silence(OwnCertificate::given), HasSubstr("--cert-file"));
  EXPECT_THAT(words_of_silence(OwnCertificate::not_wanted), HasSubstr("without a word"));
}

}  // namespace
}  // namespace wedged
