// SPDX-License-Identifier: Apache-2.0
#include "config/web_file_reader.h"

#include "config/drop_ins.h"
#include "config/fields.h"
#include "config/problems.h"
#include "config/web_tls_reader.h"
#include "config/yaml_reader.h"

namespace wedged {
namespace {

// Those that the exporters allow, with the values that they allow; none: any.
struct KnownHeader {
  std::string name;
  std::vector<std::string> values;
};

const std::vector<KnownHeader>& known_headers() {
  static const std::vector<KnownHeader> headers{{"Content-Security-Policy", {}},
                                                {"Strict-Transport-Security", {}},
                                                {"X-Content-Type-Options", {"nosniff"}},
                                                {"X-Frame-Options", {"deny", "sameorigin"}},
                                                {"X-XSS-Protection", {}}};
  return headers;
}

std::vector<std::string> header_names() {
  std::vector<std::string> names;
  for (const KnownHeader& header : known_headers()) names.push_back(header.name);
  return names;
}

bool has_control(const std::string& text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return true;
  }
  return false;
}

void read_headers(const YamlNode& node, WebFile& file, Problems& problems) {
  const Fields fields{node, "http_server_config.headers", header_names(), problems};
  for (const KnownHeader& header : known_headers()) {
    const YamlNode* child = fields.find(header.name);
    const auto value = child == nullptr ? std::nullopt : fields.word(*child, header.name);
    if (!value) continue;
    if (!header.values.empty()) {
      if (!fields.choice(header.name, header.values)) continue;
    } else if (value->empty() || has_control(*value)) {
      fields.add_problem(*child, header.name, "must be one line of text");
      continue;
    }
    file.headers.emplace_back(header.name, *value);
  }
}

void read_http(const YamlNode& node, WebFile& file, Problems& problems) {
  const Fields fields{node, "http_server_config", {"http2", "headers"}, problems};
  bool http2 = false;
  fields.boolean("http2", http2);
  if (http2) {
    fields.add_problem(
        *fields.find("http2"), "http2",
        "must be false or left out: this server speaks HTTP/1.1 only, which every client of HTTP/2 does too");
  }
  if (const YamlNode* headers = fields.find("headers")) read_headers(*headers, file, problems);
}

// "$2y$10$" and 53 letters. Each step of the cost takes twice the time: 15 is two seconds.
std::string fault_of_hash(const std::string& hash) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./";
  constexpr std::size_t prefix = 7;
  constexpr std::size_t size = 60;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const bool formed = hash.size() == size &&
                      (hash.starts_with("$2a$") || hash.starts_with("$2b$") || hash.starts_with("$2y$")) &&
                      is_digit(hash[4]) && is_digit(hash[5]) && hash[6] == '$' &&
                      hash.find_first_not_of(letters, prefix) == std::string::npos;
  if (!formed) return "must be a password's hash by bcrypt, as `htpasswd -nBC 10 \"\"` makes it";
  const int cost = (hash[4] - '0') * 10 + (hash[5] - '0');
  if (cost < 4 || cost > 15)
    return "must have a cost from 4 to 15, not " + std::to_string(cost) + "; 10 is usual";
  return "";
}

void read_users(const YamlNode& node, WebFile& file, Problems& problems) {
  const Fields fields = Fields::with_any_key(node, "basic_auth_users", problems);
  for (const YamlNode* entry : fields.entries()) {
    const std::string& user = entry->key;
    if (user.empty() || user.find(':') != std::string::npos || has_control(user)) {
      problems.add(entry->key_place,
                   "basic_auth_users: a user's name must be a word without a colon, not " + quote(user));
      continue;
    }
    const auto hash = fields.word(*entry, user);
    if (!hash) continue;
    // The hash is nothing to repeat in a message.
    if (const std::string fault = fault_of_hash(*hash); !fault.empty()) {
      fields.add_problem(*entry, user, fault);
    } else {
      file.users[user] = *hash;
    }
  }
}

std::string folder_of(const std::string& file) {
  const auto slash = file.rfind('/');
  return slash == std::string::npos ? "" : file.substr(0, slash + 1);
}

}  // namespace

std::variant<WebFile, ConfigProblems> parse_web_file(const ConfigText& text) {
  Problems problems{text.file};
  WebFile file;
  file.file = text.file;
  if (const auto root = read_yaml(text.text, problems)) {
    const Fields fields{*root, "", {"tls_server_config", "http_server_config", "basic_auth_users"}, problems};
    if (const YamlNode* node = fields.find("tls_server_config"))
      file.tls = read_web_tls(*node, folder_of(text.file), problems);
    if (const YamlNode* node = fields.find("http_server_config")) read_http(*node, file, problems);
    if (const YamlNode* node = fields.find("basic_auth_users")) read_users(*node, file, problems);
  }
  if (!problems.none()) return problems.sorted();
  return file;
}

std::variant<WebFile, ConfigProblems> read_web_file(const std::string& path) {
  const auto text = read_config_file(path);
  if (!text) return ConfigProblems{{path, 0, 0, text.error().message}};
  return parse_web_file({path, *text});
}

}  // namespace wedged
