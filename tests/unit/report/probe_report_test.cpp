// SPDX-License-Identifier: Apache-2.0
#include "report/probe_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "unit/report/report_values.h"

namespace wedged {

using namespace test;
using testing::EndsWith;

std::vector<ProbeItem> probed(bool scan) {
  return {{"task scan", scan, "finds stuck threads", scan ? "" : "no BTF", true},
          {"sys_enter", true, "times calls", "", false},
          {"sched_process_hang", false, "counts hung tasks", "no such tracepoint", false}};
}

std::string probe_text(const std::vector<ProbeItem>& items) {
  return render_probe(items, "6.1.0", plain_text());
}

TEST(ProbeReport, says_what_will_be_missing_and_why) {
  EXPECT_EQ(probe_text(probed(true)),
            "kernel 6.1.0\n"
            "  yes  task scan           finds stuck threads\n"
            "  yes  sys_enter           times calls\n"
            "  no   sched_process_hang  counts hung tasks: no such tracepoint\n"
            "wedged runs here, without the 1 marked \"no\".\n");
}

TEST(ProbeReport, says_when_wedged_cannot_run) {
  EXPECT_THAT(probe_text(probed(false)), testing::HasSubstr("finds stuck threads (required): no BTF\n"));
  EXPECT_THAT(probe_text(probed(false)),
              EndsWith("wedged cannot run here: something required is missing.\n"));
  EXPECT_FALSE(probe_usable(probed(false)));
}

TEST(ProbeReport, says_when_nothing_is_missing) {
  EXPECT_THAT(probe_text({probed(true)[0]}), EndsWith("wedged can do everything here.\n"));
  EXPECT_TRUE(probe_usable(probed(true)));
}

TEST(ProbeReport, as_json_has_every_item) {
  const auto document = nlohmann::json::parse(render_probe(probed(false), "6.1.0", as_json()));
  EXPECT_EQ(document["kernel"], "6.1.0");
  EXPECT_EQ(document["usable"], false);
  const nlohmann::json expected = {{"name", "task scan"},
                                   {"available", false},
                                   {"required", true},
                                   {"what_for", "finds stuck threads"},
                                   {"reason", "no BTF"}};
  ASSERT_EQ(document["items"].size(), 3U);
  EXPECT_EQ(document["items"][0], expected);
}

}  // namespace wedged
