// SPDX-License-Identifier: Apache-2.0
#include "diagnosis/event_names.h"

#include <array>
#include <utility>

#include "observation/loop_facts.h"

namespace wedged {
namespace {

// The normal and band data of streams have the bits of include/uapi/linux/eventpoll.h.
constexpr std::array<std::pair<std::uint32_t, const char*>, 14> names{{{event_in, "IN"},
                                                                       {event_pri, "PRI"},
                                                                       {event_out, "OUT"},
                                                                       {event_err, "ERR"},
                                                                       {event_hup, "HUP"},
                                                                       {event_invalid, "NVAL"},
                                                                       {0x040, "RDNORM"},
                                                                       {0x080, "RDBAND"},
                                                                       {0x100, "WRNORM"},
                                                                       {0x200, "WRBAND"},
                                                                       {event_rdhup, "RDHUP"},
                                                                       {event_exclusive, "EXCLUSIVE"},
                                                                       {event_oneshot, "ONESHOT"},
                                                                       {event_edge_triggered, "ET"}}};

}  // namespace

std::vector<std::string> event_names(std::uint32_t events, bool epoll) {
  std::vector<std::string> found;
  for (const auto& [bit, name] : names) {
    if ((events & bit) != 0) found.push_back(std::string(epoll ? "EPOLL" : "POLL") + name);
  }
  return found;
}

std::string describe_events(std::uint32_t events, bool epoll) {
  std::string text;
  for (const auto& name : event_names(events, epoll)) text += (text.empty() ? "" : "|") + name;
  return text.empty() ? "nothing" : text;
}

}  // namespace wedged
