// SPDX-License-Identifier: Apache-2.0
#include "report/json_loop.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>

#include <cerrno>

#include "support/loops.h"
#include "unit/report/report_values.h"

namespace wedged {

using namespace test;
using JsonValue = nlohmann::json;

JsonValue loop_of(const LoopFacts& loop) {
  Finding finding = a_finding().cause(Cause::event_loop_spin).of(a_thread().spinning(loop));
  finding.rates = CallRates{412'000, 48, 0};
  return wedged::json::loop_value(finding);
}

TEST(JsonLoop, has_the_rates_and_every_descriptor) {
  const auto loop = a_loop()
                        .failing(84'000, SYS_accept4, EMFILE, 5)
                        .returning(descriptor(7)
                                       .asked(event_in | event_edge_triggered)
                                       .reported(event_err)
                                       .returned(123'456)
                                       .used(2)
                                       .file("pipe:[1]")
                                       .other_end({true, false, {}, 0, true}));
  const JsonValue expected = {{"wait_call", "epoll_wait"},
                              {"epoll", 3},
                              {"ready_per_second", 412'000.0},
                              {"productive_per_second", 48.0},
                              {"fruitless_per_second", 0.0},
                              {"failing", {{"syscall", "accept4"}, {"error", "EMFILE"}, {"descriptor", 5}}},
                              {"registered", 1},
                              {"ready_now", 1},
                              {"complete", true},
                              {"descriptors", JsonValue::array({{{"descriptor", 7},
                                                                 {"file", "pipe:[1]"},
                                                                 {"asked", {"EPOLLIN", "EPOLLET"}},
                                                                 {"reported", {"EPOLLERR"}},
                                                                 {"returned", 123'456},
                                                                 {"used", 2},
                                                                 {"edge_triggered", true},
                                                                 {"socket", nullptr},
                                                                 {"other_end",
                                                                  {{"closed", true},
                                                                   {"pending", false},
                                                                   {"exhaustive", true},
                                                                   {"processes_total", 0},
                                                                   {"processes", JsonValue::array()}}},
                                                                 {"held_by", JsonValue::array()}}})}};
  EXPECT_EQ(loop_of(loop), expected);
}

TEST(JsonLoop, of_a_socket_has_both_ends) {
  const JsonValue loop =
      loop_of(a_loop().returning(descriptor(7).socket({"tcp", "0.0.0.0:80", "", "LISTEN"})));
  EXPECT_EQ(loop["descriptors"][0]["socket"]["local"], "0.0.0.0:80");
}

TEST(JsonLoop, what_was_not_looked_at_is_null) {
  const JsonValue loop = loop_of(a_loop());
  for (const char* field : {"wait_call", "epoll", "failing", "registered", "ready_now", "complete"})
    EXPECT_EQ(loop.at(field), nullptr) << field;
  EXPECT_EQ(loop.at("descriptors"), JsonValue::array());
}

TEST(JsonLoop, of_poll_has_no_instance_and_names_of_its_own) {
  const JsonValue loop = loop_of(a_loop().waiting_with(SYS_ppoll).returning(descriptor(7)));
  EXPECT_EQ(loop.at("wait_call"), "ppoll");
  for (const char* field : {"epoll", "registered", "ready_now"}) EXPECT_EQ(loop.at(field), nullptr) << field;
  EXPECT_EQ(loop["descriptors"][0]["asked"], JsonValue::array({"POLLIN"}));
}

TEST(JsonLoop, a_descriptor_that_is_closed_here_has_no_number) {
  const JsonValue closed =
      loop_of(a_loop().returning(descriptor(-1).held_by({{901, 5}, "child", 7})))["descriptors"][0];
  EXPECT_EQ(closed["descriptor"], nullptr);
  EXPECT_EQ(closed["held_by"][0]["pid"], 901);
}

TEST(JsonLoop, the_end_of_a_file_is_no_error) {
  EXPECT_EQ(loop_of(a_loop().failing(2'000, SYS_read, 0, 5))["failing"]["error"], nullptr);
}

TEST(JsonLoop, is_null_of_other_causes) {
  Finding finding = a_finding().of(a_thread().spinning(a_loop()));
  EXPECT_EQ(wedged::json::loop_value(finding), nullptr);
}

}  // namespace wedged
