// SPDX-License-Identifier: Apache-2.0
#include "web/http_response.h"

#include <strings.h>

#include <algorithm>
#include <string_view>

#include "web/gzip.h"

namespace wedged {
namespace {

constexpr std::size_t worth_compressing = 1024;
constexpr std::size_t usual_head = 1024;

std::string_view reason_of(int status) {
  switch (status) {
    case 200: return "OK";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 414: return "URI Too Long";
    case 421: return "Misdirected Request";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 503: return "Service Unavailable";
    case 505: return "HTTP Version Not Supported";
    default: return "Status";
  }
}

void set(HttpHeaders& headers, const std::string& name, const std::string& value) {
  const auto found = std::find_if(headers.begin(), headers.end(), [&](const auto& header) {
    return ::strcasecmp(header.first.c_str(), name.c_str()) == 0;
  });
  if (found == headers.end()) {
    headers.emplace_back(name, value);
  } else {
    found->second = value;
  }
}

}  // namespace

Page plain_page(int status, const std::string& body) {
  Page page;
  page.status = status;
  page.body = body;
  return page;
}

std::string http_response(const Page& page, const ResponseForm& form) {
  HttpHeaders headers{{"Content-Type", page.content_type}};
  const bool large = page.body.size() >= worth_compressing;
  const auto compressed = large && form.gzip ? gzipped(page.body) : std::nullopt;
  const std::string& body = compressed ? *compressed : page.body;
  set(headers, "Content-Length", std::to_string(body.size()));
  if (compressed) set(headers, "Content-Encoding", "gzip");
  if (large) set(headers, "Vary", "Accept, Accept-Encoding");
  set(headers, "Cache-Control", "no-store");
  set(headers, "X-Content-Type-Options", "nosniff");
  set(headers, "Connection", "close");
  if (page.status == 405) set(headers, "Allow", "GET, HEAD");
  if (page.status == 401) set(headers, "WWW-Authenticate", "Basic realm=\"wedged\", charset=\"UTF-8\"");
  if (page.status == 503) set(headers, "Retry-After", "1");
  for (const auto& [name, value] : page.headers) set(headers, name, value);
  for (const auto& [name, value] : form.extra) set(headers, name, value);

  std::string reply;
  reply.reserve((form.with_body ? body.size() : 0) +
                usual_head);  // no more than is counted for who does not read
  reply.append("HTTP/1.1 ").append(std::to_string(page.status)).append(" ");
  reply.append(reason_of(page.status)).append("\r\n");
  for (const auto& [name, value] : headers) reply.append(name).append(": ").append(value).append("\r\n");
  reply += "\r\n";
  if (form.with_body) reply += body;
  return reply;
}

}  // namespace wedged
