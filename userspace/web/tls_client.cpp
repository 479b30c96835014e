// SPDX-License-Identifier: Apache-2.0
#include "web/tls_client.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "web/tls_certificate.h"
#include "web/tls_error.h"
#include "web/tls_words.h"

namespace wedged {

struct TlsClient::Native {
  SSL_CTX* context = nullptr;
  SSL* session = nullptr;
  X509* only = nullptr;
  CertificateFault fault;
  OwnCertificate own = OwnCertificate::not_wanted;

  Native() = default;
  Native(const Native&) = delete;
  Native& operator=(const Native&) = delete;
  Native(Native&&) = delete;
  Native& operator=(Native&&) = delete;
  ~Native() {
    SSL_free(session);
    SSL_CTX_free(context);
    X509_free(only);
  }
};

namespace {

int keep_fault(X509_STORE_CTX* chain, CertificateFault& fault) {
  const X509* current = X509_STORE_CTX_get_current_cert(chain);
  const X509* certificate = current != nullptr ? current : X509_STORE_CTX_get0_cert(chain);
  fault.code = X509_STORE_CTX_get_error(chain);
  if (certificate != nullptr) describe(certificate, fault);
  return 0;
}

int verify(X509_STORE_CTX* chain, void* argument) {
  auto& native = *static_cast<TlsClient::Native*>(argument);
  if (native.only == nullptr) return X509_verify_cert(chain) == 1 ? 1 : keep_fault(chain, native.fault);
  const X509* shown = X509_STORE_CTX_get0_cert(chain);
  if (shown != nullptr && X509_cmp(shown, native.only) == 0) return 1;
  X509_STORE_CTX_set_error(chain, X509_V_ERR_CERT_REJECTED);
  return keep_fault(chain, native.fault);
}

// Called where the server wants a certificate and there is none.
int note_that_one_is_wanted(SSL* session, X509** /*certificate*/, EVP_PKEY** /*key*/) {
  static_cast<TlsClient::Native*>(SSL_get_app_data(session))->own = OwnCertificate::wanted;
  return 0;
}

Error unusable(const std::string& flag, const std::string& file, const std::string& must) {
  return {ErrorKind::malformed, flag + " " + file + " must " + must + ": " + openssl_says()};
}

Status load_own(SSL_CTX* context, const TlsClientOptions& options) {
  if (SSL_CTX_use_certificate_chain_file(context, options.cert_file.c_str()) != 1)
    return unusable("--cert-file", options.cert_file, "have a certificate in PEM");
  // One with a passphrase would ask for it on the terminal.
  SSL_CTX_set_default_passwd_cb(context, [](char*, int, int, void*) { return 0; });
  if (SSL_CTX_use_PrivateKey_file(context, options.key_file.c_str(), SSL_FILETYPE_PEM) != 1)
    return unusable("--key-file", options.key_file,
                    "have the key of --cert-file in PEM, without a passphrase");
  if (SSL_CTX_check_private_key(context) != 1)
    return unusable("--key-file", options.key_file, "be the key of --cert-file");
  return Nothing{};
}

Status load_only(TlsClient::Native& native, const std::string& path) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> file(BIO_new_file(path.c_str(), "r"), BIO_free);
  if (file) native.only = PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr);
  if (native.only != nullptr) return Nothing{};
  return Error{ErrorKind::denied, "shows the certificate of " + path + ", which cannot be read here (" +
                                      openssl_says() + "); --ca-file FILE tells whom to believe"};
}

Status load_trust(TlsClient::Native& native, const TlsClientOptions& options) {
  if (options.insecure) return Nothing{};
  SSL_CTX_set_verify(native.context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_cert_verify_callback(native.context, verify, &native);
  native.fault.ca_file = options.ca_file;
  if (!options.only_file.empty()) return load_only(native, options.only_file);
  if (options.ca_file.empty()) {
    SSL_CTX_set_default_verify_paths(native.context);
    return Nothing{};
  }
  if (SSL_CTX_load_verify_file(native.context, options.ca_file.c_str()) != 1)
    return unusable("--ca-file", options.ca_file, "have certificates in PEM");
  // What stands in it is believed, whether it signs others or not.
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(native.context), X509_V_FLAG_PARTIAL_CHAIN);
  return Nothing{};
}

