// SPDX-License-Identifier: Apache-2.0
#include "web/site.h"

#include <exception>
#include <string_view>

#include "report/metrics_text.h"
#include "web/http_response.h"
#include "web/negotiation.h"
#include "web/own_names.h"

namespace wedged {
namespace {

constexpr std::string_view usual_path = "/metrics";
constexpr std::string_view asked_by_another_name =
    "this server listens on loopback alone, and the header Host has a name that is not this host's; a proxy "
    "in "
    "front must send Host: localhost, or the server needs TLS or passwords\n";

Page metrics_page(const Publication& publication, std::string_view accept) {
  const auto state = publication.latest();
  const MetricsFormat format = metrics_format_for(accept);
  Page page;
  page.content_type = content_type_of(format);
  page.body = metrics_text(state.get(), format);
  return page;
}

// The pages name the usual path. The configured one has no character that HTML gives a meaning.
void name_the_path(std::string& text, const std::string& path) {
  if (path == usual_path) return;
  for (auto at = text.find(usual_path); at != std::string::npos; at = text.find(usual_path, at + path.size()))
    text.replace(at, usual_path.size(), path);
}

Page page_of(const Site& site, const HttpRequest& request) {
  if (request.path == site.telemetry_path) return metrics_page(*site.publication, request.header("accept"));
  Page page = page_at(request.path, *site.publication, *site.clock, *site.findings);
  if (page.status == 404 || request.path == "/") name_the_path(page.body, site.telemetry_path);
  return page;
}

}  // namespace

Page Site::answer(const HttpRequest& request, Asker asker) const {
  if (own_host && asker == Asker::anybody && !is_own_name(request.header("host"), *own_host))
    return plain_page(421, std::string(asked_by_another_name));
  if (request.method != "GET" && request.method != "HEAD")
    return plain_page(405, "only GET and HEAD are answered here\n");
  try {
    return page_of(*this, request);
  } catch (const std::exception& exception) {
    return plain_page(500, std::string(exception.what()) + "\n");
  }
}

}  // namespace wedged
