// SPDX-License-Identifier: Apache-2.0
#include "web/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <filesystem>
#include <string_view>
#include <utility>

#include "web/tls_error.h"

namespace wedged {

struct TlsContext::Native {
  SSL_CTX* context = nullptr;

  Native() = default;
  Native(const Native&) = delete;
  Native& operator=(const Native&) = delete;
  ~Native() { SSL_CTX_free(context); }
};

struct TlsSession::Native {
  SSL* session = nullptr;

  Native() = default;
  Native(const Native&) = delete;
  Native& operator=(const Native&) = delete;
  ~Native() { SSL_free(session); }
};

namespace {

using Fault = std::optional<TlsFault>;

TlsFault fault(const PlacedText& word, const std::string& key, const std::string& message) {
  return {word.place, "tls_server_config." + key + " " + message + " ('" + word.text + "')"};
}

// OpenSSL would wait for who writes into a pipe, and nobody would be served meanwhile. What is not there it
// names itself.
Fault check_files(const WebTls& options) {
  const std::pair<const char*, const PlacedText*> files[] = {{"cert_file", &options.cert_file},
                                                             {"key_file", &options.key_file},
                                                             {"client_ca_file", &options.client_ca_file}};
  for (const auto& [key, word] : files) {
    std::error_code unknown;
    const auto status = std::filesystem::status(word->text, unknown);
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
      return fault(*word, key, "must name a file, not a folder, pipe or device");
  }
  return std::nullopt;
}

Fault load_files(SSL_CTX* context, const WebTls& options) {
  if (SSL_CTX_use_certificate_chain_file(context, options.cert_file.text.c_str()) != 1)
    return fault(options.cert_file, "cert_file", "must name a certificate in PEM: " + openssl_says());
  // One with a passphrase would ask for it on the terminal.
  SSL_CTX_set_default_passwd_cb(context, [](char*, int, int, void*) { return 0; });
  if (SSL_CTX_use_PrivateKey_file(context, options.key_file.text.c_str(), SSL_FILETYPE_PEM) != 1)
    return fault(options.key_file, "key_file",
                 "must name the certificate's key in PEM, without a passphrase: " + openssl_says());
  if (SSL_CTX_check_private_key(context) != 1)
    return fault(options.key_file, "key_file", "must be the key of cert_file: " + openssl_says());
  if (options.client_ca_file.text.empty()) return std::nullopt;
  const char* authorities = options.client_ca_file.text.c_str();
  STACK_OF(X509_NAME)* names = SSL_load_client_CA_file(authorities);
  if (names == nullptr || SSL_CTX_load_verify_file(context, authorities) != 1) {
    sk_X509_NAME_pop_free(names, X509_NAME_free);
    return fault(options.client_ca_file, "client_ca_file",
                 "must name certificates in PEM: " + openssl_says());
  }
  SSL_CTX_set_client_CA_list(context, names);  // takes them
  // As with Go: what stands in it is believed, whether it signs itself or not.
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context), X509_V_FLAG_PARTIAL_CHAIN);
  return std::nullopt;
}

int accept_any(X509_STORE_CTX*, void*) {
  return 1;
}

void set_client_auth(SSL_CTX* context, ClientAuth wanted) {
  int mode = SSL_VERIFY_NONE;
  if (wanted != ClientAuth::none) mode = SSL_VERIFY_PEER;
  if (wanted == ClientAuth::require_any || wanted == ClientAuth::require_and_verify)
    mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  SSL_CTX_set_verify(context, mode, nullptr);
  if (wanted == ClientAuth::request || wanted == ClientAuth::require_any)
    SSL_CTX_set_cert_verify_callback(context, accept_any, nullptr);
}

void join(std::string& list, std::string_view word) {
  if (!list.empty()) list += ':';
  list += word;
}

