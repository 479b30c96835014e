// SPDX-License-Identifier: Apache-2.0
#include "top/tables.h"

namespace wedged {

std::string_view title_of(TopView view) {
  switch (view) {
    case TopView::stuck: return "Stuck";
    case TopView::calls: return "Calls";
    case TopView::syscalls: return "Syscalls";
    case TopView::processes: return "Processes";
    case TopView::units: return "Units";
  }
  return "";
}

TopTable table_of(const TopSample& sample, TopView view) {
  switch (view) {
    case TopView::stuck: return stuck_table(sample);
    case TopView::calls: return calls_table(sample);
    case TopView::syscalls: return syscalls_table(sample);
    case TopView::processes: return processes_table(sample);
    case TopView::units: return units_table(sample);
  }
  return {};
}

TopOrder first_order(TopView view) {
  switch (view) {
    case TopView::stuck: return {3, false};      // FOR
    case TopView::processes: return {2, false};  // CALLS/S
    case TopView::calls:                         // LONGEST
    case TopView::syscalls:                      // CALLS/S
    case TopView::units: return {1, false};      // CALLS/S
  }
  return {};
}

}  // namespace wedged
