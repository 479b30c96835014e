// SPDX-License-Identifier: Apache-2.0
#include "kernel/decode_loops.h"

#include <sys/stat.h>

#include <cstring>

#include "abi.h"
#include "kernel/decode_files.h"

namespace wedged {
namespace {

// Of the votes that can be; fewer say that no call dominates.
constexpr std::uint32_t enough_votes = WEDGED_MOST_VOTES / 2;

// Whatever the program asks for: fs/eventpoll.c, do_epoll_ctl().
constexpr std::uint32_t added_by_epoll = event_err | event_hup;

template <std::size_t size>
std::string text_of(const char (&field)[size]) {
  return {field, strnlen(field, size)};
}

std::optional<FailingCall> failing_of(const wedged_call_counts& counts) {
  if (counts.failing_votes < enough_votes) return std::nullopt;
  return FailingCall{static_cast<int>(counts.failing >> 16), static_cast<int>(counts.failing & 0xffff),
                     static_cast<int>(counts.failing_descriptor)};
}

}  // namespace

std::optional<LoopFacts> loop_of(const wedged_task_record& record) {
  if ((record.facts & WEDGED_FACT_COUNTED) == 0) return std::nullopt;
  LoopFacts loop;
  loop.counts = {record.counts.ready, record.counts.productive, record.counts.fruitless};
  loop.failing = failing_of(record.counts);
  if (record.spinning_since_ns == 0) return loop;
  loop.spinning_since = instant_of_ns(record.spinning_since_ns);
  loop.spinning = {record.spin_ready, record.spin_productive, record.spin_fruitless};
  return loop;
}

Registration registration_of(const wedged_registration_record& record, const wedged_file_record& file) {
  Registration registration;
  registration.key = {record.key.epoll, record.key.data, static_cast<int>(record.key.tgid)};
  registration.process = {static_cast<int>(record.tgid), record.start_boottime_ns};
  registration.comm = text_of(record.comm);
  registration.descriptor = static_cast<int>(record.descriptor);
  registration.asked = record.asked & ~added_by_epoll;
  if (const auto facts = file_of(file)) registration.file = facts->path;
  registration.is_pipe = S_ISFIFO(file.mode);
  registration.is_socket = S_ISSOCK(file.mode);
  return registration;
}

}  // namespace wedged
