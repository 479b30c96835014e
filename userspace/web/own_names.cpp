// SPDX-License-Identifier: Apache-2.0
#include "web/own_names.h"

#include <arpa/inet.h>
#include <strings.h>

#include <string>

namespace wedged {
namespace {

bool same(std::string_view left, std::string_view right) {
  return left.size() == right.size() && ::strncasecmp(left.data(), right.data(), left.size()) == 0;
}

bool ends_with(std::string_view name, std::string_view end) {
  return name.size() > end.size() && same(name.substr(name.size() - end.size()), end);
}

bool is_ipv4(std::string_view name) {
  in_addr address{};
  return ::inet_pton(AF_INET, std::string(name).c_str(), &address) == 1;
}

}  // namespace

bool is_own_name(std::string_view host, std::string_view own_name) {
  if (host.starts_with('[')) return true;  // IPv6
  std::string_view name = host.substr(0, host.find(':'));
  if (name.ends_with('.')) name.remove_suffix(1);  // as the DNS writes its root
  if (name.find('.') == std::string_view::npos || is_ipv4(name)) return true;
  // RFC 6761, 6.3; the other is in /etc/hosts of many distributions, and no such domain can be had.
  return ends_with(name, ".localhost") || ends_with(name, ".localdomain") || same(name, own_name);
}

}  // namespace wedged
