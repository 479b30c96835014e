// SPDX-License-Identifier: Apache-2.0
#include "inspector/request_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wedged {
namespace {

using std::chrono::minutes;
using testing::ElementsAre;
using testing::SizeIs;

const Instant now = instant_of_ns(1'000'000'000'000);
constexpr std::uint32_t alice = 1000, mallory = 1001;

InspectRequest of(int process, std::uint32_t uid = alice) {
  return {{process, 1}, {}, uid};
}

std::vector<int> order(RequestQueue& queue) {
  std::vector<int> processes;
  while (const auto next = queue.take([](const ProcessId&) { return true; }))
    processes.push_back(next->process.tgid);
  return processes;
}

TEST(RequestQueue, gives_who_came_first_first) {
  RequestQueue queue;
  EXPECT_TRUE(queue.add(of(3)));
  EXPECT_TRUE(queue.add(of(1)));
  EXPECT_FALSE(queue.add(of(3)));
  EXPECT_THAT(order(queue), ElementsAre(3, 1));
  EXPECT_TRUE(queue.empty());
}

TEST(RequestQueue, puts_who_did_not_answer_behind_all_others) {
  RequestQueue queue;
  for (int process = 1; process <= 40; ++process) queue.note_trouble(of(process), InVain::for_long, now);
  for (int process = 1; process <= 40; ++process) queue.add(of(process));
  queue.add(of(50));
  EXPECT_EQ(order(queue).front(), 50);
}

TEST(RequestQueue, puts_all_of_a_user_who_was_trouble_behind_other_users) {
  RequestQueue queue;
  queue.note_trouble(of(1, mallory), InVain::for_a_moment, now);
  queue.note_trouble(of(2, mallory), InVain::for_long, now);
  queue.note_trouble(of(3, alice), InVain::for_long, now);
  queue.note_answer({3, 1});
  for (const int process : {2, 1, 4, 5}) queue.add(of(process, mallory));
  queue.add({{7, 1}, {}, std::nullopt});
  queue.add(of(6, alice));
  EXPECT_THAT(order(queue), ElementsAre(7, 6, 4, 5, 1, 2));
}

TEST(RequestQueue, forgives_who_answers_and_in_time_everybody) {
  RequestQueue queue;
  queue.note_trouble(of(1), InVain::for_long, now);
  queue.note_trouble(of(2), InVain::for_long, now);
  queue.note_answer({1, 1});
  queue.note_trouble(of(9, mallory), InVain::for_long, now + minutes(5));
  for (const int process : {1, 2, 3}) queue.add(of(process));
  EXPECT_THAT(order(queue), ElementsAre(1, 2, 3));
}

TEST(RequestQueue, presses_only_while_others_wait_who_were_no_trouble) {
  RequestQueue queue;
  queue.add(of(2));
  EXPECT_FALSE(queue.presses({1, 1})) << "nobody was trouble";
  queue.note_trouble(of(3), InVain::for_a_moment, now);
  EXPECT_TRUE(queue.presses({1, 1}));
  EXPECT_FALSE(queue.presses({3, 1})) << "it was pressed already";
  queue.forget({2, 1});
  EXPECT_FALSE(queue.presses({1, 1})) << "nobody waits";
  queue.add(of(3));
  EXPECT_FALSE(queue.presses({1, 1})) << "who waits did not answer either";
}

TEST(RequestQueue, leaves_who_may_not_be_taken) {
  RequestQueue queue;
  queue.add(of(1));
  queue.add(of(2));
  EXPECT_EQ(queue.take([](const ProcessId& process) { return process.tgid != 1; })->process.tgid, 2);
  EXPECT_FALSE(queue.take([](const ProcessId&) { return false; }));
  EXPECT_THAT(order(queue), ElementsAre(1));
}

InspectThread thread(int tid, std::uint64_t standing,
                     std::optional<AllRegisters> registers = AllRegisters{}) {
  return {{1, tid, 1}, registers, 0x1000, std::nullopt, standing};
}

TEST(RequestQueue, keeps_of_a_thread_the_latest_question_alone) {
  for (const bool with_registers : {true, false}) {
    const auto registers = with_registers ? std::optional(AllRegisters{}) : std::nullopt;
    RequestQueue queue;
    for (std::uint64_t standing = 1; standing <= 5; ++standing)
      queue.add({{1, 1}, {thread(7, standing, registers)}});
    const auto taken = queue.take([](const ProcessId&) { return true; });
    EXPECT_THAT(taken->threads, ElementsAre(thread(7, 5, registers))) << with_registers;
  }
}

TEST(RequestQueue, takes_back_a_request_without_undoing_what_is_newer) {
  RequestQueue queue;
  queue.add({{1, 1}, {thread(7, 2), thread(8, 2)}});
  queue.put_back({{1, 1}, {thread(6, 1), thread(7, 1)}});
  const auto taken = queue.take([](const ProcessId&) { return true; });
  EXPECT_THAT(taken->threads, ElementsAre(thread(6, 1), thread(7, 2), thread(8, 2)));
  queue.put_back({{1, 1}, {thread(6, 1)}});
  EXPECT_THAT(queue.take_all(), SizeIs(1));
  EXPECT_TRUE(queue.empty());
}

}  // namespace
}  // namespace wedged
