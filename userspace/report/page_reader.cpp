// SPDX-License-Identifier: Apache-2.0
// nlohmann's exceptions and ours end in visit_page().
#include "report/page_reader.h"

#include "report/json_values.h"

namespace wedged::json {
namespace {

// A daemon of an earlier version tells of none.
WatchedScope scope_of(const Spot& page) {
  WatchedScope scope;
  if (!page.has("scope") || page.at("scope").is_null()) return scope;
  const Spot told = page.at("scope");
  for (const Spot& pid : told.at("pids").items())
    scope.pids.push_back(static_cast<int>(pid.number(greatest_id)));
  scope.cgroup = told.at("cgroup").text_or_null();
  scope.missing = told.at("missing").text_or_null();
  return scope;
}

DaemonScan scan_of(const Spot& page) {
  const Spot form = page.at("schema");
  form.require(form.number(any_count) == schema, "1, the only form that is known here");
  DaemonScan scan;
  scan.scope = scope_of(page);
  const Spot last = page.at("last_scan");
  if (last.is_null()) return scan;
  scan.age = last.at("age_seconds").seconds();
  scan.threads = static_cast<std::size_t>(last.at("threads").number(any_count));
  if (page.has("untold")) scan.untold = static_cast<std::size_t>(page.at("untold").number(any_count));
  scan.stale_after = page.at("stale_after_seconds").seconds();
  return scan;
}

}  // namespace

Status visit_page(std::string_view body, const std::function<void(const DaemonScan&, const Spot&)>& visit) {
  const auto document = ordered_json::parse(body.begin(), body.end(), nullptr, false);
  if (document.is_discarded()) return Error{ErrorKind::malformed, "it is not JSON"};
  try {
    const Spot page(document);
    visit(scan_of(page), page);
    return Nothing{};
  } catch (const std::exception& misfit) {
    return Error{ErrorKind::malformed, misfit.what()};
  }
}

}  // namespace wedged::json
