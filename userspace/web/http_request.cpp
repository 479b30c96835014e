// SPDX-License-Identifier: Apache-2.0
#include "web/http_request.h"

#include <algorithm>

namespace wedged {
namespace {

constexpr std::string_view line_end = "\r\n";
constexpr std::string_view head_end = "\r\n\r\n";
constexpr std::size_t most_headers = 100;

bool is_token(std::string_view text) {
  constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           others.find(c) != std::string_view::npos;
  });
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> decoded(std::string_view path) {
  std::string out;
  for (std::size_t at = 0; at < path.size(); ++at) {
    char letter = path[at];
    if (letter == '%') {
      const int high = at + 2 < path.size() ? hex_digit(path[at + 1]) : -1;
      const int low = high >= 0 ? hex_digit(path[at + 2]) : -1;
      if (low < 0) return std::nullopt;
      letter = static_cast<char>(high * 16 + low);
      at += 2;
    }
    if (is_control(letter)) return std::nullopt;
    out += letter;
  }
  return out;
}

// "/path?query", or the same behind "http://host" as a proxy would be asked; "*" is for OPTIONS.
std::optional<std::string> path_of(std::string_view target) {
  if (target == "*") return "*";
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!lower(target.substr(0, scheme.size())).starts_with(scheme)) continue;
    const auto slash = target.find('/', scheme.size());
    target = slash == std::string_view::npos ? std::string_view("/") : target.substr(slash);
  }
  if (!target.starts_with('/')) return std::nullopt;
  return decoded(target.substr(0, target.find_first_of("?#")));
}

// "GET /metrics HTTP/1.1".
std::optional<HttpFault> read_request_line(std::string_view line, HttpRequest& request) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last)
    return HttpFault{400, "the first line must be METHOD PATH HTTP/1.1"};
  const auto version = line.substr(last + 1);
  request.method = line.substr(0, first);
  if (!is_token(request.method)) return HttpFault{400, "the method is no word"};
  if (!version.starts_with("HTTP/")) return HttpFault{400, "the first line must end in HTTP/1.1"};
  if (version != "HTTP/1.1" && version != "HTTP/1.0")
    return HttpFault{505, "only HTTP/1.1 and 1.0 are spoken here"};
  request.minor_version = version.back() - '0';
  const auto target = line.substr(first + 1, last - first - 1);
  if (target.find(' ') != std::string_view::npos)
    return HttpFault{400, "the first line must have two spaces: METHOD PATH HTTP/1.1"};
  // CONNECT names a host, and is not answered anyway.
  const auto path = request.method == "CONNECT" ? std::optional<std::string>("*") : path_of(target);
  if (!path) return HttpFault{400, "the path must begin with / and have no control characters"};
  request.path = *path;
  return std::nullopt;
}

std::optional<HttpFault> read_header(std::string_view line, HttpRequest& request) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
    return HttpFault{400, "a header must be NAME: VALUE on one line"};
  const auto value = trimmed(line.substr(colon + 1));
  if (std::any_of(value.begin(), value.end(), [](char c) { return is_control(c) && c != '\t'; }))
    return HttpFault{400, "a header has a control character in it"};
  if (request.headers.size() >= most_headers) return HttpFault{431, "there are too many headers"};
  request.headers.emplace_back(lower(line.substr(0, colon)), value);
  return std::nullopt;
}

// A server in front that reads the length otherwise would see another request in the body.
std::optional<HttpFault> fault_of_headers(const HttpRequest& request) {
  const auto count = [&](std::string_view name) {
    return std::count_if(request.headers.begin(), request.headers.end(),
                         [&](const auto& header) { return header.first == name; });
  };
  if (count("host") > 1) return HttpFault{400, "there is more than one Host"};
  if (count("host") == 0 && request.minor_version >= 1)
    return HttpFault{400, "HTTP/1.1 needs the header Host"};
  const auto lengths = count("content-length");
  const auto length = request.header("content-length");
  if (lengths > 1 ||
      (lengths == 1 && (length.empty() || length.find_first_not_of("0123456789") != std::string_view::npos)))
    return HttpFault{400, "Content-Length must be one number"};
  if (lengths > 0 && count("transfer-encoding") > 0)
    return HttpFault{400, "there are both Content-Length and Transfer-Encoding"};
  return std::nullopt;
}

std::variant<HttpRequest, HttpFault> parse_lines(std::string_view head) {
  HttpRequest request;
  bool first = true;
  while (!head.empty()) {
    const auto end = head.find(line_end);
    const auto line = head.substr(0, end);
    head = head.substr(end + line_end.size());
    const auto fault = first ? read_request_line(line, request) : read_header(line, request);
    if (fault) return *fault;
    first = false;
  }
  if (first) return HttpFault{400, "the request is empty"};
  if (auto fault = fault_of_headers(request)) return *fault;
  return request;
}

}  // namespace

std::string_view HttpRequest::header(std::string_view name) const {
  const auto found =
      std::find_if(headers.begin(), headers.end(), [&](const auto& each) { return each.first == name; });
  return found == headers.end() ? std::string_view{} : std::string_view(found->second);
}

std::optional<std::variant<HttpRequest, HttpFault>> parse_http_head(std::string_view bytes) {
  if (!bytes.empty() && !is_token(bytes.substr(0, 1)))
    return HttpFault{400, "a request must begin with its method"};
  const auto end = bytes.find(head_end);
  if (end == std::string_view::npos ? bytes.size() > most_head_bytes : end > most_head_bytes)
    return HttpFault{bytes.find(line_end) > most_head_bytes ? 414 : 431,
                     "the head of a request may have " + std::to_string(most_head_bytes) + " bytes"};
  if (end == std::string_view::npos) return std::nullopt;
  return parse_lines(bytes.substr(0, end + line_end.size()));
}

}  // namespace wedged
