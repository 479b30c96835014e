// SPDX-License-Identifier: Apache-2.0
#include "web/pages.h"

#include "report/findings_page.h"
#include "report/health.h"
#include "web/landing_notice.h"

namespace wedged {
namespace {

// Nothing that another process chose is in it, so there is nothing to escape.
constexpr std::string_view landing_page =
    "<!DOCTYPE html>\n"
    "<html lang=\"en\"><head><meta charset=\"utf-8\"><title>wedged</title></head>\n"
    "<body><h1>wedged " WEDGED_VERSION
    "</h1>\n"
    "<p>Monitor of threads that are stuck in the kernel of this host.</p>\n"
    "<ul><li><a href=\"/metrics\">Metrics</a></li><li><a href=\"/healthz\">Health</a></li>"
    "<li><a href=\"/api/v1/findings\">Findings</a></li></ul>\n"
    "</body></html>\n";

Page landing(const Publication& publication) {
  Page page{200, "text/html; charset=utf-8", std::string(landing_page)};
  const auto state = publication.latest();
  page.body.insert(page.body.find("<ul>"), landing_notice(state.get()));
  return page;
}

Page health_page(const Publication& publication, const Clock& clock) {
  // First the state, then the time: the other way round a scan in between would seem to come from the future.
  const auto state = publication.latest();
  const Health health = health_of(state.get(), clock.now().monotonic);
  Page page;
  page.status = health.ok ? 200 : 503;
  page.body = (health.ok ? "ok" : health.reason) + "\n";
  return page;
}

// Without a scan there is nothing to say; an empty list would look like a healthy host.
Page findings_page(const Publication& publication, const Clock& clock) {
  const auto state = publication.latest();
  const ClockPair now = clock.now();
  const bool scanned = state != nullptr && state->at.monotonic != Instant{};
  return {scanned ? 200 : 503, "application/json", json::findings_page(state.get(), now)};
}

}  // namespace

Page page_at(std::string_view path, const Publication& publication, const Clock& clock) {
  if (path == "/healthz") return health_page(publication, clock);
  if (path == "/api/v1/findings") return findings_page(publication, clock);
  if (path == "/") return landing(publication);
  Page page;
  page.status = 404;
  page.body = "nothing here; there are /metrics, /healthz and /api/v1/findings\n";
  return page;
}

}  // namespace wedged
