// SPDX-License-Identifier: Apache-2.0
// What all pages of a daemon begin with (page_head.h), and how one that was asked for is read: any bytes may
// come. What is no such page gives an error that names the place and what would be right.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "report/daemon_scan.h"
#include "report/json_spot.h"
#include "util/result.h"

namespace wedged::json {

// Errors of kind `malformed`.
[[nodiscard]] Status visit_page(std::string_view body,
                                const std::function<void(const DaemonScan&, const Spot&)>& visit);

// `reader` makes the value of the last scan and the page; it may throw Misfit.
template <typename Value, typename Reader>
[[nodiscard]] Result<Value> read_page(std::string_view body, const Reader& reader) {
  Value value;
  auto read = visit_page(body, [&](const DaemonScan& scan, const Spot& page) { value = reader(scan, page); });
  if (!read) return read.error();
  return value;
}

}  // namespace wedged::json
