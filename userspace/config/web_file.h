// SPDX-License-Identifier: Apache-2.0
// WebFile: what --web.config.file says, as Prometheus's exporters have it: TLS, client certificates, headers,
// users. Values only, with their places for messages about what cannot be seen by reading alone.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/yaml_node.h"

namespace wedged {

// In the order of strictness; the words are Go's.
enum class ClientAuth {
  none,                // NoClientCert
  request,             // RequestClientCert: any or none, not verified
  require_any,         // RequireAnyClientCert: some certificate, not verified
  verify_if_given,     // VerifyClientCertIfGiven
  require_and_verify,  // RequireAndVerifyClientCert
};

enum class TlsVersion { tls12, tls13 };

// A word of the file and where it stands.
struct PlacedText {
  std::string text;
  Place place;
};

struct WebTls {
  PlacedText cert_file;  // a chain as PEM; this and the next two as paths that can be opened
  PlacedText key_file;
  PlacedText client_ca_file;  // empty: none
  ClientAuth client_auth = ClientAuth::none;
  TlsVersion min_version = TlsVersion::tls12;
  TlsVersion max_version = TlsVersion::tls13;
  std::vector<PlacedText> cipher_suites;      // IANA's names; empty: OpenSSL's choice
  std::vector<PlacedText> curve_preferences;  // Go's names; empty: OpenSSL's choice
  bool prefer_server_cipher_suites = true;
};

struct WebFile {
  std::string file;           // its name, for messages
  std::optional<WebTls> tls;  // absent: plain HTTP
  std::vector<std::pair<std::string, std::string>> headers;
  std::map<std::string, std::string> users;  // name to bcrypt's hash; empty: everybody may ask
};

}  // namespace wedged
