// SPDX-License-Identifier: Apache-2.0
// What the waits of a loop returned is joined with what the descriptors are.
#include "kernel/loops.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>

namespace wedged {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr std::uint64_t instance = 0xffff888000001000;
constexpr ProcessId server{42, 5};
constexpr LoopThread thread{server, 43};
constexpr Instant since{std::chrono::seconds(7)};

LoopNotes on_epoll() {
  LoopNotes notes;
  notes.samples[43] = {instance, SYS_epoll_wait, std::nullopt, {}};
  notes.epolls[instance] = {42, 3, 12, 1};
  return notes;
}

Registration registered(std::uint64_t data, int descriptor, const ProcessId& process = server) {
  Registration registration;
  registration.key = {instance, data, server.tgid};
  registration.process = process;
  registration.comm = "worker";
  registration.descriptor = descriptor;
  registration.asked = event_in;
  registration.file = "socket:[7]";
  return registration;
}

TEST(WatchOf, a_thread_that_was_not_sampled_has_nothing_to_tell) {
  const auto watch = watch_of({}, {}, thread, since);
  EXPECT_EQ(watch.wait_call, -1);
  EXPECT_EQ(watch.since, since);
  EXPECT_THAT(watch.ready, IsEmpty());
}

TEST(WatchOf, epoll_data_leads_to_the_descriptor_and_what_was_done_with_it) {
  auto notes = on_epoll();
  notes.returns[{instance, 0xfeed, 42}] = {1'000, 0, event_err};
  notes.uses[{42, 9}] = 4;
  const auto watch = watch_of(notes, {registered(0xfeed, 9)}, thread, since);
  EXPECT_EQ(watch.wait_call, SYS_epoll_wait);
  EXPECT_EQ(watch.epoll, 3);
  EXPECT_EQ(watch.registered, 12U);
  EXPECT_EQ(watch.ready_now, 1U);
  ASSERT_THAT(watch.ready, SizeIs(1));
  const auto& ready = watch.ready[0];
  EXPECT_EQ(ready.descriptor, 9);
  EXPECT_EQ(ready.data, 0xfeedU);
  EXPECT_EQ(ready.asked, event_in);
  EXPECT_EQ(ready.reported, event_err);
  EXPECT_EQ(ready.returned, 1'000U);
  EXPECT_EQ(ready.used, 4U);
  EXPECT_EQ(ready.file, "socket:[7]");
}

TEST(WatchOf, duplicates_of_a_descriptor_are_used_together) {
  auto notes = on_epoll();
  notes.returns[{instance, 1, 42}] = {1'000, 0, event_in};
  notes.uses[{42, 9}] = 4;
  notes.uses[{42, 10}] = 3;
  notes.uses[{41, 9}] = 100;  // another process's
  const auto watch = watch_of(notes, {registered(1, 9), registered(1, 10)}, thread, since);
  EXPECT_EQ(watch.ready.at(0).descriptor, 9);
  EXPECT_EQ(watch.ready.at(0).used, 7U);
}

TEST(WatchOf, what_is_open_elsewhere_only_is_said_to_be_there) {
  auto notes = on_epoll();
  notes.returns[{instance, 1, 42}] = {1'000, 0, event_in};
  const auto watch = watch_of(notes, {registered(1, 5, {77, 6})}, thread, since);
  ASSERT_THAT(watch.ready, SizeIs(1));
  EXPECT_EQ(watch.ready[0].descriptor, -1);
  ASSERT_THAT(watch.ready[0].held_by, SizeIs(1));
  EXPECT_EQ(watch.ready[0].held_by[0], (Peer{{77, 6}, "worker", 5}));
}

TEST(WatchOf, a_child_that_inherited_an_open_descriptor_does_not_matter) {
  auto notes = on_epoll();
  notes.returns[{instance, 1, 42}] = {1'000, 0, event_in};
  const auto watch = watch_of(notes, {registered(1, 5, {77, 6}), registered(1, 5)}, thread, since);
  EXPECT_EQ(watch.ready.at(0).descriptor, 5);
  EXPECT_THAT(watch.ready[0].held_by, IsEmpty());
}

TEST(WatchOf, of_another_instance_or_process_nothing_is_told) {
  auto notes = on_epoll();
  notes.returns[{instance + 64, 1, 42}] = {1'000, 0, event_in};
  notes.returns[{instance, 1, 41}] = {1'000, 0, event_in};
  notes.returns[{0, 8, 42}] = {1'000, event_in, event_in};  // poll, of another thread
  EXPECT_THAT(watch_of(notes, {}, thread, since).ready, IsEmpty());
}

TEST(WatchOf, poll_names_its_descriptors_itself) {
  LoopNotes notes;
  notes.samples[43] = {0, SYS_poll, std::nullopt, {}};
  notes.returns[{0, 8, 42}] = {1'000, event_in | event_out, event_out};
  notes.returns[{0, 9, 42}] = {};  // only looked up
  const auto watch = watch_of(notes, {}, thread, since);
  EXPECT_EQ(watch.epoll, -1);
  ASSERT_THAT(watch.ready, SizeIs(1));
  EXPECT_EQ(watch.ready[0].descriptor, 8);
  EXPECT_EQ(watch.ready[0].asked, event_in | event_out);
}

TEST(WatchOf, the_most_often_returned_come_first_and_are_a_few) {
  auto notes = on_epoll();
  for (std::uint64_t data = 0; data < 30; ++data)
    notes.returns[{instance, data, 42}] = {100 + data, 0, event_in};
  const auto watch = watch_of(notes, {}, thread, since);
  EXPECT_THAT(watch.ready, SizeIs(8));
  EXPECT_EQ(watch.ready.front().data, 29U);
}

TEST(WatchOf, what_could_not_all_be_noted_is_not_complete) {
  auto notes = on_epoll();
  EXPECT_TRUE(watch_of(notes, {}, thread, since).complete);
  notes.uses_missed = true;
  EXPECT_FALSE(watch_of(notes, {}, thread, since).complete);
}

}  // namespace
}  // namespace wedged
