// SPDX-License-Identifier: Apache-2.0
// Inspector: the parent's end of the disposable process that alone reads other processes' memory and files.
// One child, one request at a time; a child that is late or dies takes nothing with it but its request. Knows
// nothing of what is read, and believes the child nothing but its form.
//
// Not thread-safe: owned by the scan loop, which calls collect() on each tick and whenever descriptor() is
// readable. The thread that calls collect() must live as long as the child: the kernel kills the child with
// it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "inspector/attention.h"
#include "inspector/child_process.h"
#include "inspector/conversation.h"
#include "inspector/request_queue.h"
#include "observation/user_side.h"
#include "util/clock.h"

namespace wedged {

struct InspectorLimits {
  // Of one request, the start of a child included. A quarter of it where RequestQueue presses; whoever is not
  // answered for then has all of it later.
  Duration deadline = std::chrono::seconds(1);
  unsigned unkillable_children = 3;  // when so many will not die, no further one is started
};

struct InspectorStats {
  std::uint64_t requests = 0;  // accepted, not counting those that joined a queued one
  std::uint64_t replies = 0;   // that the child gave
  std::uint64_t deadlines_missed = 0;
  std::uint64_t put_off = 0;  // broken off early, as others were waiting, and asked again later
  std::uint64_t crashes = 0;  // children that died by themselves, or spoke nonsense
  std::uint64_t started = 0;
  unsigned unkillable = 0;  // children that were killed and do not die, now
};

class Inspector {
 public:
  // This very program, even if its file has been replaced since it was started.
  static constexpr const char* own_executable = "/proc/self/exe";

  // Starts nothing yet. `executable` is run as `executable inspector`; wedged itself is "/proc/self/exe".
  explicit Inspector(std::string executable, InspectorLimits limits = {});

  // More threads of one process are not looked at in one request; the others are in the one after it.
  static constexpr std::size_t most_threads = 5000;

  // Queues it. Of each process one request waits at most: further threads join it. Nothing is queued of what
  // is being looked at already: the same wait, asked about at the same time. A failure is the answer to what
  // waits of the same process, too. A process whose inspector was killed and does not die is not looked at.
  void request(InspectRequest request);

  // The answers that are there, failures included; sends the next request. Does not block. `now` is the
  // monotonic clock's.
  [[nodiscard]] std::vector<InspectReply> collect(Instant now);

  // For commands that run once: returns when all requests are answered, after `at_most` with failures for the
  // rest.
  [[nodiscard]] std::vector<InspectReply> wait_for_all(Duration at_most);

  // Readable when collect() has something to do. The same for as long as this lives; -1: none could be had,
  // and collect() on each tick has to do.
  [[nodiscard]] int descriptor() const { return attention_.descriptor(); }
  [[nodiscard]] const InspectorStats& stats() const { return stats_; }
  // Of the child that is running; 0: none is.
  [[nodiscard]] int child() const { return conversation_ ? conversation_->child().id() : 0; }

 private:
  struct InFlight {
    InspectRequest request;
    Instant since;
    std::string progress;  // what the child was about to do when it was last heard of
    Duration deadline{};
  };
  struct Dying {
    ChildProcess child;
    Instant since;
    std::optional<ProcessId> process;  // that it looked at
  };

  void leave_out_asked(InspectRequest& request) const;
  void reap(Instant now);
  void listen(Instant now);
  void understand(const std::string& message, Instant now);
  void accept(InspectReply reply, Instant now);
  void check_deadline(Instant now);
  [[nodiscard]] std::optional<ProcessId> process_in_flight() const;
  [[nodiscard]] const Dying* dying_over(const ProcessId& process) const;
  bool send_next(Instant now);
  void begin(Instant now);
  void put_off_beyond_most();
  [[nodiscard]] Status ensure_child();
  void child_ended(Instant now);
  void discard_child(const std::string& reason, Instant now);
  void kill_child(Instant now);
  void try_again_later(Instant now);
  void fail(const std::string& reason);

  std::string executable_;
  InspectorLimits limits_;
  InspectorStats stats_;
  Attention attention_;
  RequestQueue queue_;
  std::optional<InFlight> in_flight_;
  std::optional<Conversation> conversation_;
  std::vector<Dying> dying_;
  std::vector<InspectReply> answers_;
};

}  // namespace wedged
