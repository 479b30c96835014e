// SPDX-License-Identifier: Apache-2.0
#include "web/tls_words.h"

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

namespace wedged {
namespace {

constexpr const char* wants_one =
    "wants a certificate of who asks; --cert-file FILE --key-file FILE show it one";
constexpr const char* no_tls = "speaks no TLS; ask it by http:// and without the flags of TLS";

std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t most = 3;
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < most; ++i) text += (i == 0 ? "" : ", ") + names[i];
  return text + (names.size() > most ? " and others" : "");
}

std::string words_of_name(const CertificateFault& fault) {
  if (fault.names.empty())
    return "shows a certificate that has no name in it, not " + fault.expected +
           "; it must be made with subjectAltName";
  return "shows a certificate of " + listed(fault.names) + ", not of " + fault.expected +
         "; --server-name NAME tells which one is right";
}

std::string words_of_signature(const CertificateFault& fault) {
  if (!fault.ca_file.empty())
    return "shows a certificate that " + fault.ca_file +
           " does not vouch for; --ca-file must have who signed it, or the certificate itself";
  return "shows a certificate that nobody has signed whom this host trusts; --ca-file FILE names who has "
         "signed it, or the certificate itself";
}

bool is_about_our_certificate(int reason) {
  switch (reason) {
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
    case SSL_R_SSLV3_ALERT_NO_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
    case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
    case SSL_R_TLSV1_ALERT_DECRYPT_ERROR:
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA: return true;
    default: return false;
  }
}

}  // namespace

std::string words_of(const CertificateFault& fault) {
  switch (fault.code) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH: return words_of_name(fault);
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE: return words_of_signature(fault);
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return "shows a certificate that has expired (" + fault.ends +
             "); it must be renewed, or this host's clock is wrong";
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "shows a certificate that is not valid before " + fault.begins +
             "; perhaps this host's clock is wrong";
    case X509_V_ERR_CERT_REJECTED:
      return "shows another certificate than the one that its web configuration names; who listens there?";
    default:
      return std::string("shows a certificate that cannot be believed: ") +
             X509_verify_cert_error_string(fault.code) + "; openssl s_client -connect HOST:PORT shows it";
  }
}

std::string words_of_refusal(int reason, OwnCertificate own, const std::string& says) {
  switch (reason) {
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
    case SSL_R_UNKNOWN_PROTOCOL: return no_tls;
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_VERSION_TOO_LOW: return "has no version of TLS that is taken here; it must speak 1.2 or 1.3";
    default: break;
  }
  if (is_about_our_certificate(reason)) {
    if (own == OwnCertificate::wanted) return wants_one;
    if (own == OwnCertificate::given)
      return "does not accept the certificate of --cert-file: " + says +
             "; one of its client_ca_file must have signed it";
  }
  return "does not agree on TLS: " + says + "; openssl s_client -connect HOST:PORT shows more";
}

std::string words_of_silence(OwnCertificate own) {
  switch (own) {
    case OwnCertificate::wanted: return wants_one;
    case OwnCertificate::given:
      return "ended the connection without a word; perhaps it does not accept the certificate of --cert-file";
    case OwnCertificate::not_wanted: break;
  }
  return "ended the connection without a word; it may be no web server, or one that speaks no TLS";
}

}  // namespace wedged
