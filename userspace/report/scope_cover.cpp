// SPDX-License-Identifier: Apache-2.0
#include "report/scope_cover.h"

#include <algorithm>

#include "diagnosis/describe.h"

namespace wedged {
namespace {

bool is_selected(const CheckSelection& selection, const std::string& cgroup) {
  CheckedThread somebody;
  somebody.cgroup = cgroup;
  somebody.unit = unit_of(cgroup);
  return selects(selection, somebody);
}

bool is_within(const std::string& cgroup, const WatchedScope& scope) {
  CheckSelection inside;
  inside.cgroups = {scope.cgroup};
  return scope.cgroup.empty() || is_selected(inside, cgroup);
}

bool covers_process(const WatchedScope& scope, int pid, const KnownPlaces& known) {
  if (!scope.pids.empty() && std::find(scope.pids.begin(), scope.pids.end(), pid) == scope.pids.end())
    return false;
  if (scope.cgroup.empty()) return true;
  const auto found = known.cgroup_of.find(pid);
  return found != known.cgroup_of.end() && is_within(found->second, scope);
}

// The scope's own cgroup and those around it are there, or were, whatever else is known.
std::vector<std::string> all_cgroups(const WatchedScope& scope, const KnownPlaces& known) {
  auto cgroups = known.cgroups;
  for (auto path = scope.cgroup; !path.empty(); path.resize(path.rfind('/'))) cgroups.push_back(path);
  return cgroups;
}

// `one` has a single unit, container or pod.
bool covers_place(const WatchedScope& scope, const CheckSelection& one,
                  const std::vector<std::string>& cgroups) {
  bool found = false;
  for (const auto& cgroup : cgroups) {
    if (!is_selected(one, cgroup)) continue;
    if (!is_within(cgroup, scope)) return false;
    found = true;
  }
  return found;
}

std::vector<CheckSelection> units_and_the_like(const CheckSelection& selection) {
  std::vector<CheckSelection> all;
  for (const auto& unit : selection.units) all.push_back({{unit}, {}, {}, {}, {}});
  for (const auto& container : selection.containers) all.push_back({{}, {}, {}, {container}, {}});
  for (const auto& pod : selection.pods) all.push_back({{}, {}, {}, {}, {pod}});
  return all;
}

bool is_glob(const std::string& unit) {
  return unit.find_first_of("*?[") != std::string::npos;
}

}  // namespace

bool covers(const WatchedScope& scope, const CheckSelection& selection, const KnownPlaces& known) {
  if (scope.whole_host()) return true;
  if (selection.whole_host() || (selection.has_places() && !scope.pids.empty())) return false;
  if (!known.complete && std::any_of(selection.units.begin(), selection.units.end(), is_glob)) return false;
  const auto cgroups = all_cgroups(scope, known);
  const auto places = units_and_the_like(selection);
  return std::all_of(selection.pids.begin(), selection.pids.end(),
                     [&](int pid) { return covers_process(scope, pid, known); }) &&
         std::all_of(selection.cgroups.begin(), selection.cgroups.end(),
                     [&](const auto& cgroup) { return is_within(cgroup, scope); }) &&
         std::all_of(places.begin(), places.end(),
                     [&](const auto& place) { return covers_place(scope, place, cgroups); });
}

}  // namespace wedged