// Those of TLS 1.3 have a list of their own, which stays as it is where none of them is named, as with Go.
// Where only they are named nothing is left for TLS 1.2; OpenSSL has no empty list for that.
Fault set_cipher_suites(SSL_CTX* context, const WebTls& options) {
  std::string older;
  std::string newer;
  for (const PlacedText& suite : options.cipher_suites) {
    const std::string_view name = OPENSSL_cipher_name(suite.text.c_str());
    if (name == "(NONE)") {
      return fault(suite, "cipher_suites",
                   "must be one that OpenSSL has, such as TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
    }
    join(name.starts_with("TLS_") ? newer : older, name);
  }
  if (newer.empty() && older.empty()) return std::nullopt;
  const PlacedText& first = options.cipher_suites.front();
  if (older.empty() && options.max_version == TlsVersion::tls12)
    return fault(first, "cipher_suites", "must have one of TLS 1.2, as max_version is TLS12");
  if (older.empty()) SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
  if (!older.empty() && SSL_CTX_set_cipher_list(context, older.c_str()) != 1)
    return fault(first, "cipher_suites", "cannot be used: " + openssl_says());
  if (!newer.empty() && SSL_CTX_set_ciphersuites(context, newer.c_str()) != 1)
    return fault(first, "cipher_suites", "cannot be used: " + openssl_says());
  return std::nullopt;
}

Fault set_curves(SSL_CTX* context, const std::vector<PlacedText>& curves) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> names{
      {{"CurveP256", "P-256"}, {"CurveP384", "P-384"}, {"CurveP521", "P-521"}, {"X25519", "X25519"}}};
  std::string list;
  for (const PlacedText& curve : curves) {
    for (const auto& [theirs, ours] : names) {
      if (curve.text == theirs) join(list, ours);
    }
  }
  if (list.empty() || SSL_CTX_set1_curves_list(context, list.data()) == 1) return std::nullopt;
  return fault(curves.front(), "curve_preferences", "cannot be used: " + openssl_says());
}

int number_of(TlsVersion version) {
  return version == TlsVersion::tls12 ? TLS1_2_VERSION : TLS1_3_VERSION;
}

Fault configure(SSL_CTX* context, const WebTls& options) {
  SSL_CTX_set_min_proto_version(context, number_of(options.min_version));
  SSL_CTX_set_max_proto_version(context, number_of(options.max_version));
  // No renegotiation: a client could make us work with it. One request a connection: nothing to resume.
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET);
  if (options.prefer_server_cipher_suites) SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  // Else a peer that sends nothing but KeyUpdates, or renegotiations that are refused, keeps SSL_read() in
  // its loop, past every deadline.
  SSL_CTX_clear_mode(context, SSL_MODE_AUTO_RETRY);
  set_client_auth(context, options.client_auth);
  if (auto wrong = check_files(options)) return wrong;
  if (auto wrong = load_files(context, options)) return wrong;
  if (auto wrong = set_cipher_suites(context, options)) return wrong;
  return set_curves(context, options.curve_preferences);
}

Transfer outcome(SSL* session, int result) {
  if (result == 1) return Transfer::done;
  const int error = SSL_get_error(session, result);
  ERR_clear_error();
  if (error == SSL_ERROR_WANT_READ) return Transfer::wants_read;
  return error == SSL_ERROR_WANT_WRITE ? Transfer::wants_write : Transfer::closed;
}

}  // namespace

std::variant<std::shared_ptr<const TlsContext>, TlsFault> TlsContext::load(const WebTls& options) {
  auto native = std::make_unique<Native>();
  native->context = SSL_CTX_new(TLS_server_method());
  if (native->context == nullptr)
    return TlsFault{options.cert_file.place, "TLS cannot be had: " + openssl_says()};
  if (auto wrong = configure(native->context, options)) return *wrong;
  return std::make_shared<const TlsContext>(std::move(native));
}

std::unique_ptr<TlsSession> TlsContext::accept(int socket) const {
  auto native = std::make_unique<TlsSession::Native>();
  native->session = SSL_new(native_->context);
  if (native->session == nullptr || SSL_set_fd(native->session, socket) != 1) return nullptr;
  SSL_set_accept_state(native->session);
  return std::make_unique<TlsSession>(std::move(native));
}

TlsContext::TlsContext(std::unique_ptr<Native> native) : native_(std::move(native)) {}
TlsContext::~TlsContext() = default;
TlsSession::TlsSession(std::unique_ptr<Native> native) : native_(std::move(native)) {}
TlsSession::~TlsSession() = default;

Transfer TlsSession::handshake() {
  ERR_clear_error();
  return outcome(native_->session, SSL_do_handshake(native_->session));
}

Transfer TlsSession::read(char* bytes, std::size_t size, std::size_t& count) {
  ERR_clear_error();
  return outcome(native_->session, SSL_read_ex(native_->session, bytes, size, &count));
}

Transfer TlsSession::write(const char* bytes, std::size_t size, std::size_t& count) {
  ERR_clear_error();
  return outcome(native_->session, SSL_write_ex(native_->session, bytes, size, &count));
}

void TlsSession::say_goodbye() {
  ERR_clear_error();
  SSL_shutdown(native_->session);  // our half; the peer's answer is not waited for
  ERR_clear_error();
}

}  // namespace wedged
