// SPDX-License-Identifier: Apache-2.0
#include "web/pages.h"

#include <array>

#include "report/findings_page.h"
#include "report/health.h"
#include "report/history_page.h"
#include "report/monitor_page.h"
#include "report/syscalls_page.h"
#include "web/assets.h"
#include "web/status_page.h"

namespace wedged {
namespace {

// What an answer is made from. The state is taken before the time: the other way round a scan in between
// would seem to come from the future.
struct Moment {
  std::shared_ptr<const Published> state;  // null before the first publication
  ClockPair now;
  FindingsMemory* findings;
};

Page landing(const Moment& moment) {
  return {200, "text/html; charset=utf-8", status_page(moment.state.get()), page_headers()};
}

Page health_page(const Moment& moment) {
  const Health health = health_of(moment.state.get(), moment.now.monotonic);
  Page page;
  page.status = health.ok ? 200 : 503;
  page.body = (health.ok ? "ok" : health.reason) + "\n";
  return page;
}

// Without a scan there is nothing to say; an empty list would look like a healthy host.
template <std::string (*document)(const Published*, const ClockPair&)>
Page json_page(const Moment& moment) {
  return {was_scanned(moment.state.get()) ? 200 : 503, "application/json",
          document(moment.state.get(), moment.now)};
}

Page findings_page(const Moment& moment) {
  const auto list = moment.findings->list_of(moment.state);
  return {was_scanned(moment.state.get()) ? 200 : 503, "application/json",
          json::findings_page(moment.state.get(), moment.now, *list)};
}

struct Route {
  std::string_view path;
  Page (*answer)(const Moment& moment);
};

constexpr std::array<Route, 6> routes{{
    {"/", landing},
    {"/healthz", health_page},
    {"/api/v1/findings", findings_page},
    {"/api/v1/history", json_page<json::history_page>},
    {"/api/v1/syscalls", json_page<json::syscalls_page>},
    {"/api/v1/monitor", json_page<json::monitor_page>},
}};

Page nothing_here() {
  std::string known = "/metrics";
  for (const Route& route : routes) known += ", " + std::string(route.path);
  Page page;
  page.status = 404;
  page.body = "nothing here; there are " + known + "\n";
  return page;
}

Page asset_page(const Asset& asset) {
  return {200, std::string(asset.content_type), std::string(asset.content), page_headers()};
}

}  // namespace

Page page_at(std::string_view path, const Publication& publication, const Clock& clock,
             FindingsMemory& memory) {
  for (const Route& route : routes) {
    if (route.path != path) continue;
    auto state = publication.latest();
    return route.answer({std::move(state), clock.now(), &memory});
  }
  const bool is_file = path.starts_with('/') && path != "/index.html";
  if (const auto asset = is_file ? asset_named(path.substr(1)) : std::nullopt) return asset_page(*asset);
  return nothing_here();
}

}  // namespace wedged