Status configure(TlsClient::Native& native, const TlsClientOptions& options) {
  SSL_CTX_set_min_proto_version(native.context, TLS1_2_VERSION);
  // A reply has its length in its head; many servers hang up without saying goodbye.
  SSL_CTX_set_options(native.context, SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(native.context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_clear_mode(native.context, SSL_MODE_AUTO_RETRY);  // the deadline is looked at between two messages
  SSL_CTX_set_client_cert_cb(native.context, note_that_one_is_wanted);
  if (auto trusted = load_trust(native, options); !trusted) return trusted;
  native.fault.expected = options.server_name;
  if (options.cert_file.empty()) return Nothing{};
  native.own = OwnCertificate::given;
  return load_own(native.context, options);
}

// Names and addresses are compared in different ways, and only names are told to the server.
bool expect(SSL* session, std::string host) {
  X509_VERIFY_PARAM* rules = SSL_get0_param(session);
  X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const bool is_address = X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str()) == 1;
  ERR_clear_error();
  if (is_address) return true;
  // SSL_set_tlsext_host_name() is this call, with a cast.
  return X509_VERIFY_PARAM_set1_host(rules, host.c_str(), host.size()) == 1 &&
         SSL_ctrl(session, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, host.data()) == 1;
}

}  // namespace

Result<std::unique_ptr<TlsClient>> TlsClient::load(const TlsClientOptions& options) {
  auto native = std::make_unique<Native>();
  native->context = SSL_CTX_new(TLS_client_method());
  if (native->context == nullptr) return Error{ErrorKind::malformed, "TLS cannot be had: " + openssl_says()};
  if (auto configured = configure(*native, options); !configured) return configured.error();
  return std::make_unique<TlsClient>(std::move(native));
}

TlsClient::TlsClient(std::unique_ptr<Native> native) : native_(std::move(native)) {}
TlsClient::~TlsClient() = default;

Status TlsClient::use(int socket, const std::string& host) {
  std::string& expected = native_->fault.expected;
  if (expected.empty()) expected = host;
  native_->session = SSL_new(native_->context);
  if (native_->session == nullptr || SSL_set_fd(native_->session, socket) != 1 ||
      !expect(native_->session, expected))
    return Error{ErrorKind::malformed, "TLS cannot be begun: " + openssl_says()};
  SSL_set_app_data(native_->session, native_.get());
  SSL_set_connect_state(native_->session);
  return Nothing{};
}

Transfer TlsClient::outcome(int result) {
  if (result == 1) return Transfer::done;
  const int error = SSL_get_error(native_->session, result);
  if (error == SSL_ERROR_WANT_READ) return Transfer::wants_read;
  if (error == SSL_ERROR_WANT_WRITE) return Transfer::wants_write;
  const int reason = error == SSL_ERROR_SSL ? ERR_GET_REASON(ERR_peek_error()) : 0;
  const std::string says = openssl_says();
  if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED)
    trouble_.message = words_of(native_->fault);
  else
    trouble_.message =
        reason == 0 ? words_of_silence(native_->own) : words_of_refusal(reason, native_->own, says);
  return Transfer::closed;
}

Transfer TlsClient::handshake() {
  ERR_clear_error();
  return outcome(SSL_do_handshake(native_->session));
}

Transfer TlsClient::read(char* bytes, std::size_t size, std::size_t& count) {
  ERR_clear_error();
  count = 0;
  const int result = SSL_read_ex(native_->session, bytes, size, &count);
  const bool ended = result != 1 && SSL_get_error(native_->session, result) == SSL_ERROR_ZERO_RETURN;
  return ended ? Transfer::done : outcome(result);
}

Transfer TlsClient::write(const char* bytes, std::size_t size, std::size_t& count) {
  ERR_clear_error();
  return outcome(SSL_write_ex(native_->session, bytes, size, &count));
}

}  // namespace wedged
