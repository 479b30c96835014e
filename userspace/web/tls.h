// SPDX-License-Identifier: Apache-2.0
// TLS of the web server. Its counterpart, for asking such a server, is tls_client.h.
#pragma once

#include <memory>
#include <string>
#include <variant>

#include "config/web_file.h"

namespace wedged {

// What became of an attempt that does not block.
enum class Transfer {
  done,
  wants_read,   // again when the socket can be read
  wants_write,  // or written
  closed,       // by the peer, or broken
};

// What is wrong with a TLS configuration, and where in its file that was said.
struct TlsFault {
  Place place;
  std::string message;
};

class TlsSession;

// A certificate with its key and all rules. Immutable; sessions keep what they need of it.
class TlsContext {
 public:
  // Reads the files. Messages are predicates with the key's name: "cert_file ...".
  [[nodiscard]] static std::variant<std::shared_ptr<const TlsContext>, TlsFault> load(const WebTls& options);

  // For a connected socket that does not block; null if there is no memory.
  [[nodiscard]] std::unique_ptr<TlsSession> accept(int socket) const;

  struct Native;
  explicit TlsContext(std::unique_ptr<Native> native);
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;
  TlsContext(TlsContext&&) = delete;
  TlsContext& operator=(TlsContext&&) = delete;
  ~TlsContext();

 private:
  std::unique_ptr<Native> native_;
};

// One connection. Used by one thread.
class TlsSession {
 public:
  struct Native;
  explicit TlsSession(std::unique_ptr<Native> native);
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;
  TlsSession(TlsSession&&) = delete;
  TlsSession& operator=(TlsSession&&) = delete;
  ~TlsSession();

  [[nodiscard]] Transfer handshake();
  // `count` is how many bytes were moved, if done.
  [[nodiscard]] Transfer read(char* bytes, std::size_t size, std::size_t& count);
  [[nodiscard]] Transfer write(const char* bytes, std::size_t size, std::size_t& count);
  void say_goodbye();

 private:
  std::unique_ptr<Native> native_;
};

}  // namespace wedged
