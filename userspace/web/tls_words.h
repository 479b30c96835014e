// SPDX-License-Identifier: Apache-2.0
// Why a server cannot be asked by TLS, in words. Each is a predicate about the server, then, behind "; ",
// what helps; flags are those of `wedged check`. Pure: numbers and names in, text out.
#pragma once

#include <string>
#include <vector>

namespace wedged {

// Why a certificate was not believed.
struct CertificateFault {
  int code = 0;                    // X509_V_ERR_*
  std::string expected;            // the host's name or address
  std::vector<std::string> names;  // that it has
  std::string begins;              // its dates, for people
  std::string ends;
  std::string ca_file;  // whose signatures count; empty: those that the system trusts
};

[[nodiscard]] std::string words_of(const CertificateFault& fault);

enum class OwnCertificate {
  not_wanted,
  wanted,  // but there is none
  given,   // whether it was wanted or not
};

// For `reason`, OpenSSL's SSL_R_* of what came from the server or was not understood; `says` is what OpenSSL
// calls it.
[[nodiscard]] std::string words_of_refusal(int reason, OwnCertificate own, const std::string& says);

// The server hung up without a word.
[[nodiscard]] std::string words_of_silence(OwnCertificate own);

}  // namespace wedged
