// SPDX-License-Identifier: Apache-2.0
#include "daemon/check_access.h"

#include <optional>
#include <variant>

#include "config/web_file_reader.h"
#include "daemon/password_file.h"

namespace wedged {
namespace {

TlsClientOptions options_of(const CheckAccess& given) {
  TlsClientOptions options;
  options.ca_file = given.ca_file;
  options.cert_file = given.cert_file;
  options.key_file = given.key_file;
  options.server_name = given.server_name;
  options.insecure = given.insecure;
  return options;
}

Result<DaemonAccess> with_password(DaemonAccess access, const CheckAccess& given, const Deadline& deadline) {
  if (given.user.empty()) return access;
  const auto password = read_password(given.password_file, deadline);
  if (!password) return password.error().in("--password-file");
  access.place.credentials = given.user + ":" + *password;
  return access;
}

// An error where the file does not tell.
Result<std::optional<WebTls>> tls_of(const std::string& web_config_file) {
  if (web_config_file.empty()) return std::optional<WebTls>{};
  const auto read = read_web_file(web_config_file);
  if (const auto* file = std::get_if<WebFile>(&read)) return file->tls;
  return Error{ErrorKind::malformed, std::get<ConfigProblems>(read).front().text()};
}

}  // namespace

Result<DaemonAccess> access_by_url(const CheckFlags& flags, const std::string& path,
                                   const Deadline& deadline) {
  auto place = parse_http_url(*flags.url, path);
  if (!place) return place.error().in("--url");
  if (!place->tls && flags.access.wants_tls())
    return Error{ErrorKind::malformed,
                 "--url: must be https://HOST:PORT with --ca-file, --server-name, --cert-file or --insecure"};
  return with_password({*place, options_of(flags.access)}, flags.access, deadline);
}

Result<DaemonAccess> access_to_own(const CheckAccess& given, const ListenAddress& address,
                                   const std::string& web_config_file, const std::string& path,
                                   const Deadline& deadline) {
  DaemonAccess access{place_of(address, path), options_of(given)};
  const auto told = tls_of(web_config_file);
  if (!told && !given.user.empty() && !given.wants_tls())
    return told.error().in(
        "whether the daemon wants TLS is not known, and a password is not sent without it (--url)");
  const auto tls = told ? *told : std::nullopt;
  access.place.tls = tls || given.wants_tls();
  const bool told_whom_to_believe = given.insecure || !given.ca_file.empty() || !given.server_name.empty();
  if (tls && !told_whom_to_believe) access.tls.only_file = tls->cert_file.text;
  return with_password(std::move(access), given, deadline);
}

}  // namespace wedged
