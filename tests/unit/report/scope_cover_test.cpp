// SPDX-License-Identifier: Apache-2.0
#include "report/scope_cover.h"

#include <gtest/gtest.h>

namespace wedged {
namespace {

const std::string id(64, 'c');

WatchedScope cgroup_scope(const std::string& cgroup) {
  return {{}, cgroup, {}};
}

CheckSelection unit(const std::string& name) {
  return {{name}, {}, {}, {}, {}};
}
CheckSelection pid(int number) {
  return {{}, {number}, {}, {}, {}};
}
CheckSelection cgroup(const std::string& path) {
  return {{}, {}, {path}, {}, {}};
}

KnownPlaces a_host() {
  return {true,
          {"/", "/system.slice", "/system.slice/db.service", "/system.slice/db.service/workers",
           "/system.slice/web.service", "/user.slice/u.slice/web.service",
           "/system.slice/docker-" + id + ".scope"},
          {{5, "/system.slice/db.service/workers"}, {6, "/system.slice/web.service"}}};
}

struct Case {
  WatchedScope scope;
  CheckSelection selection;
  bool here = false;  // where all is known of the host
  bool elsewhere = false;
};

TEST(ScopeCover, is_of_all_that_is_asked_about_or_it_is_none) {
  const auto db = cgroup_scope("/system.slice/db.service");
  const auto system = cgroup_scope("/system.slice");
  CheckSelection container{{}, {}, {}, {*parse_container_pattern(id)}, {}};
  CheckSelection both = pid(5);
  both.units = {"web"};
  const Case cases[] = {
      {{}, {}, true, true},
      {{}, pid(7), true, true},
      {db, {}, false, false},
      {{{5}, {}, {}}, {}, false, false},
      {{{5}, {}, {}}, pid(5), true, true},
      {{{5}, {}, {}}, pid(6), false, false},
      {{{5}, {}, {}}, cgroup("/system.slice/db.service"), false, false},
      {{{5, 6}, "/system.slice/db.service", {}}, pid(5), true, false},
      {{{5, 6}, "/system.slice/db.service", {}}, pid(6), false, false},
      {db, pid(5), true, false},
      {db, pid(6), false, false},
      {db, pid(7), false, false},
      {db, cgroup("/system.slice/db.service"), true, true},
      {db, cgroup("/system.slice/db.service/workers"), true, true},
      {db, cgroup("/system.slice/db.service2"), false, false},
      {db, cgroup("/system.slice"), false, false},
      {db, cgroup("/"), false, false},
      {db, unit("db"), true, true},
      {db, unit("db*"), true, false},
      {db, unit("*"), false, false},
      {cgroup_scope("/system.slice/db.service/workers"), unit("db"), false, false},
      {system, unit("db"), true, false},
      {system, unit("web"), false, false},
      {system, unit("none"), false, false},
      {system, container, true, false},
      {db, container, false, false},
      {db, both, false, false},
  };
  for (const auto& one : cases) {
    const auto number = &one - cases;
    EXPECT_EQ(covers(one.scope, one.selection, a_host()), one.here) << number;
    EXPECT_EQ(covers(one.scope, one.selection, {}), one.elsewhere) << number;
  }
}

}  // namespace
}  // namespace wedged
