// SPDX-License-Identifier: Apache-2.0
#include "config/web_tls_reader.h"

#include <algorithm>

#include "config/fields.h"

namespace wedged {
namespace {

// In the order of ClientAuth; the last is an older word for RequireAnyClientCert, which the exporters still
// take.
const std::vector<std::string> client_auth_words{"NoClientCert",
                                                 "RequestClientCert",
                                                 "RequireAnyClientCert",
                                                 "VerifyClientCertIfGiven",
                                                 "RequireAndVerifyClientCert",
                                                 "RequireClientCert"};
const std::vector<std::string> versions{"TLS12", "TLS13"};
const std::vector<std::string> curves{"CurveP256", "CurveP384", "CurveP521", "X25519"};

void read_path(const Fields& fields, const std::string& key, const std::string& folder, PlacedText& path) {
  const YamlNode* node = fields.find(key);
  const auto text = node == nullptr ? std::nullopt : fields.word(*node, key);
  if (!text) return;
  if (text->empty() || text->find('\0') != std::string::npos)
    return fields.add_problem(*node, key, "must name a file");
  path = {text->front() == '/' ? *text : folder + *text, node->place};
}

void read_client_auth(const Fields& fields, ClientAuth& wanted) {
  const auto at = fields.choice("client_auth_type", client_auth_words);
  if (at)
    wanted = *at + 1 == client_auth_words.size() ? ClientAuth::require_any : static_cast<ClientAuth>(*at);
}

void read_version(const Fields& fields, const std::string& key, TlsVersion& version) {
  const YamlNode* node = fields.find(key);
  const auto text = node == nullptr ? std::nullopt : fields.word(*node, key);
  if (!text) return;
  if (*text == "TLS10" || *text == "TLS11") {
    return fields.add_problem(
        *node, key, "must be TLS12 or TLS13: OpenSSL offers nothing older at its usual level of security");
  }
  if (const auto at = fields.choice(key, versions))
    version = *at == 0 ? TlsVersion::tls12 : TlsVersion::tls13;
}

std::vector<PlacedText> read_words(const Fields& fields, const std::string& key) {
  std::vector<PlacedText> words;
  for (const YamlNode* node : fields.items(key)) {
    if (const auto text = fields.word(*node, key)) words.push_back({*text, node->place});
  }
  return words;
}

void read_curves(const Fields& fields, WebTls& tls, Problems& problems) {
  tls.curve_preferences = read_words(fields, "curve_preferences");
  for (const PlacedText& curve : tls.curve_preferences) {
    if (std::find(curves.begin(), curves.end(), curve.text) == curves.end())
      problems.add(curve.place,
                   fields.name_of("curve_preferences") + " " + must_be_one_of(curve.text, curves));
  }
}

void require_files(const Fields& fields, const WebTls& tls, Problems& problems) {
  for (const std::string key : {"cert_file", "key_file"}) {
    if (fields.find(key) == nullptr)
      problems.add(fields.place(), "tls_server_config must have " + key +
                                       ": TLS needs a certificate (cert_file) and its key (key_file)");
  }
  const bool verifies =
      tls.client_auth == ClientAuth::verify_if_given || tls.client_auth == ClientAuth::require_and_verify;
  const YamlNode* word = fields.find("client_auth_type");
  const YamlNode* authorities = fields.find("client_ca_file");
  if (verifies && authorities == nullptr) {
    fields.add_problem(*word, "client_auth_type",
                       "needs client_ca_file: without it, certificates of every public authority would do");
  }
  if (!verifies && authorities != nullptr) {
    fields.add_problem(
        *authorities, "client_ca_file",
        "is used by nothing; set client_auth_type to RequireAndVerifyClientCert or VerifyClientCertIfGiven");
  }
}

}  // namespace

std::optional<WebTls> read_web_tls(const YamlNode& node, const std::string& folder, Problems& problems) {
  const Fields fields{node,
                      "tls_server_config",
                      {"cert_file", "key_file", "client_ca_file", "client_auth_type", "min_version",
                       "max_version", "cipher_suites", "prefer_server_cipher_suites", "curve_preferences"},
                      problems};
  if (fields.entries().empty()) return std::nullopt;
  WebTls tls;
  read_path(fields, "cert_file", folder, tls.cert_file);
  read_path(fields, "key_file", folder, tls.key_file);
  read_path(fields, "client_ca_file", folder, tls.client_ca_file);
  read_client_auth(fields, tls.client_auth);
  read_version(fields, "min_version", tls.min_version);
  read_version(fields, "max_version", tls.max_version);
  if (tls.max_version < tls.min_version)
    fields.add_problem(*fields.find("max_version"), "max_version", "must not be less than min_version");
  tls.cipher_suites = read_words(fields, "cipher_suites");
  fields.boolean("prefer_server_cipher_suites", tls.prefer_server_cipher_suites);
  read_curves(fields, tls, problems);
  require_files(fields, tls, problems);
  return tls;
}

}  // namespace wedged
