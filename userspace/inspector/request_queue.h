// SPDX-License-Identifier: Apache-2.0
// RequestQueue: whom the inspector looks at next. Of each process one request waits at most. A process of
// which no answer could be had comes after all others; those of its user that have been no trouble come
// before it, but after those of other users. So nobody's answers wait for those of who does not let himself
// be read. Pure; knows nothing of children. Not thread-safe.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>

#include "observation/user_side.h"
#include "util/clock.h"

namespace wedged {

// How long it was waited for in vain: only for a moment, as others waited, or as long as anybody is waited
// for.
enum class InVain { for_a_moment, for_long };

class RequestQueue {
 public:
  // False: it joined the one of its process. A newer question about a thread takes the older one's place.
  bool add(InspectRequest request);
  // One that was taken: what has been asked since is the newer.
  void put_back(InspectRequest request);
  void forget(const ProcessId& process);

  // The first of those that have been no trouble, or have been the least; of those alone that `may` be taken.
  [[nodiscard]] std::optional<InspectRequest> take(const std::function<bool(const ProcessId&)>& may);
  [[nodiscard]] bool empty() const { return waiting_.empty(); }
  [[nodiscard]] std::deque<InspectRequest> take_all();

  // Somebody was trouble of late; others wait who were not, and neither was this one: it is to be waited for
  // a moment only.
  [[nodiscard]] bool presses(const ProcessId& taken) const;

  // `now` is the monotonic clock's.
  void note_trouble(const InspectRequest& request, InVain waited, Instant now);
  void note_answer(const ProcessId& process) { trouble_.erase(process); }

 private:
  struct Trouble {
    Instant since{};
    InVain waited{};
    std::optional<std::uint32_t> uid;
  };

  [[nodiscard]] std::deque<InspectRequest>::iterator of(const ProcessId& process);
  [[nodiscard]] int rank(const InspectRequest& request) const;

  std::deque<InspectRequest> waiting_;
  std::map<ProcessId, Trouble> trouble_;
};

}  // namespace wedged
