// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "report/why.h"
#include "unit/report/why_values.h"

namespace wedged {

using namespace test;
using nlohmann::json;

json why_json(const Why& why) {
  const std::string text = render_why(why, shown_now(), as_json(), 80);
  EXPECT_EQ(text.find('\n'), text.size() - 1) << text;
  return json::parse(text);
}

TEST(WhyJson, says_which_process_and_what_the_verdict_is) {
  const json document = why_json(a_memcached());
  EXPECT_EQ(document["schema"], 1);
  EXPECT_EQ(document["time"], "2024-05-01T03:12:45.123Z");
  const json process = {{"pid", 19110},
                        {"start_boottime_ns", 1'000'000},
                        {"comm", "memcached"},
                        {"exe", "/usr/bin/memcached"},
                        {"command_line", "memcached -c 16 -t 4"},
                        {"unit", "memcached.service"},
                        {"uid", 114},
                        {"threads_total", 5}};
  EXPECT_EQ(document["process"], process);
  EXPECT_EQ(document["verdict"][1], "It will never go on.");
  EXPECT_EQ(document["findings"][0]["cause"], "self_deadlock");
  EXPECT_EQ(document["findings"][0]["victims_total"], 1);
  EXPECT_EQ(document["unknown"].size(), 1U);
}

TEST(WhyJson, has_every_thread_with_lock_holder_and_both_stacks) {
  const json threads = why_json(a_memcached())["threads"];
  ASSERT_EQ(threads.size(), 5U);
  const json& stuck = threads[0];
  EXPECT_EQ(stuck["tid"], 19110);
  EXPECT_EQ(stuck["stuck"], true);
  EXPECT_EQ(stuck["does"], "waits for mutex 0x55d0c0a8, which it holds itself");
  EXPECT_EQ(stuck["waiting_since"], "2024-05-01T03:09:25.123Z");
  EXPECT_EQ(stuck["waiting_seconds"], 200.0);
  EXPECT_EQ(stuck["syscall"]["name"], "futex");
  EXPECT_EQ(stuck["syscall"]["text"], "futex");
  EXPECT_EQ(stuck["syscall"]["age_seconds"], 200.0);
  const json lock = {{"kind", "mutex"},         {"address", "0x55d0c0a8"},
                     {"type", "mutex"},         {"function", "pthread_mutex_lock"},
                     {"process_private", true}, {"has_timeout", false},
                     {"robust", false},         {"recursive", false},
                     {"owner", 19110},          {"no_owner_reason", nullptr},
                     {"layout_certain", true}};
  EXPECT_EQ(stuck["lock"], lock);
  EXPECT_EQ(stuck["holder"]["tid"], 19110);
  EXPECT_EQ(stuck["user_stack"]["frames"].size(), 4U);
  EXPECT_EQ(stuck["kernel_stack"].size(), 2U);
}

TEST(WhyJson, shows_the_unknown_as_null) {
  Why why;
  why.threads.resize(1);
  const json document = why_json(why);
  for (const char* field : {"comm", "exe", "command_line", "unit", "uid"}) {
    EXPECT_TRUE(document["process"].at(field).is_null()) << field;
  }
  for (const char* field : {"namespace_tid", "comm", "does", "waiting_since", "syscall", "lock", "holder",
                            "user_stack", "file", "device", "server", "socket", "other_end"}) {
    EXPECT_TRUE(document["threads"][0].at(field).is_null()) << field;
  }
  EXPECT_EQ(document["threads"][0]["kernel_stack"], json::array());
}

TEST(WhyJson, is_valid_whatever_processes_call_themselves) {
  Why why = a_memcached();
  why.comm = why.command_line = why.threads[0].does = why.verdict[0] = hostile_name();
  EXPECT_EQ(why_json(why)["process"]["comm"], why_json(why)["threads"][0]["does"]);
}

}  // namespace wedged
