// SPDX-License-Identifier: Apache-2.0
// The asking side of TLS: whom to believe, whom to be, and one connection. Does not block and does not wait.
#pragma once

#include <memory>
#include <string>

#include "util/result.h"
#include "web/tls.h"

namespace wedged {

// Files are PEM; an empty name: none. Without any, who is believed is whom the system trusts (Debian:
// ca-certificates).
struct TlsClientOptions {
  std::string ca_file;    // in place of the system's: who signs, or the server's certificate itself
  std::string only_file;  // or: nobody but who has the first certificate in it, whatever its names and dates
  std::string cert_file;  // our own, may hold a chain
  std::string key_file;   // its key
  std::string server_name;  // that the certificate must have; empty: the host's
  bool insecure = false;    // believe everybody

  bool operator==(const TlsClientOptions&) const = default;
};

class TlsClient {
 public:
  // Reads the files. Kind `denied`: only_file cannot be read; the message is a predicate about the server.
  // Everything else is `malformed` and begins with the flag: "--ca-file ...".
  [[nodiscard]] static Result<std::unique_ptr<TlsClient>> load(const TlsClientOptions& options);

  // For a connected socket that does not block, and stays its owner's. Once.
  [[nodiscard]] Status use(int socket, const std::string& host);

  [[nodiscard]] Transfer handshake();
  // `count` is how many bytes were moved, if done; none were read: the server has ended the connection.
  [[nodiscard]] Transfer read(char* bytes, std::size_t size, std::size_t& count);
  [[nodiscard]] Transfer write(const char* bytes, std::size_t size, std::size_t& count);

  // Why it is closed: kind `denied`, a predicate about the server as tls_words.h has it.
  [[nodiscard]] const Error& trouble() const { return trouble_; }

  struct Native;
  explicit TlsClient(std::unique_ptr<Native> native);
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;
  TlsClient(TlsClient&&) = delete;
  TlsClient& operator=(TlsClient&&) = delete;
  ~TlsClient();

 private:
  [[nodiscard]] Transfer outcome(int result);

  std::unique_ptr<Native> native_;
  Error trouble_{ErrorKind::denied, {}};
};

}  // namespace wedged
