// SPDX-License-Identifier: Apache-2.0
// A daemon asked what is stuck: its answer, or why there is none and whether that is a reason to look.
#pragma once

#include <functional>
#include <string>
#include <variant>

#include "config/check_flags.h"
#include "daemon/check_access.h"
#include "daemon/deadline.h"
#include "daemon/http_reply.h"
#include "report/health_check.h"
#include "report/list_reader.h"
#include "report/scope_cover.h"

namespace wedged {

inline constexpr const char* findings_page_path = "/api/v1/findings";

struct NotAsked {
  std::string why;  // what helps stands behind "; "
  // Nobody is there, or somebody who lets nobody in like this. Not if a daemon is there and fails: that it
  // hangs must be seen.
  bool may_look = true;
};
using Asked = std::variant<CheckVerdict, NotAsked>;
using AskedForList = std::variant<DaemonListing, NotAsked>;

// What is known of the daemon's host for such a question.
using PlacesFor = std::function<KnownPlaces(const CheckSelection&)>;

// Not of a daemon that does not watch all that is asked about.
[[nodiscard]] Asked ask_daemon(const DaemonAccess& access, const CheckSelection& selection,
                               const CheckLevels& levels, const PlacesFor& places, const Deadline& deadline);

// Not the listing of a daemon that has stopped to look, or has not begun, or watches something else.
[[nodiscard]] AskedForList ask_for_list(const DaemonAccess& access, const WatchedScope& wanted,
                                        const Deadline& deadline);

// What a server wants that is there and lets nobody in like this, then what helps; empty if it is none such.
[[nodiscard]] std::string barrier_of(const HttpPlace& place, const HttpReply& reply);

[[nodiscard]] CheckLevels levels_of(const CheckFlags& flags);

}  // namespace wedged
